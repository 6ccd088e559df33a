"""The two commands that are answered before an option parser is loaded say what they say after it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from classifier.errors import ExitCode

ROOT = Path(__file__).resolve().parent.parent
SENTENCE = "Taking part is entirely voluntary."


def framing(*arguments: object, text: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "cli.py"), *map(str, arguments)]
    return subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT)


@pytest.mark.parametrize("source", [SENTENCE, "Nothing of note.", "", "no-such-file.txt", "-"])
def test_a_check_without_options_says_what_one_with_options_does(source):
    quick, whole = framing("check", source, text=SENTENCE), framing("check", source, "--format", "text", text=SENTENCE)
    assert (quick.returncode, quick.stdout, quick.stderr) == (whole.returncode, whole.stdout, whole.stderr)


def test_help_is_still_help():
    assert "Usage" in framing("check", "--help").stdout
    assert "Usage" in framing("score", "-h").stdout
    assert framing("score", "-o", "x").returncode == ExitCode.UNUSABLE


def test_scoring_into_a_file_is_the_same_with_and_without_options(tmp_path):
    (tmp_path / "a.txt").write_text(SENTENCE)
    (tmp_path / "b.txt").write_text("Nothing of note.")
    written = []
    for name, options in (("one", []), ("two", ["--jobs", "2"]), ("three", ["--context", "0"])):
        out = tmp_path / f"{name}.jsonl"
        done = framing("score", tmp_path / "a.txt", tmp_path / "b.txt", "-o", out, *options)
        assert done.returncode == ExitCode.DONE, done.stderr
        written.append(out.read_bytes())
    assert written[0] == written[1] == written[2]
    assert [json.loads(line)["type"] for line in written[0].splitlines()] == ["document", "finding", "document"]


def test_no_process_is_no_number_of_processes(tmp_path):
    done = framing("score", "examples/texts", "-o", tmp_path / "x.jsonl", "--jobs", "0")
    assert done.returncode == ExitCode.UNUSABLE
    assert not (tmp_path / "x.jsonl").exists()


def test_an_empty_text_is_no_folder():
    found = framing("check", "")
    assert found.returncode == ExitCode.UNUSABLE
    assert "the text is empty" in found.stderr


ROWS = [
    {"annotator": name, "id": "s1", "text": SENTENCE, "labels": ["voluntary_claim"], "stance": "asserted"}
    for name in "ab"
]
PRINTING = [
    ["codebook"],
    ["codebook", "--format", "json"],
    ["check", SENTENCE],
    ["check", "-", "--format", "json"],
    ["explain", SENTENCE, "--framing", "voluntary_claim"],
    ["score", "-"],
    ["score", "-", "--format", "line", "--jobs", "2"],
    ["config"],
    ["agreement", "rows.jsonl"],
    ["evaluate", "--on", "row.jsonl"],
    ["--help"],
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    (tmp_path / "row.jsonl").write_text(json.dumps(ROWS[0]))
    return tmp_path


def printing_to(output, arguments, folder, text=SENTENCE):
    command = [sys.executable, str(ROOT / "cli.py"), *arguments]
    return subprocess.run(command, input=text, stdout=output, stderr=subprocess.PIPE, text=True, cwd=folder)


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_a_reader_that_has_left_ends_a_command_without_noise(arguments, folder):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as output:
        done = printing_to(output, arguments, folder)
    assert (done.returncode, done.stderr) == (ExitCode.PIPE_CLOSED, "")


@pytest.mark.parametrize("text", [f"{SENTENCE}\n" * 20_000])
def test_a_reader_that_leaves_in_the_middle_ends_a_batch_without_noise(text, folder):
    (folder / "long.txt").write_text(text)
    command = [sys.executable, str(ROOT / "cli.py"), "score", "long.txt", "--format", "line", "--jobs", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder) as process:
        assert process.stdout.readline().startswith(b"long.txt:1:1: flagged voluntary_claim")
        process.stdout.close()
        assert (process.wait(), process.stderr.read()) == (ExitCode.PIPE_CLOSED, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize("arguments", [PRINTING[0], PRINTING[2], PRINTING[5]], ids=" ".join)
def test_a_full_disk_under_what_is_printed_is_said(arguments, folder):
    with Path("/dev/full").open("w") as output:
        done = printing_to(output, arguments, folder)
    assert done.returncode == ExitCode.UNUSABLE
    assert done.stderr == "framing: what was found can't be printed (No space left on device).\n"


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/a", "HTTPS://127.0.0.1:9/a"])
def test_a_check_of_the_local_network_has_to_be_allowed(address):
    refused, allowed = framing("check", address), framing("check", address, "--local-network")
    assert refused.returncode == allowed.returncode == ExitCode.UNUSABLE
    assert "--local-network" in refused.stdout + refused.stderr
    assert "--local-network" not in allowed.stdout + allowed.stderr
