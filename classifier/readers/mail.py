"""E-mails → the message, and each attached document. Knows MIME parts; headers become metadata.

From: Press Office <press@example.gov.uk>
Subject: Back to work plan
Content-Type: text/plain; charset=utf-8

The Minister said: ...
"""

import codecs
import re
from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import BinaryIO

from classifier.errors import InputError
from classifier.readers.apart import parse_markup_safely
from classifier.readers.building import Parsed, Piece, build_document, one_line
from classifier.readers.nesting import one_deeper
from classifier.readers.options import Found, Reader, ReadOptions
from classifier.readers.plain import decode, join_wrapped, read_whole
from classifier.text import normalise

_MOST_PARTS = 500
# A few lines after "-- ", up to the end or the message that is answered below; whatever is longer is text.
_SIGNATURE = re.compile(
    r"^-- ?\n(?:(?!>|-{5}|_{5}|From: |On .*:$)[^\n]*(?:\n|\Z)){0,12}?(?=\Z|>|-{5}|_{5}|From: |On [^\n]*:$)",
    re.MULTILINE,
)
_QUOTED = re.compile(r"(?:> ?)+")
_HEADERS = ("From", "To", "Message-ID")
_BROKEN = (ValueError, LookupError, AttributeError, TypeError, AssertionError)


def read_mail(stream: BinaryIO, name: str, options: ReadOptions, read_inner: Reader) -> Found:
    """Yield the message's text, then the documents attached to it as `name!file`, each read by `read_inner`."""
    message = _parse(read_whole(stream, options))
    parts = [part for part in message.walk() if not part.is_multipart()]
    if len(parts) > _MOST_PARTS:
        raise InputError(f"has over {_MOST_PARTS} parts; no e-mail would.")
    parsed = _body([part for part in parts if not part.get_filename()], options)
    metadata = {field.lower(): _header(message, field) for field in _HEADERS}
    subject, date = _header(message, "Subject"), _date(message)
    yield build_document(name, parsed.pieces, title=subject, date=date, metadata=metadata, notes=parsed.notes)
    for part in parts:
        if filename := part.get_filename():
            yield from read_inner(BytesIO(_bytes(part)), f"{name}!{one_line(filename)}", one_deeper(options))


def _parse(data: bytes) -> Message:
    """Return the message in `data`; an old policy, because the newer one raises on malformed headers."""
    try:
        return BytesParser(policy=policy.compat32).parsebytes(data)
    except _BROKEN as error:
        raise InputError(f"damaged e-mail ({error}).") from None


def _body(parts: list[Message], options: ReadOptions) -> Parsed:
    """Return the text of a message: the plain part unless it is a stub beside a web page."""
    plain = [part for part in parts if part.get_content_type() == "text/plain"]
    pages = [part for part in parts if part.get_content_type() == "text/html"]
    texts, notes = _texts(plain)
    pieces = tuple(piece for text in texts for piece in _pieces(text))
    if not pages:
        return Parsed(pieces, notes=notes)
    markup, notes_on_page = _texts(pages)
    page = parse_markup_safely("page", "\n".join(markup).encode("utf-8", "replace"), options)
    is_stub = 2 * _length(pieces) < _length(page.pieces)
    return Parsed(page.pieces, notes=notes_on_page) if is_stub else Parsed(pieces, notes=notes)


def _length(pieces: tuple[Piece, ...]) -> int:
    return sum(len(piece.text) for piece in pieces)


def _texts(parts: list[Message]) -> tuple[list[str], tuple[str, ...]]:
    decoded = [decode(_bytes(part), _charset(part)) for part in parts]
    return [text for text, _ in decoded], tuple(dict.fromkeys(note for _, notes in decoded for note in notes))


def _pieces(text: str) -> Iterator[Piece]:
    """Yield the paragraphs of a plain message without its signature; lines that answer to `>` are quotations."""
    for line in join_wrapped(_SIGNATURE.sub("", normalise(text))).split("\n"):
        mark = _QUOTED.match(line)
        yield Piece(line[mark.end() :], "quote") if mark else Piece(line)


def _bytes(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except _BROKEN:
        payload = None
    return payload if isinstance(payload, bytes) else b""


def _charset(part: Message) -> str | None:
    try:
        charset = part.get_content_charset()
        return None if charset is None or codecs.lookup(charset).name in {"utf-8", "ascii"} else charset
    except _BROKEN:
        return None


def _header(message: Message, field: str) -> str:
    """Return a header as text, its encoded words decoded."""
    value = str(message.get(field) or "")
    try:
        return one_line(str(make_header(decode_header(value))))
    except (*_BROKEN, MessageError):
        return one_line(value)


def _date(message: Message) -> str:
    try:
        return parsedate_to_datetime(_header(message, "Date")).date().isoformat()
    except (*_BROKEN, OverflowError):
        return ""
