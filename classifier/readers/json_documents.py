"""JSON of any layout → documents: one object, an array of objects, the Parliament's lists of results, or JSON lines.

Knows how such files begin and end; the meaning of an object is for `rows`, `govuk` and `parliament`.
"""

from typing import Any, BinaryIO

from classifier.errors import InputError
from classifier.readers.jsonl import load_json, read_json_lines
from classifier.readers.options import Found, ReadOptions
from classifier.readers.plain import read_whole
from classifier.readers.rows import document_from_object
from classifier.records import DocumentFailure

_UNKNOWN = (
    "JSON of an unknown shape: neither a GOV.UK Content API page, nor a written question, nor rows with a text field. "
    "If a field holds the text, name it with --text-column"
)


def read_json(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield the documents of a JSON file; if its first line is a whole object and more follows, it is JSON lines."""
    first = stream.readline(options.max_document_bytes + 1)
    rest = stream.read(1) if len(first) <= options.max_document_bytes else b""
    while rest.isspace() and (more := stream.readline(options.max_document_bytes)):
        first, rest = first + rest, more
    if rest and _is_whole_object(first, options):
        rest += stream.readline(options.max_document_bytes) if not rest.endswith(b"\n") else b""
        yield from read_json_lines([first, rest], stream, name, options)
    else:
        yield from _parse_whole(first + rest + read_whole(stream, options), name, options)


def _is_whole_object(line: bytes, options: ReadOptions) -> bool:
    try:
        return isinstance(load_json(line, options), dict)
    except (ValueError, RecursionError):
        return False


def _parse_whole(data: bytes, name: str, options: ReadOptions) -> Found:
    try:
        value = load_json(data, options)
    except ValueError as error:
        raise InputError(f"not valid JSON ({error}).") from None
    objects = _objects(value)
    if objects is None:
        raise InputError(f"{_UNKNOWN}.")
    for number, item in enumerate(objects, 1):
        where = name if item is value else f"{name}:{number}"
        if isinstance(item, dict):
            found = document_from_object(item, where, options)
            yield found if not _is_shapeless(found) else DocumentFailure(where, "InputError", _with_keys(item))
        else:
            yield DocumentFailure(where, "InputError", "not a JSON object; each item must be one.")


def _objects(value: Any) -> list[Any] | None:
    """Return the objects of a JSON value, each of which may be a document, or None if there can be none."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return None
    results = value.get("results")
    return results if isinstance(results, list) else [value]


def _is_shapeless(found: object) -> bool:
    return isinstance(found, DocumentFailure) and found.message.startswith("no text column;")


def _with_keys(item: dict[str, Any]) -> str:
    return f"{_UNKNOWN} (found: {', '.join(item)[:200]})."
