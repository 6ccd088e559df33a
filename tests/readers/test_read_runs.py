"""Rows that travel unread: the same documents, names and failures, wherever a run of lines ends."""

import json
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.readers import ReadOptions, UnreadRows, cutting, parsed, read_documents, read_unparsed
from classifier.readers.cutting import runs_of_lines
from classifier.readers.dispatch import read_unparsed_stream
from classifier.records import DocumentFailure


@pytest.fixture
def short(monkeypatch):
    """Runs of a few lines, made of pieces of a few bytes."""
    monkeypatch.setattr(cutting, "_RUN_BYTES", 40)
    monkeypatch.setattr(cutting, "_PIECE_BYTES", 7)


def buffered(data: bytes):
    return BytesIO(data)


@given(st.lists(st.sampled_from([b"a", b"bb" * 9, b"\n", b"\r", b"c" * 50])), st.integers(0, 30))
def test_runs_hold_every_byte_but_the_ends_of_lines_too_long(parts, limit):
    data = b"".join(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "_RUN_BYTES", 40)
        patch.setattr(cutting, "_PIECE_BYTES", 7)
        runs = list(runs_of_lines(BytesIO(data), limit))
    assert all(run.endswith(b"\n") for run in runs[:-1])
    assert max(map(len, runs), default=0) <= 40 + 2 * 7 + limit
    kept, whole = b"".join(runs).split(b"\n"), data.split(b"\n")
    assert [line[: limit + 1] for line in kept] == [line[: limit + 1] for line in whole]
    assert all(line == other for line, other in zip(kept, whole, strict=True) if len(other) <= limit)


def test_rows_have_the_number_of_their_line_in_whichever_run_they_are(short):
    rows = [b'{"text": "We act."}', b"", b"no row", b'{"text": "' + b"long " * 30 + b'"}', b"[1]"] * 5
    options = ReadOptions(max_document_bytes=100)
    found = list(read_unparsed_stream(BytesIO(b"\n".join(rows)), "a.jsonl", options))
    assert len(found) > 5
    assert all(isinstance(item, UnreadRows) for item in found)
    items = list(parsed(found))
    assert [item.name for item in items] == [f"a.jsonl:{n}" for n, row in enumerate(rows, 1) if row]
    assert [item.message for item in items if isinstance(item, DocumentFailure)][1] == "a line of over 100 bytes."


def test_a_row_after_one_that_is_a_byte_too_long_is_not_lost():
    row = b'{"text": "We act."}\n'
    items = list(
        parsed(read_unparsed_stream(BytesIO(row * 3), "a.jsonl", ReadOptions(max_document_bytes=len(row) - 1)))
    )
    assert [item.name for item in items] == ["a.jsonl:1", "a.jsonl:2", "a.jsonl:3"]


def test_what_was_read_before_a_damage_comes_first(short):
    class Damaged(BytesIO):
        def read1(self, size=-1):
            if data := super().read1(size):
                return data
            raise EOFError("cut short")

    runs = runs_of_lines(Damaged(b"one\ntwo\nthr"), 1000)
    assert next(runs) == b"one\ntwo\n"
    with pytest.raises(EOFError):
        next(runs)


def test_folders_keep_their_order_whatever_is_read_later(tmp_path):
    for name in ("a.jsonl", "c.jsonl"):
        (tmp_path / name).write_text("".join(json.dumps({"text": f"We act {n}."}) + "\n" for n in range(3)))
    (tmp_path / "b.txt").write_text("We will act.")
    unread = list(read_unparsed([str(tmp_path)]))
    assert [type(item) is UnreadRows for item in unread] == [True, False, True]
    assert list(parsed(unread)) == list(read_documents([str(tmp_path)]))
