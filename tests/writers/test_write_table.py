import csv
import io
import json

import pytest
from hostile import examples, inputs
from hypothesis import given

from classifier.text import printable
from classifier.writers.parquet import draw_parquet
from classifier.writers.table import COLUMNS, safe_cell
from classifier.writers.writer import WriteOptions


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


@examples
@given(inputs)
def test_every_record_is_a_row_with_every_column(entries_of, written, items):
    entries = entries_of(items)
    rows = rows_of(written(entries, "csv"))
    kinds = [record["type"] for entry in entries for record in (entry.head, *entry.findings)]
    assert [row["record"] for row in rows] == kinds
    assert all(tuple(row) == COLUMNS for row in rows)


@examples
@given(inputs)
def test_no_cell_begins_like_a_formula_or_holds_what_a_terminal_acts_on(entries_of, written, items):
    for row in rows_of(written(entries_of(items), "csv")):
        for cell in row.values():
            assert not cell.lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r"))
            assert printable(cell) == cell


@examples
@given(inputs)
def test_the_sentence_comes_back_as_it_was(entries_of, written, items):
    entries = entries_of(items)
    rows = [row for row in rows_of(written(entries, "csv")) if row["record"] == "finding"]
    for row, finding in zip(rows, (f for e in entries for f in e.findings), strict=True):
        assert row["text"].removeprefix("'") == printable(finding["text"]).removeprefix("'")
        assert float(row["probability"]) == finding["framings"][0]["probability"]
        assert (int(row["line"]), int(row["start"])) == (finding["line"], finding["start"])


@pytest.mark.parametrize("text", ["=1+1", " =1", "-2", "\t=1", "＝1", "\x00=1", "\u200b=1", "@x", "\r=1", "+44 20"])
def test_a_formula_is_neutralised(text):
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("value", ["plain", "a=1", -1, 0.5, None, True, "'quoted'", ""])
def test_what_is_no_formula_stays(value):
    assert safe_cell(value) == value


@examples
@given(inputs)
def test_parquet_holds_the_same_rows_with_types(entries_of, tmp_path_factory, items):
    pq = pytest.importorskip("pyarrow.parquet")
    path = tmp_path_factory.mktemp("parquet") / "out.parquet"
    entries = [entry for entry in entries_of(items) if is_clean(entry)]
    draw_parquet(iter(entries), path, WriteOptions())
    rows = pq.read_table(path).to_pylist()
    records = [record for entry in entries for record in (entry.head, *entry.findings)]
    assert [row["record"] for row in rows] == [record["type"] for record in records]
    for row, record in zip(rows, records, strict=True):
        if record["type"] == "finding":
            assert (row["text"], row["start"], row["framings"]) == (record["text"], record["start"], record["framings"])


def is_clean(entry):
    """Entries reach the file formats through JSON lines, which hold no lone surrogates."""
    try:
        json.dumps([entry.head, entry.findings], ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
