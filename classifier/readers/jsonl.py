"""JSON lines with a text in each row. Knows one row at a time; a bad line is a failure that names the line.

{"url": "https://…/1655766", "date": "2023-09", "department": "Work and Pensions", "text": "We are …"}
"""

import json
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, BinaryIO

import orjson

from classifier.errors import InputError
from classifier.readers.cutting import runs_of_lines
from classifier.readers.options import Found, ReadOptions, UnreadRows
from classifier.readers.plain import decode
from classifier.readers.rows import TEXT_FIELDS, document_from_object, document_from_row
from classifier.records import Document, DocumentFailure

_TOO_DEEP = "nested too deeply to be a row."


def read_jsonl(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield the rows, many at a time; each will be one document, its other fields carried through as metadata."""
    return read_json_lines((), stream, name, options)


def read_json_lines(begun: Sequence[bytes], stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield the rows of the lines that were read already and of those still in the stream."""
    number = 1
    for lines in runs_of_lines(stream, options.max_document_bytes, begun):
        yield UnreadRows(lines, name, number, options)
        number += lines.count(b"\n")


def parse_rows(rows: UnreadRows) -> Iterator[Document | DocumentFailure]:
    """Yield the document of each row, or why there is none; lines of blanks are passed over."""
    limit = rows.options.max_document_bytes
    for number, line in enumerate(BytesIO(rows.lines), rows.first):
        if len(line) > limit:
            yield DocumentFailure(f"{rows.name}:{number}", "InputError", f"a line of over {limit:,} bytes.")
        elif not line.isspace():
            yield _parse_line(line, f"{rows.name}:{number}", rows.options)


def _parse_line(line: bytes, where: str, options: ReadOptions) -> Document | DocumentFailure:
    try:
        row = load_json(line, options)
    except (ValueError, InputError) as error:
        return DocumentFailure(where, "InputError", f"not valid JSON ({error}).")
    except RecursionError:
        return DocumentFailure(where, "InputError", _TOO_DEEP)
    if not isinstance(row, dict):
        return DocumentFailure(where, "InputError", "not a JSON object; each line must be one.")
    if options.text_column is None and TEXT_FIELDS[0] in row:
        return document_from_row(row, where, TEXT_FIELDS[0])
    try:
        return document_from_object(row, where, options)
    except RecursionError:
        return DocumentFailure(where, "InputError", _TOO_DEEP)


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
