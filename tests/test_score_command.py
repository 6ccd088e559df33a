import json
import os
import pty
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from classifier.commands.score import score
from classifier.errors import InputError, OutputError, UsageError

ROOT = Path(__file__).resolve().parent.parent
app = typer.Typer(pretty_exceptions_enable=False)
app.command()(score)


@pytest.fixture
def run(tiny_folder, tmp_path, monkeypatch):
    """Run `framing score` in a folder of its own, with the tiny model."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, [*map(str, arguments), "--model", str(tiny_folder)])


@pytest.fixture
def texts(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "a.txt").write_text("Joining is voluntary.\nPlain.\nA sanction may follow.")
    (folder / "b.txt").write_text("Perhaps voluntary.")
    return folder


def records(path):
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def test_a_folder_becomes_records_and_a_summary(run, texts):
    done = run("texts", "-o", "out.jsonl")
    assert done.exit_code == 0
    assert [record["type"] for record in records("out.jsonl")] == [
        "document",
        "finding",
        "finding",
        "document",
        "finding",
    ]
    assert done.stderr.startswith("2 documents, 4 sentences, 2 flagged, 1 unsure, 0 failures, ")
    assert done.stderr.endswith("→ out.jsonl\n")
    assert done.stdout == ""


@pytest.mark.parametrize("inputs", ["texts", "texts/*"])
def test_an_output_among_the_inputs_is_not_read_the_next_time(inputs, run, texts):
    for _ in range(2):
        done = run(inputs, "-o", "texts/out.csv")
        assert done.stderr.startswith("2 documents, 4 sentences, ")
    assert run("texts/out.csv", "-o", "out.jsonl").stderr.startswith("5 documents")
    assert run(inputs, "-o", "out.csv").stderr.startswith("7 documents")
    assert run("texts/out.csv", "-o", "texts/out.csv").exit_code == 0


def test_without_an_output_findings_are_printed(run, texts):
    assert "texts/a.txt · 3 sentences · 2 flagged" in run("texts").stdout
    assert run("texts", "--format", "line").stdout.count("\n") == 3
    assert run("texts", "--format", "line", "-o", "-").stdout.count("\n") == 3
    assert not Path("-").exists()


def test_a_bad_input_is_a_recorded_failure_and_exit_code_3(run, texts):
    (texts / "c.txt").write_text("")
    done = run("texts", "nowhere.txt", "-o", "out.csv")
    assert done.exit_code == 3
    rows = Path("out.csv").read_text().splitlines()
    assert sum(row.startswith("failure,") for row in rows) == 2
    assert "2 failures" in done.stderr


def test_nothing_usable_is_exit_code_2_and_still_recorded(run, texts):
    assert run("nowhere.txt", "-o", "out.jsonl").exit_code == 2
    assert [record["type"] for record in records("out.jsonl")] == ["failure"]


@pytest.mark.parametrize(("fail_on", "code"), [("any", 1), ("sanctions", 1), ("voluntary_claim", 0)])
def test_fail_on_answers_with_exit_code_1_when_a_framing_is_flagged(fail_on, code, run, texts):
    (texts / "a.txt").write_text("A sanction may follow.")
    assert run("texts", "--fail-on", fail_on).exit_code == code


@pytest.mark.parametrize("option", ["--framing", "--fail-on"])
def test_an_unknown_framing_is_refused_with_the_nearest(option, run, texts):
    done = run("texts", option, "sanction")
    assert isinstance(done.exception, UsageError)
    assert "did you mean 'sanctions'" in str(done.exception)


def test_framings_and_probability_choose_what_is_reported(run, texts):
    run("texts", "-o", "a.jsonl", "--framing", "sanctions")
    assert [r["text"] for r in records("a.jsonl") if r["type"] == "finding"] == ["A sanction may follow."]
    done = run("texts", "-o", "b.jsonl", "--min-probability", "0.6")
    assert "3 flagged, 0 unsure" in done.stderr


def test_text_and_context_are_given_on_request(run, texts):
    run("texts", "-o", "out.jsonl", "--with-text", "--context", 1)
    document, finding = records("out.jsonl")[:2]
    assert document["text"].startswith("Joining is voluntary.")
    assert finding["context"] == {"before": [], "after": ["Plain."]}


def test_a_baseline_reports_only_what_is_new(run, texts):
    run("texts", "-o", "old.jsonl")
    (texts / "a.txt").write_text("Moved.\n\nJoining is voluntary.\nAnother sanction.")
    done = run("texts", "-o", "new.jsonl", "--baseline", "old.jsonl", "--fail-on", "voluntary_claim")
    assert [r["text"] for r in records("new.jsonl") if r["type"] == "finding"] == ["Another sanction."]
    assert done.exit_code == 0


@pytest.mark.parametrize("suffix", ["csv", "md", "txt"])
def test_what_is_left_out_is_said_in_what_people_read(suffix, run, texts):
    run("texts", "-o", "old.jsonl")
    run("texts", "-o", f"out.{suffix}", "--baseline", "old.jsonl")
    shown = Path(f"out.{suffix}").read_text()
    assert "2 not shown: already in the baseline" in shown
    assert "1 not shown: already in the baseline" in shown


def test_what_a_baseline_left_out_of_a_database_is_added_when_it_is_asked_for(run, texts):
    run("texts", "-o", "old.jsonl")
    run("texts", "-o", "out.db", "--baseline", "old.jsonl")
    for _ in range(2):
        run("texts", "-o", "out.db")
    with closing(sqlite3.connect("out.db")) as database:
        assert database.execute("SELECT count(*) FROM findings_in_full").fetchone() == (3,)
        runs = database.execute("SELECT added, unchanged FROM runs ORDER BY id").fetchall()
    assert runs == [(2, 0), (2, 0), (0, 2)]


def test_an_ignore_file_in_the_folder_is_used(run, texts):
    Path(".framingignore").write_text("any Joining is voluntary.\n")
    run("texts", "-o", "out.jsonl")
    assert records("out.jsonl")[0]["withheld"] == {"ignored": 1}


def test_settings_come_from_a_file_and_the_command_line_overrides_them(run, texts):
    Path("framing.toml").write_text('framing = ["sanctions"]\nformat = "jsonl"\nwith-text = true\n')
    first = json.loads(run("texts").stdout.splitlines()[0])
    assert first["flagged"] == {"sanctions": 1}
    assert "text" in first
    again = json.loads(run("texts", "--framing", "voluntary_claim", "--without-text").stdout.splitlines()[0])
    assert again["flagged"] == {"voluntary_claim": 1}
    assert "text" not in again


def test_rows_take_their_text_from_the_column_that_is_named(run, tmp_path):
    Path("rows.jsonl").write_text('{"id": "r1", "speech": "It is voluntary.", "party": "X"}\n')
    run("rows.jsonl", "-o", "out.jsonl", "--text-column", "speech")
    document = records("out.jsonl")[0]
    assert document["name"] == "r1"
    assert document["metadata"]["party"] == "X"


def test_an_address_on_the_local_network_is_read_only_when_allowed(run, texts):
    handler = partial(SimpleHTTPRequestHandler, directory=str(texts))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/b.txt"
        refused, allowed = run(address, "--format", "line"), run(address, "--local-network", "--format", "line")
        server.shutdown()
    assert refused.exit_code == 2
    assert "--local-network" in refused.stdout
    assert "Perhaps voluntary." in allowed.stdout


def test_resume_needs_a_file_and_gives_what_a_whole_run_gives(run, texts):
    assert isinstance(run("texts", "--resume").exception, UsageError)
    run("texts", "-o", "a.jsonl")
    done = run("texts", "-o", "b.jsonl", "--resume")
    assert done.exit_code == 0
    assert Path("a.jsonl").read_bytes() == Path("b.jsonl").read_bytes()


def test_many_processes_give_the_same(run, texts):
    run("texts", "-o", "a.jsonl")
    run("texts", "-o", "b.jsonl", "--jobs", 2)
    assert Path("a.jsonl").read_bytes() == Path("b.jsonl").read_bytes()


@pytest.mark.parametrize("suffix", ["json", "csv", "md", "sarif", "db", "parquet", "txt"])
def test_every_suffix_writes_its_format(suffix, run, texts):
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    assert run("texts", "-o", f"out.{suffix}").exit_code == 0
    assert Path(f"out.{suffix}").stat().st_size > 100
    assert sorted(path.name for path in Path().iterdir()) == [f"out.{suffix}", "texts"]


def test_an_output_that_can_not_be_written_is_an_output_error(run, texts):
    assert isinstance(run("texts", "-o", "no/such/out.jsonl").exception, OutputError)
    assert isinstance(run("texts", "-o", "out.xyz").exception, UsageError)
    assert not isinstance(run("texts", "-o", "out.xyz").exception, InputError)


def on_a_terminal(arguments, tmp_path, **environment):
    """Return what a command shows on a terminal of 80 columns."""
    main, other = pty.openpty()
    code = "import typer; from classifier.commands.score import score; typer.run(score)"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=other, stderr=other, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    process.wait()
    os.close(other)
    shown = b""
    try:
        while piece := os.read(main, 65536):
            shown += piece
    except OSError:
        pass
    os.close(main)
    return shown.decode()


def test_a_terminal_gets_colour_and_progress_unless_no_color_is_set(tiny_folder, texts, tmp_path):
    arguments = ["texts", "--model", str(tiny_folder)]
    shown = on_a_terminal(arguments, tmp_path)
    assert "\x1b[1;36mvoluntary\x1b[0m" in shown
    plain = on_a_terminal(arguments, tmp_path, NO_COLOR="1")
    assert "*voluntary*" in plain
    assert "\x1b[1" not in plain
    assert "2 documents" in on_a_terminal([*arguments, "-o", "out.csv"], tmp_path)
