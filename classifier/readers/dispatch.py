"""Streams of bytes → documents, by what the bytes hold. Knows which reader takes what kind; parses nothing itself."""

import zlib
from collections.abc import Iterable, Iterator
from functools import partial
from importlib import import_module
from io import BufferedReader
from typing import Any, BinaryIO, cast

from classifier.errors import FramingError
from classifier.readers.options import Found, Reader, ReadOptions, UnreadRows
from classifier.readers.sniffing import SNIFFED_BYTES, kind_of
from classifier.records import Document, DocumentFailure

_BUFFER_BYTES = 1 << 18

# Where the reader of each kind lives; it is loaded when the first such file comes.
_READERS = {
    "json": ("json_documents", "read_json"),
    "jsonl": ("jsonl", "read_jsonl"),
    "markdown": ("markdown", "read_markdown"),
    "page": ("pages", "read_page"),
    "parquet": ("parquet", "read_parquet"),
    "pdf": ("pdf", "read_pdf"),
    "plain": ("plain", "read_plain"),
    "rtf": ("rtf", "read_rtf"),
    "table": ("tables", "read_table"),
}
# These hold other documents, and are given the function that reads them.
_CONTAINERS = {
    "gzip": ("archives", "read_gzip"),
    "mail": ("mail", "read_mail"),
    "zip": ("archives", "read_zip"),
}


def read_stream(stream: BinaryIO, name: str, options: ReadOptions) -> Iterator[Document | DocumentFailure]:
    """Yield the documents of a binary stream; a reader's failure becomes a `DocumentFailure`."""
    return parsed(read_unparsed_stream(stream, name, options))


def parsed(found: Iterable[Document | DocumentFailure | UnreadRows]) -> Iterator[Document | DocumentFailure]:
    """Yield what was found, with the documents of unread rows in their place."""
    for item in found:
        if isinstance(item, UnreadRows):
            from classifier.readers.jsonl import parse_rows  # loads orjson, which most kinds do without

            yield from parse_rows(item)
        else:
            yield item


def read_unparsed_stream(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield the same as `read_stream`, but rows of JSON Lines as they are, many at a time."""
    buffered = stream if isinstance(stream, BufferedReader) else BufferedReader(cast(Any, stream), _BUFFER_BYTES)
    try:
        head = buffered.peek(SNIFFED_BYTES)[:SNIFFED_BYTES]
        reader = reader_of(kind_of(head, name, options.text_column))
        yield from reader(cast(BinaryIO, buffered), name, options)
    except FramingError as error:
        yield DocumentFailure(name, type(error).__name__, str(error))
    except RecursionError:
        yield DocumentFailure(name, "InputError", "nested too deeply to be a document.")
    except (OSError, EOFError, zlib.error) as error:
        yield DocumentFailure(name, "InputError", f"damaged or cut short ({error}).")
    finally:
        if buffered is not stream and not buffered.closed:
            buffered.detach()


def reader_of(kind: str) -> Reader:
    """Return the reader of a kind of file."""
    if kind in _CONTAINERS:
        return cast(Reader, partial(_load(*_CONTAINERS[kind]), read_inner=read_unparsed_stream))
    return cast(Reader, _load(*_READERS[kind]))


def _load(module: str, function: str) -> Any:
    return getattr(import_module(f"classifier.readers.{module}"), function)
