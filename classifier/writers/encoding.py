"""Records ↔ lines of JSON. Knows what JSON, terminals and programs that read lines can bear; knows no field but the first two.

orjson is many times as fast as the standard library, and many records at a time as fast again.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from classifier.writers.entries import SCHEMA, Entry, Record

_TOGETHER = 2000  # records; more would be no faster
_MAX_DEPTH = 20
# What is between two records, and nowhere inside a text, where quotation marks are escaped.
_BETWEEN = f'}},{{"schema":{SCHEMA},"type":"'.encode()
_APART = _BETWEEN.replace(b",", b"\n", 1)
# Characters that a terminal or an editor may act on, or that some programs take for a line end: legal in JSON, written as \uXXXX.
_UNSAFE = re.compile("[\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def encode(record: Mapping[str, Any]) -> str:
    """Return a record as one line of JSON, without its line end; it holds no character that a terminal would act on."""
    return encode_bytes(record).decode()


def encode_bytes(record: Mapping[str, Any]) -> bytes:
    """Return the same in UTF-8."""
    return _safe(_dumps(record))


def encode_entries(entries: Iterable[Entry]) -> bytes:
    """Return the lines of entries, each with its line end: of each entry the head first, then its findings."""
    records: list[Record] = []
    for head, findings in entries:
        records.append(head)
        if findings:
            records += findings
    return b"".join([_encoded(records[first : first + _TOGETHER]) for first in range(0, len(records), _TOGETHER)])


def _encoded(records: Sequence[Record]) -> bytes:
    return _encode_together(records) or b"".join([encode_bytes(record) + b"\n" for record in records])


def _encode_together(records: Sequence[Record]) -> bytes | None:
    """Return the lines of all records, or None where they can't be made together or told apart afterwards."""
    import orjson

    try:
        data = orjson.dumps(records)
    except TypeError:
        return None
    lines = data[1:-1].split(_BETWEEN)
    if len(lines) != len(records):  # someone's metadata holds records like ours
        return None
    if b"\x7f" in data or not data.isascii():
        lines = [*map(_safe, lines)]
    return _APART.join(lines) + b"\n"


def _dumps(record: Mapping[str, Any]) -> bytes:
    """Return a record as JSON. What orjson refuses is made fit for it or, if need be, done without."""
    import orjson

    try:
        return orjson.dumps(record)
    except TypeError:
        plain = _plain(record)
    try:
        return orjson.dumps(plain)
    except TypeError:  # a whole number of more than 64 bits
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def _safe(line: bytes) -> bytes:
    """Return a line with every unsafe character escaped."""
    if line.isascii() and b"\x7f" not in line:
        return line
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", line.decode()).encode()


def _plain(value: Any, depth: int = 0) -> Any:
    """Return `value` as strict JSON can hold it: no NaN, no half of a surrogate pair, no key but text, nothing nested beyond reason."""
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth < _MAX_DEPTH and isinstance(value, Mapping):
        return {_plain(str(key)): _plain(item, depth + 1) for key, item in value.items()}
    if depth < _MAX_DEPTH and isinstance(value, Sequence):
        return [_plain(item, depth + 1) for item in value]
    return None if isinstance(value, Mapping | Sequence) else str(value)


def decode_entries(lines: Iterable[str | bytes]) -> Iterator[Entry]:
    """Yield the entries that `encode_entries` wrote, one at a time."""
    head: Record | None = None
    findings: list[Record] = []
    for record in map(json.loads, lines):
        if record["type"] == "finding":
            findings.append(record)
            continue
        if head is not None:
            yield Entry(head, tuple(findings))
        head, findings = record, []
    if head is not None:
        yield Entry(head, tuple(findings))
