"""Entries → one Parquet table, for notebooks and databases. Knows column types; needs the extra `framing[parquet]`.

The columns are those of the CSV; framings and cues are nested instead of joined, and metadata is JSON.
"""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from classifier.errors import UsageError
from classifier.writers.entries import Entry, Record
from classifier.writers.table import COLUMNS, rows
from classifier.writers.writer import WriteOptions

_ROWS_AT_ONCE = 5000
_COUNTS = ("sentences", "flagged", "unsure", "line", "column", "start", "end", "page")
_FLOATS = ("probability", "contested_probability")


def draw_parquet(entries: Iterable[Entry], path: Path, options: WriteOptions) -> None:
    """Write all entries to a Parquet file at `path`."""
    check_parquet()
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema()
    found = (row for entry in entries for row in _nested_rows(entry))
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(found, _ROWS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))


def check_parquet() -> None:
    """Raise `UsageError` that names the extra, where pyarrow is not installed."""
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise UsageError("writing Parquet needs an extra: pip install 'framing[parquet]'.") from error


def _schema() -> Any:
    import pyarrow as pa

    cue = pa.struct({"start": pa.int64(), "end": pa.int64(), "text": pa.string(), "weight": pa.float64()})
    framing = pa.struct(
        {"framing": pa.string(), "probability": pa.float64(), "level": pa.string(), "cues": pa.list_(cue)}
    )
    types = dict.fromkeys(COLUMNS, pa.string())
    types |= dict.fromkeys(_COUNTS, pa.int64()) | dict.fromkeys(_FLOATS, pa.float64())
    types |= {"quoted": pa.bool_(), "framings": pa.list_(framing), "notes": pa.list_(pa.string())}
    del types["cues"]
    return pa.schema(types)


def _nested_rows(entry: Entry) -> Iterable[Record]:
    for row, source in zip(rows(entry), (entry.head, *entry.findings), strict=True):
        yield {**row, "framings": source.get("framings"), "notes": source.get("notes")}
