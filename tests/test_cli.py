"""The two commands that are answered before an option parser is loaded say what they say after it."""

import json
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


PRINTING = [
    ["codebook"],
    ["config"],
    ["check", "examples/texts/speech-welfare-reform.txt", "--all"],
    ["score", "examples/texts"],
    ["check", "{long}"],
    ["explain", SENTENCE, "--framing", "voluntary_claim"],
]


@pytest.mark.parametrize("arguments", PRINTING, ids=lambda words: words[0])
def test_a_reader_that_goes_away_is_no_failure(arguments, tmp_path):
    long = tmp_path / "long.txt"
    long.write_text(f"{SENTENCE}\n" * 3000)
    command = [sys.executable, str(ROOT / "cli.py"), *(word.format(long=long) for word in arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True) as process:
        process.stdout.close()
        told = process.stderr.read()
    assert process.returncode == ExitCode.DONE, told
    assert "Error" not in told


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/a", "HTTPS://127.0.0.1:9/a"])
def test_a_check_of_the_local_network_has_to_be_allowed(address):
    refused, allowed = framing("check", address), framing("check", address, "--local-network")
    assert refused.returncode == allowed.returncode == ExitCode.UNUSABLE
    assert "--local-network" in refused.stdout + refused.stderr
    assert "--local-network" not in allowed.stdout + allowed.stderr
