"""The first bytes of a file → the reader for it. Knows how each format begins; the name only settles what the bytes leave open."""

from collections.abc import Callable

from classifier.readers.json_documents import read_json
from classifier.readers.jsonl import read_jsonl
from classifier.readers.options import Reader
from classifier.readers.plain import read_plain

SNIFFED_BYTES = 1 << 14


def choose_reader(head: bytes, name: str) -> Reader:
    """Return the reader for bytes that begin with `head`."""
    hint = name.lower().removesuffix(".gz")
    if hint.endswith((".jsonl", ".ndjson")):
        return read_jsonl
    if head.lstrip()[:1] in (b"{", b"["):
        return read_json
    return read_plain
