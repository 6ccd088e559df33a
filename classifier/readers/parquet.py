"""Parquet tables → one document a row. Knows batches and Arrow's types, so that a table larger than memory can be read.

id: int64 · date: date32 · department: string · text: large_string
"""

import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

from classifier.errors import InputError
from classifier.readers.apart import require
from classifier.readers.nesting import seekable
from classifier.readers.options import Found, ReadOptions
from classifier.readers.rows import document_from_row, no_text_column, prose_column, text_column

_BATCH_ROWS = 1024
_SAMPLE_ROWS = 20


def read_parquet(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield one document a row; columns other than the text are carried through as metadata."""
    require("pyarrow", "Parquet", "parquet")
    import pyarrow as pa

    try:
        with seekable(stream, options) as file:
            rows = chain.from_iterable(_batches(file, options))
            sample = list(islice(rows, _SAMPLE_ROWS))
            column = _column(sample, options)
            for number, row in enumerate(chain(sample, rows), 1):
                yield document_from_row(_as_json(row), f"{name}:{number}", column)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise InputError(f"damaged Parquet ({str(error)[:200]}).") from None


def _batches(file: BinaryIO, options: ReadOptions) -> Iterator[list[dict[str, Any]]]:
    from pyarrow import parquet

    table = parquet.ParquetFile(file)
    metadata = table.metadata
    for group in range(metadata.num_row_groups):
        if metadata.row_group(group).total_byte_size > options.parse_memory_bytes:
            raise InputError(
                f"its row group {group} holds over {options.parse_memory_bytes:,} bytes; write smaller ones."
            )
    for batch in table.iter_batches(batch_size=_BATCH_ROWS):
        if batch.num_rows:
            yield batch.to_pylist()


def _column(rows: list[dict[str, Any]], options: ReadOptions) -> str:
    if not rows:
        raise InputError("empty: the table has no rows.")
    columns = list(rows[0])
    found = text_column(columns, options.text_column) or prose_column(rows)
    if found is None or found not in columns:
        raise InputError(no_text_column(columns, options.text_column))
    return found


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with values that JSON can hold: dates and decimals as text."""
    if all(value is None or isinstance(value, str | int | float) for value in row.values()):
        return row
    plain: dict[str, Any] = json.loads(json.dumps(row, default=str))
    return plain
