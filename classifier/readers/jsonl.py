"""JSON lines with a text in each row. Knows one row at a time; a bad line is a failure that names the line.

{"url": "https://…/1655766", "date": "2023-09", "department": "Work and Pensions", "text": "We are …"}
"""

import json
from typing import Any, BinaryIO

from classifier.readers.options import Found, ReadOptions
from classifier.readers.plain import decode
from classifier.records import Document, DocumentFailure
from classifier.text import normalise

TEXT_FIELDS = ("text", "body", "content", "answer", "sentence")
_NAME_FIELDS = ("id", "url", "uri", "link")


def read_jsonl(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield one document a row; fields other than the text are carried through as metadata."""
    for number, line in enumerate(iter(lambda: stream.readline(options.max_document_bytes + 1), b""), 1):
        if len(line) > options.max_document_bytes:
            yield DocumentFailure(
                f"{name}:{number}", "InputError", f"a line of over {options.max_document_bytes:,} bytes."
            )
            return
        if line.strip():
            yield _parse_line(line, f"{name}:{number}", options)


def _parse_line(line: bytes, where: str, options: ReadOptions) -> Document | DocumentFailure:
    try:
        row = json.loads(line)
    except UnicodeDecodeError:
        return _parse_line(decode(line)[0].encode(), where, options)
    except ValueError as error:
        return DocumentFailure(where, "InputError", f"not valid JSON ({error}).")
    except RecursionError:
        return DocumentFailure(where, "InputError", "nested too deeply to be a row.")
    if not isinstance(row, dict):
        return DocumentFailure(where, "InputError", "not a JSON object; each line must be one.")
    return document_from_row(row, where, options.text_column)


def document_from_row(row: dict[str, Any], where: str, text_column: str | None) -> Document | DocumentFailure:
    """Return the row as a document: its text field normalised, everything else kept as metadata."""
    column = text_column or next((name for name in TEXT_FIELDS if name in row), None)
    if column is None or column not in row:
        return DocumentFailure(
            where, "InputError", f"no text field; name it with --text-column (found: {', '.join(row)[:200]})."
        )
    value = row.pop(column)
    if not isinstance(value, str) or not value.strip():
        return DocumentFailure(where, "InputError", f"field '{column}' holds no text.")
    name = next((str(row[field]) for field in _NAME_FIELDS if row.get(field)), where)
    return Document(name, normalise(value), str(row.get("title") or ""), str(row.get("date") or ""), row)
