"""Entries → an SQLite database that grows from run to run. Knows tables; one run is one transaction, all of it or nothing.

A document that is there already - same name, text, model, settings and findings - is left alone; a changed one is added, and
the earlier state stays, with `is_current` 0. (The findings may differ where a baseline, an ignore file or a comment does.)
`findings_in_full` is the view to start from.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from classifier.errors import OutputError
from classifier.writers.encoding import encode_bytes
from classifier.writers.entries import Entry
from classifier.writers.writer import WriteOptions

FORMAT = 2
_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, finished TEXT, model TEXT, settings TEXT, added INTEGER, unchanged INTEGER, failures INTEGER);
CREATE TABLE IF NOT EXISTS documents (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, title TEXT, date TEXT, sentences INTEGER, flagged INTEGER, unsure INTEGER,
    notes TEXT, metadata TEXT, text TEXT, sha256 TEXT NOT NULL, model TEXT NOT NULL, settings TEXT NOT NULL,
    first_run INTEGER NOT NULL REFERENCES runs(id), last_run INTEGER NOT NULL REFERENCES runs(id),
    is_current INTEGER NOT NULL DEFAULT 1, findings_sha256 TEXT NOT NULL,
    UNIQUE (name, sha256, model, settings, findings_sha256));
CREATE TABLE IF NOT EXISTS sentences (
    id INTEGER PRIMARY KEY, document_id INTEGER NOT NULL REFERENCES documents(id), sentence_key TEXT NOT NULL,
    "start" INTEGER, "end" INTEGER, "line" INTEGER, "column" INTEGER, page INTEGER, role TEXT, quoted INTEGER,
    text TEXT NOT NULL, stance TEXT, contested_probability REAL);
CREATE TABLE IF NOT EXISTS findings (
    id INTEGER PRIMARY KEY, sentence_id INTEGER NOT NULL REFERENCES sentences(id), framing TEXT NOT NULL,
    probability REAL NOT NULL, level TEXT NOT NULL, cues TEXT);
CREATE TABLE IF NOT EXISTS failures (
    id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES runs(id), name TEXT NOT NULL, error TEXT, message TEXT);
CREATE INDEX IF NOT EXISTS documents_date ON documents (date);
CREATE INDEX IF NOT EXISTS sentences_document ON sentences (document_id);
CREATE INDEX IF NOT EXISTS sentences_key ON sentences (sentence_key);
CREATE INDEX IF NOT EXISTS findings_sentence ON findings (sentence_id);
CREATE INDEX IF NOT EXISTS findings_framing ON findings (framing, level, probability);
CREATE INDEX IF NOT EXISTS failures_run ON failures (run_id);
CREATE VIRTUAL TABLE IF NOT EXISTS sentences_fts USING fts5 (
    text, content="sentences", content_rowid='id', tokenize='porter unicode61 remove_diacritics 2');
CREATE TRIGGER IF NOT EXISTS sentences_added AFTER INSERT ON sentences BEGIN
    INSERT INTO sentences_fts (rowid, text) VALUES (new.id, new.text); END;
CREATE TRIGGER IF NOT EXISTS sentences_removed AFTER DELETE ON sentences BEGIN
    INSERT INTO sentences_fts (sentences_fts, rowid, text) VALUES ('delete', old.id, old.text); END;
CREATE VIEW IF NOT EXISTS findings_in_full AS
    SELECT f.framing, f.probability, f.level, s.text, s.stance, s.quoted, s.line, s."column", s.page,
           d.name, d.title, d.date, f.cues, s.id AS sentence_id, d.id AS document_id
    FROM findings f JOIN sentences s ON s.id = f.sentence_id JOIN documents d ON d.id = s.document_id
    WHERE d.is_current;
"""
_DOCUMENT = ("name", "title", "date", "sentences", "sha256", "model")
_SENTENCE = ("start", "end", "line", "column", "page", "role", "quoted", "text", "stance", "contested_probability")


