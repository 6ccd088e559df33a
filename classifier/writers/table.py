"""Entries → rows of one table, and the CSV made of them. Knows columns, and what a spreadsheet would run as a formula.

A `document` row holds counts, a `finding` row one sentence, a `failure` row what went wrong; cells that do not apply are empty.
"""

import csv
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from classifier.text import printable
from classifier.writers.encoding import encode
from classifier.writers.entries import Entry, Record, notes_of, shown_probability
from classifier.writers.writer import WriteOptions, Writer

COLUMNS = (
    "record", "name", "title", "date", "sentences", "flagged", "unsure",
    "line", "column", "start", "end", "page", "role", "quoted", "stance", "contested_probability",
    "framing", "probability", "level", "framings", "text", "cues", "id",
    "error", "message", "notes", "metadata", "sha256", "model",
)  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def rows(entry: Entry) -> Iterator[Record]:
    """Yield the rows of an entry; only the columns that apply are present."""
    head = entry.head
    if entry.is_failure:
        yield {"record": "failure", "name": head["name"], "error": head["error"], "message": head["message"]}
        return
    yield _document_row(head)
    for finding in entry.findings:
        yield _finding_row(finding, head)


def _document_row(head: Mapping[str, Any]) -> Record:
    counts = [f"{framing} {count}" for framing, count in head["flagged"].items()]
    return {
        "record": "document",
        **{name: head[name] for name in ("name", "title", "date", "sentences", "sha256", "model")},
        "flagged": head["flagged_sentences"],
        "unsure": head["unsure_sentences"],
        "framings": "; ".join(counts),
        "text": head.get("text"),
        "notes": "; ".join(notes_of(head)),
        "metadata": encode(head["metadata"]) if head["metadata"] else None,
    }


_FROM_FINDING = ("line", "column", "start", "end", "page", "role", "quoted", "stance", "contested_probability", "text", "id")  # fmt: skip


def _finding_row(finding: Mapping[str, Any], head: Mapping[str, Any]) -> Record:
    framings = finding["framings"]
    first = framings[0] if framings else {}
    cues = sorted({(cue["start"], cue["text"]) for framing in framings for cue in framing["cues"]})
    return {
        "record": "finding",
        **{name: head[name] for name in ("name", "title", "date", "model")},
        **{name: finding[name] for name in _FROM_FINDING},
        **{name: first.get(name) for name in ("framing", "probability", "level")},
        "framings": "; ".join(f"{f['framing']} {shown_probability(f['probability'])} {f['level']}" for f in framings),
        "cues": "; ".join(text for _, text in cues),
    }


def safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet runs: text that begins like a formula gets an apostrophe before it.

    >>> safe_cell('=HYPERLINK("http://x")'), safe_cell(-1)
    ('\\'=HYPERLINK("http://x")', -1)
    """
    if not isinstance(value, str):
        return value
    shown = value if value.isprintable() else printable(value)
    return f"'{shown}" if shown.lstrip(" \n\ufffd").startswith(_FORMULA_STARTS) else shown


class CsvWriter(Writer):
    """CSV by RFC 4180 in UTF-8, lines ended by a line feed alone."""

    def __init__(self, stream: TextIO, options: WriteOptions) -> None:
        super().__init__(stream, options)
        self._rows = csv.DictWriter(stream, COLUMNS, restval="", lineterminator="\n")

    def begin(self) -> None:
        """Write the header."""
        self._rows.writeheader()

    def add(self, entry: Entry) -> None:
        """Write the entry's rows."""
        for row in rows(entry):
            self._rows.writerow({name: safe_cell(value) for name, value in row.items()})
