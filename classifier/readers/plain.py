"""Plain text. Knows encodings and hard-wrapped lines; refuses bytes that are no text.

b"The Minister said\r\nyesterday \x93...\x94"
"""

import re
from itertools import pairwise
from typing import BinaryIO

from classifier.errors import InputError
from classifier.readers.building import EMPTY, with_language
from classifier.readers.options import Found, ReadOptions
from classifier.records import Document, DocumentFailure
from classifier.text import normalise

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
BYTE_ORDER_MARKS = tuple(mark for mark, _ in _MARKS)
_ASSUMED = "not UTF-8: read as Windows-1252"
_JOINED = "hard-wrapped lines were joined"
_BINARY = "not a text: it holds binary data. Convert it to text first."
_PROBED_BYTES = 4096
_WRAP_COLUMNS = range(50, 90)
_STARTS_ANEW = re.compile(r"[ \t]*(?:$|[-*•–—>|#]|\(?(?:\d{1,3}|[a-z]|[ivx]+)[.)]\s)|[ \t]{2,}\S")


def decode(data: bytes, charset: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the text of `data` and a note where its encoding had to be assumed; raise `InputError` for binary data."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), ()
    if charset:
        return _decode_as(charset, data), ()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        if looks_binary(data):
            raise InputError(_BINARY) from None
        return data.decode("cp1252", "replace"), (_ASSUMED,)
    if looks_binary(data):
        raise InputError(_BINARY)
    return text, ()


def looks_binary(data: bytes) -> bool:
    """Return whether the first bytes hold more control characters than a text would; a stray NUL is forgiven."""
    head = data[:_PROBED_BYTES]
    if not head.translate(None, _TEXT_BYTES):
        return False
    controls = len(head.translate(None, _TEXT_BYTES))
    return controls > 1 and controls * 50 > len(head)


_TEXT_BYTES = bytes({*range(32, 256), 9, 10, 11, 12, 13, 27} - {127})


def _decode_as(charset: str, data: bytes) -> str:
    try:
        return data.decode(charset, "replace")
    except (LookupError, ValueError):
        raise InputError(f"no such character encoding: {charset[:40]!r}.") from None


def read_whole(stream: BinaryIO, options: ReadOptions) -> bytes:
    """Return all bytes of the stream; raise `InputError` if there are too many for one document."""
    data = stream.read(options.max_document_bytes + 1)
    if len(data) > options.max_document_bytes:
        raise InputError(f"larger than {options.max_document_bytes:,} bytes; split it.")
    return data


def read_plain(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield the whole stream as one document."""
    text, notes = decode(read_whole(stream, options), options.charset)
    yield document_from_text(text, name, notes)


def document_from_text(text: str, name: str, notes: tuple[str, ...] = ()) -> Document | DocumentFailure:
    """Return plain text as a document without blocks; hard-wrapped lines are joined, which moves no character."""
    text = normalise(text)
    if not text.strip():
        return DocumentFailure(name, "InputError", EMPTY)
    joined = join_wrapped(text)
    if joined != text:
        notes = (*notes, _JOINED)
    return Document(name, joined, notes=with_language(joined, notes))


def join_wrapped(text: str) -> str:
    r"""Return `text` with the line ends inside hard-wrapped paragraphs as spaces, every character where it was.

    Only where the text as a whole is clearly wrapped: its lines are of one length and mostly end in mid-sentence.
    """
    lines = text.split("\n")
    if not _is_wrapped(lines):
        return text
    joined = [lines[0]]
    for before, line in pairwise(lines):
        joined.append((" " if _goes_on(before, line) else "\n") + line)
    return "".join(joined)


def _is_wrapped(lines: list[str]) -> bool:
    filled = [line for line in lines if line.strip()]
    longest = max(map(len, filled), default=0)
    if longest not in _WRAP_COLUMNS or len(filled) < 3:
        return False
    going_on = sum(len(line) > 0.75 * longest and line.rstrip()[-1] not in ".!?:" for line in filled)
    return going_on * 2 >= len(filled)


def _goes_on(before: str, line: str) -> bool:
    """Return whether `line` continues the paragraph of the line before it."""
    return bool(before.strip()) and not _STARTS_ANEW.match(line) and len(before) >= 40
