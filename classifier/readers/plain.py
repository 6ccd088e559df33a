"""Plain text. Knows encodings; refuses bytes that are no text.

b"The Minister said\r\nyesterday \x93...\x94"
"""

from typing import BinaryIO

from classifier.errors import InputError
from classifier.readers.options import Found, ReadOptions
from classifier.records import Document, DocumentFailure
from classifier.text import normalise

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text of `data` and a note where its encoding had to be assumed; raise `InputError` for binary data."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), ()
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        if b"\x00" in data[:4096]:
            raise InputError("not a text: it holds binary data. Convert it to text first.") from None
        return data.decode("cp1252", "replace"), ("not UTF-8: read as Windows-1252",)


def read_plain(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield the whole stream as one document."""
    data = stream.read(options.max_document_bytes + 1)
    if len(data) > options.max_document_bytes:
        yield DocumentFailure(name, "InputError", f"larger than {options.max_document_bytes:,} bytes; split it.")
        return
    text, notes = decode(data)
    text = normalise(text)
    if text.strip():
        yield Document(name, text, notes=notes)
    else:
        yield DocumentFailure(name, "InputError", "empty: it holds no text.")