def draw_sqlite(entries: Iterable[Entry], path: Path, options: WriteOptions) -> None:
    """Add all entries to the database at `path`, which need not exist; raise `OutputError` if it can't take them."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            _check_format(database, path)
            database.execute("BEGIN IMMEDIATE")
            _add_run(database, entries, options)
            database.execute("COMMIT")
    except sqlite3.Error as error:
        raise OutputError(f"{path}: the database can't be written ({error}).") from error


def _check_format(database: sqlite3.Connection, path: Path) -> None:
    number = database.execute("PRAGMA user_version").fetchone()[0]
    if number > FORMAT:
        raise OutputError(f"{path}: written by a later version of this program (format {number}). Update the program.")
    if 0 < number < FORMAT:
        raise OutputError(f"{path}: written by an earlier version (format {number}). Name a new file.")


def _add_run(database: sqlite3.Connection, entries: Iterable[Entry], options: WriteOptions) -> None:
    for statement in _statements(_TABLES):
        database.execute(statement)
    database.execute(f"PRAGMA user_version = {FORMAT}")
    opening = "INSERT INTO runs (model, settings) VALUES (?, ?)"
    run = int(database.execute(opening, (options.model, options.settings)).lastrowid or 0)
    counts = {"added": 0, "unchanged": 0, "failures": 0}
    for entry in entries:
        counts[_add_entry(database, entry, run, options.settings)] += 1
    database.execute(
        "UPDATE documents SET is_current = (last_run = ?) WHERE name IN (SELECT name FROM documents WHERE last_run = ?)",
        (run, run),
    )
    closing_words = "UPDATE runs SET finished = datetime('now'), added = ?, unchanged = ?, failures = ? WHERE id = ?"
    database.execute(closing_words, (*counts.values(), run))


def _statements(script: str) -> list[str]:
    """Return the statements of a script, one by one: `executescript` would commit before it begins."""
    found, statement = [], ""
    for line in script.strip().splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            found.append(statement)
            statement = ""
    return found


def _add_entry(database: sqlite3.Connection, entry: Entry, run: int, settings: str) -> str:
    """Add one entry and return which count it belongs to."""
    head = entry.head
    if entry.is_failure:
        row = {"run_id": run, "name": head["name"], "error": head["error"], "message": head["message"]}
        _insert(database, "failures", row)
        return "failures"
    key = (head["name"], head["sha256"], head["model"], settings, _hash(entry.findings))
    same = "SELECT id FROM documents WHERE (name, sha256, model, settings, findings_sha256) = (?, ?, ?, ?, ?)"
    known = database.execute(same, key).fetchone()
    if known:
        database.execute("UPDATE documents SET last_run = ? WHERE id = ?", (run, known[0]))
        return "unchanged"
    document = _insert(database, "documents", {**_document_row(head, run, settings), "findings_sha256": key[-1]})
    for finding in entry.findings:
        _add_finding(database, document, finding)
    return "added"


def _hash(findings: Iterable[Mapping[str, Any]]) -> str:
    return sha256(b"".join(map(encode_bytes, findings))).hexdigest()


def _document_row(head: Mapping[str, Any], run: int, settings: str) -> dict[str, Any]:
    return {
        **{name: head[name] for name in _DOCUMENT},
        "flagged": head["flagged_sentences"],
        "unsure": head["unsure_sentences"],
        "notes": _json(head["notes"]),
        "metadata": _json(head["metadata"]),
        "text": head.get("text"),
        "settings": settings,
        "first_run": run,
        "last_run": run,
    }


def _add_finding(database: sqlite3.Connection, document: int, finding: Mapping[str, Any]) -> None:
    row = {name: finding[name] for name in _SENTENCE}
    sentence = _insert(database, "sentences", {"document_id": document, "sentence_key": finding["id"], **row})
    for found in finding["framings"]:
        values = {name: found[name] for name in ("framing", "probability", "level")}
        _insert(database, "findings", {"sentence_id": sentence, **values, "cues": _json(found["cues"])})


def _insert(database: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> int:
    """Insert a row; table and column names come from this module alone, never from a text."""
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
    return int(database.execute(statement, tuple(row.values())).lastrowid or 0)


def _json(value: Any) -> str | None:
    return json.dumps(value, ensure_ascii=False) if value else None
