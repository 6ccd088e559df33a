import io
import sqlite3
from contextlib import closing

import pytest
from hostile import examples, inputs
from hypothesis import given

from classifier.errors import OutputError, UsageError
from classifier.records import Document, DocumentFailure
from classifier.scoring import score_documents
from classifier.writers import (
    WriteOptions,
    choose_format,
    decode_entries,
    describe,
    encode_entries,
    open_writer,
    place_file,
)
from classifier.writers.sqlite import draw_sqlite

OPTIONS = WriteOptions(model="m", settings="{}")


def rows(path, query, *values):
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query, values).fetchall()


def entries(model, *items, fingerprint="m"):
    return [describe(result, fingerprint) for result in score_documents(items, model)]


@examples
@given(inputs)
def test_any_result_goes_in_and_comes_back(entries_of, tmp_path_factory, items):
    path = tmp_path_factory.mktemp("db") / "out.db"
    lines = encode_entries(entries_of(items))
    found = list(decode_entries(lines.splitlines()))
    draw_sqlite(found, path, OPTIONS)
    expected = {(e.head["name"], e.head["sha256"]) for e in found if not e.is_failure}
    assert set(rows(path, "SELECT name, sha256 FROM documents")) == expected
    sentences = {finding["text"] for entry in found for finding in entry.findings}
    assert {text for (text,) in rows(path, "SELECT text FROM sentences")} == sentences
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []


def test_a_second_run_adds_only_what_is_new_or_changed(tiny_model, tmp_path):
    path = tmp_path / "out.db"
    one, two = Document("a", "Joining is voluntary."), Document("b", "A sanction.")
    changed, new = Document("b", "A sanction, or voluntary."), Document("c", "Plain.")
    draw_sqlite(entries(tiny_model, one, two), path, OPTIONS)
    draw_sqlite(entries(tiny_model, one, changed, new, DocumentFailure("d", "InputError", "bad")), path, OPTIONS)
    assert rows(path, "SELECT added, unchanged, failures FROM runs") == [(2, 0, 0), (2, 1, 1)]
    known = rows(path, "SELECT name, first_run, last_run, is_current FROM documents ORDER BY id")
    assert known == [("a", 1, 2, 1), ("b", 1, 1, 0), ("b", 2, 2, 1), ("c", 2, 2, 1)]
    current = rows(path, "SELECT name, framing FROM findings_in_full ORDER BY name, framing")
    assert current == [("a", "voluntary_claim"), ("b", "sanctions"), ("b", "voluntary_claim")]
    draw_sqlite(entries(tiny_model, one, changed, new), path, OPTIONS)
    assert rows(path, "SELECT count(*) FROM documents") == [(4,)]


def test_another_model_or_other_settings_score_a_document_anew(tiny_model, tmp_path):
    path = tmp_path / "out.db"
    one = Document("a", "Joining is voluntary.")
    draw_sqlite(entries(tiny_model, one), path, OPTIONS)
    draw_sqlite(entries(tiny_model, one, fingerprint="m2"), path, OPTIONS)
    draw_sqlite(entries(tiny_model, one), path, WriteOptions(model="m", settings='{"x": 1}'))
    assert rows(path, "SELECT model, settings, is_current FROM documents") == [
        ("m", "{}", 0),
        ("m2", "{}", 0),
        ("m", '{"x": 1}', 1),
    ]


def test_sentences_are_found_by_their_words(tiny_model, tmp_path):
    path = tmp_path / "out.db"
    draw_sqlite(
        entries(tiny_model, Document("a", "Sanctions? No sanction followed.\nJoining is voluntary.")), path, OPTIONS
    )
    search = "SELECT text FROM sentences WHERE id IN (SELECT rowid FROM sentences_fts WHERE sentences_fts MATCH ?)"
    assert rows(path, search, "following") == [("No sanction followed.",)]


def test_datasette_finds_the_search_by_how_its_table_is_written(tiny_model, tmp_path):
    path = tmp_path / "out.db"
    draw_sqlite(entries(tiny_model, Document("a", "It is voluntary.")), path, OPTIONS)
    pattern = '%VIRTUAL TABLE%USING FTS%content="sentences"%'
    assert rows(path, "SELECT name FROM sqlite_master WHERE sql LIKE ?", pattern) == [("sentences_fts",)]


def test_a_run_that_fails_leaves_the_database_as_it_was(tiny_model, tmp_path):
    path = tmp_path / "out.db"
    draw_sqlite(entries(tiny_model, Document("a", "Voluntary.")), path, OPTIONS)

    def failing():
        yield from entries(tiny_model, Document("b", "Voluntary."))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        draw_sqlite(failing(), path, OPTIONS)
    assert rows(path, "SELECT name FROM documents") == [("a",)]
    assert rows(path, "SELECT count(*) FROM runs") == [(1,)]


def test_what_is_no_database_or_a_newer_one_is_refused(tmp_path):
    other, newer = tmp_path / "other.db", tmp_path / "newer.db"
    other.write_text("not a database at all, but long enough to be looked at " * 20)
    with pytest.raises(OutputError, match=r"other\.db"):
        draw_sqlite([], other, OPTIONS)
    with closing(sqlite3.connect(newer)) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(OutputError, match="Update the program"):
        draw_sqlite([], newer, OPTIONS)
    with closing(sqlite3.connect(newer)) as database:
        database.execute("PRAGMA user_version = 1")
    with pytest.raises(OutputError, match="Name a new file"):
        draw_sqlite([], newer, OPTIONS)


def test_placing_a_file_replaces_it_and_a_database_grows(tiny_model, tmp_path):
    lines = tmp_path / "lines"
    lines.write_bytes(encode_entries(entries(tiny_model, Document("a", "Voluntary."))))
    for kind in ("csv", "sqlite", "sqlite"):
        place_file(lines, tmp_path / f"out.{kind}", kind, OPTIONS)
    assert rows(tmp_path / "out.sqlite", "SELECT unchanged FROM runs") == [(0,), (1,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lines", "out.csv", "out.sqlite"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.jsonl", "jsonl"),
        ("a.CSV", "csv"),
        ("a.db", "sqlite"),
        ("a.md", "markdown"),
        ("a.sarif", "sarif"),
        ("a.txt", "text"),
    ],
)
def test_the_suffix_picks_the_format_and_an_option_overrides_it(name, kind, tmp_path):
    assert choose_format(tmp_path / name, None) == kind
    assert choose_format(tmp_path / name, "line") == "line"


def test_a_format_that_makes_no_sense_is_refused(tmp_path, tiny_model):
    with pytest.raises(UsageError, match="--format"):
        choose_format(tmp_path / "out.xyz", None)
    with pytest.raises(UsageError, match="did you mean 'sarif'"):
        choose_format(None, "sarf")
    with pytest.raises(UsageError, match="-o"):
        choose_format(None, "parquet")
    with pytest.raises(UsageError, match="no text format"):
        open_writer(io.StringIO(), "sqlite", tiny_model)
    assert choose_format(None, None) == "text"
