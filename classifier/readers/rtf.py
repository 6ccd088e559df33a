r"""Rich Text → pieces. Knows paragraphs and bullets in what striprtf returns; the control words are striprtf's.

{\rtf1\ansi{\fonttbl\f0 Arial;}\f0 We will publish\'85\par}
"""

import re
from typing import BinaryIO

from classifier.errors import InputError
from classifier.readers.apart import parse_apart, require
from classifier.readers.building import Parsed, Piece, build_parsed
from classifier.readers.options import Found, ReadOptions
from classifier.readers.plain import read_whole

_BULLET = re.compile(r"^\s*(?:[•·▪‣\uf0b7*–-]|\(?(?:\d{1,3}|[a-z])[.)])\s+(?=\S)")
_TITLE = re.compile(rb"\{\\title ([^{}\\]{1,300})\}")


def read_rtf(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield a Rich Text file as one document."""
    require("striprtf", "Rich Text", "office")
    yield build_parsed(name, parse_apart("rtf", read_whole(stream, options), options))


def parse_rtf(data: bytes) -> Parsed:
    """Return the paragraphs of a Rich Text file, one piece each."""
    from striprtf.striprtf import rtf_to_text

    try:
        text: str = rtf_to_text(data.decode("cp1252", "replace"), errors="replace")
    except (ValueError, IndexError, KeyError, LookupError, TypeError, OverflowError) as error:
        raise InputError(f"damaged Rich Text ({error}).") from None
    title = _TITLE.search(data)
    pieces = tuple(_piece(line) for line in text.split("\n"))
    return Parsed(pieces, title.group(1).decode("cp1252", "replace") if title else "")


def _piece(line: str) -> Piece:
    bullet = _BULLET.match(line)
    text = line[bullet.end() :] if bullet else line
    return Piece(text.replace("|", " | "), "item" if bullet else "paragraph")
