"""Streams of bytes → documents, by what the bytes hold. Knows which reader takes what; parses nothing itself."""

import zlib
from io import BufferedIOBase, BufferedReader
from typing import BinaryIO

from classifier.errors import FramingError
from classifier.readers.options import Found, ReadOptions
from classifier.readers.sniffing import SNIFFED_BYTES, choose_reader
from classifier.records import DocumentFailure

_BUFFER_BYTES = 1 << 18


def read_stream(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield the documents of a binary stream; a reader's failure becomes a `DocumentFailure`."""
    buffered = stream if isinstance(stream, BufferedReader) else BufferedReader(stream, _BUFFER_BYTES)  # type: ignore[arg-type]
    try:
        head = buffered.peek(SNIFFED_BYTES)[:SNIFFED_BYTES]
        yield from choose_reader(head, name)(buffered, name, options)
    except FramingError as error:
        yield DocumentFailure(name, type(error).__name__, str(error))
    except RecursionError:
        yield DocumentFailure(name, "InputError", "nested too deeply to be a document.")
    except (OSError, EOFError, zlib.error) as error:
        yield DocumentFailure(name, "InputError", f"damaged or cut short ({error}).")
    finally:
        if buffered is not stream and isinstance(stream, BufferedIOBase):
            buffered.detach()
