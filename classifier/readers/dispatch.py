"""Paths, folders and streams → documents, by looking at the bytes. Knows which reader takes what; parses nothing itself."""

import sys
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from classifier.errors import FramingError
from classifier.readers.jsonl import read_jsonl
from classifier.readers.options import Found, Reader, ReadOptions
from classifier.readers.plain import read_plain
from classifier.records import Document, DocumentFailure

STDIN = "-"
_SNIFFED_BYTES = 8192


def read_documents(sources: Iterable[str], options: ReadOptions | None = None) -> Iterator[Document | DocumentFailure]:
    """Yield every document of the files, folders and `-` in `sources`, in order; what can't be read comes as a failure."""
    options = options or ReadOptions()
    for source in sources:
        if source == STDIN:
            yield from read_stream(sys.stdin.buffer, "<stdin>", options)
            continue
        path = Path(source)
        if path.is_dir():
            yield from _read_folder(path, options)
        else:
            yield from _read_file(path, options)


def read_stream(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield the documents of a binary stream; a reader's failure becomes a `DocumentFailure`."""
    buffered = stream if isinstance(stream, BufferedReader) else BufferedReader(stream)  # type: ignore[arg-type]
    try:
        head = buffered.peek(_SNIFFED_BYTES)[:_SNIFFED_BYTES]
        yield from choose_reader(head, name)(buffered, name, options)
    except FramingError as error:
        yield DocumentFailure(name, type(error).__name__, str(error))
    except RecursionError:
        yield DocumentFailure(name, "InputError", "nested too deeply to be a document.")


def choose_reader(head: bytes, name: str) -> Reader:
    """Return the reader for bytes that begin with `head`; `name` only settles what the bytes leave open."""
    if name.lower().endswith((".jsonl", ".ndjson")):
        return read_jsonl
    return read_plain


def _read_file(path: Path, options: ReadOptions) -> Found:
    try:
        with path.open("rb") as stream:
            yield from read_stream(stream, str(path), options)
    except FileNotFoundError:
        yield DocumentFailure(str(path), "InputError", "no such file or folder.")
    except OSError as error:
        yield DocumentFailure(str(path), "InputError", f"can't be read ({error.strerror}).")


def _read_folder(folder: Path, options: ReadOptions) -> Found:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not _is_hidden(p.relative_to(folder)))
    if not files:
        yield DocumentFailure(str(folder), "InputError", "the folder holds no files.")
    for path in files:
        yield from _read_file(path, options)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
