"""JSON lines with a text in each row. Knows one row at a time; a bad line is a failure that names the line.

{"url": "https://…/1655766", "date": "2023-09", "department": "Work and Pensions", "text": "We are …"}
"""

import json
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any, BinaryIO

import orjson

from classifier.errors import InputError
from classifier.readers.options import Found, ReadOptions
from classifier.readers.plain import decode
from classifier.readers.rows import TEXT_FIELDS, document_from_object, document_from_row
from classifier.records import Document, DocumentFailure


def read_jsonl(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield one document a row; fields other than the text are carried through as metadata."""
    return read_json_lines((), stream, name, options)


def read_json_lines(first: Iterable[bytes], stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield one document for each of the lines that were read already and of those still in the stream."""
    for number, line in enumerate(chain(first, _lines(stream, options.max_document_bytes)), 1):
        if len(line) > options.max_document_bytes:
            message = f"a line of over {options.max_document_bytes:,} bytes."
            yield DocumentFailure(f"{name}:{number}", "InputError", message)
            _skip_line(stream)
        elif not line.isspace():
            yield _parse_line(line, f"{name}:{number}", options)


def _lines(stream: BinaryIO, limit: int) -> Iterator[bytes]:
    return iter(partial(stream.readline, limit + 1), b"")


def _skip_line(stream: BinaryIO) -> None:
    while (part := stream.readline(65536)) and not part.endswith(b"\n"):
        pass


def _parse_line(line: bytes, where: str, options: ReadOptions) -> Document | DocumentFailure:
    try:
        row = load_json(line, options)
    except (ValueError, InputError) as error:
        return DocumentFailure(where, "InputError", f"not valid JSON ({error}).")
    except RecursionError:
        return DocumentFailure(where, "InputError", "nested too deeply to be a row.")
    if not isinstance(row, dict):
        return DocumentFailure(where, "InputError", "not a JSON object; each line must be one.")
    if options.text_column is None and TEXT_FIELDS[0] in row:
        return document_from_row(row, where, TEXT_FIELDS[0])
    return document_from_object(row, where, options)


def load_json(data: bytes, options: ReadOptions) -> Any:
    """Return the JSON value in `data`, whatever its encoding; unpaired surrogates become `?`, NaN becomes null.

    orjson is three times as fast but takes only flawless UTF-8 JSON; the standard library has the last word.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        value = json.loads(decode(data, options.charset)[0], parse_constant=_nothing)
        return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _nothing(_: str) -> None:
    return None
