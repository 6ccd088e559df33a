"""Web pages → their main text. Knows encodings and headings of pages; which part is the text is for `main_text` to say.

<html><head><meta charset="utf-8"><title>Speech - GOV.UK</title></head>
<body><nav>…</nav><main><h1>Speech</h1><p>Thank you, …</p></main><footer>…</footer></body></html>
"""

import re
from typing import TYPE_CHECKING, BinaryIO

from classifier.readers.apart import parse_markup_safely
from classifier.readers.building import Parsed, Piece, build_parsed, one_line
from classifier.readers.main_text import find_main_text
from classifier.readers.markup import parse_markup, pieces_of
from classifier.readers.options import Found, ReadOptions
from classifier.readers.page_metadata import page_date, page_metadata, page_title
from classifier.readers.plain import decode, read_whole

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{3,30})", re.IGNORECASE)
_HEAD_BYTES = 4096
# What pages call ISO 8859-1 is in practice Windows-1252; a page that is found in an ASCII-like encoding isn't in UTF-16.
_MEANT = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "utf-16": "utf-8", "utf8": "utf-8"}
_EMPTY = "holds no text to read; the page may be made by scripts in the browser. Save it as text or PDF."


def read_page(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield the main text of a web page as one document."""
    text, notes = decode_page(read_whole(stream, options), options.charset)
    parsed = parse_markup_safely("page", text.encode("utf-8", "replace"), options)
    pieces = Parsed(parsed.pieces, parsed.title, parsed.date, parsed.metadata, (*parsed.notes, *notes))
    yield build_parsed(name, pieces, _EMPTY)


def decode_page(data: bytes, charset: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the text of a page in the encoding that the caller or the page itself names, or that its bytes suggest."""
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    named = (charset or (declared.group(1).decode("ascii") if declared else "")).lower()
    meant = _MEANT.get(named, named)
    return decode(data, None if meant == "utf-8" else meant or None)


def parse_page(data: bytes) -> Parsed:
    """Return the main text of a page in UTF-8, with its title first, and what the page says about itself."""
    tree = parse_markup(data)
    title = page_title(tree)
    metadata, notes = page_metadata(tree)
    return Parsed(_with_title(_main_pieces(tree), title), title, page_date(tree), metadata, notes)


def _main_pieces(tree: "LexborHTMLParser") -> list[Piece]:
    root, skipped = find_main_text(tree)
    return list(pieces_of(root, skipped)) if root is not None else []


def _with_title(pieces: list[Piece], title: str) -> tuple[Piece, ...]:
    """Return the pieces under the page's title, unless they hold it already or hold nothing."""
    has_title = any(piece.role == "heading" and one_line(piece.text) == title for piece in pieces)
    return tuple(pieces) if has_title or not title or not pieces else (Piece(title, "heading"), *pieces)
