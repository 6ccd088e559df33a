"""What a user sees of `check`, `explain` and `codebook`: text, exit codes, and what bad input gets."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from classifier.errors import ExitCode
from classifier.places import codebook_path
from cli import app

ROOT = Path(__file__).resolve().parent.parent
FRAMED = "The scheme is voluntary. Nobody likes a sanction."


@pytest.fixture
def run(tiny_folder, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")

    def invoke(*arguments, text=None):
        options = ["--model", str(tiny_folder)] if arguments[0] in ("check", "explain") else []
        return CliRunner().invoke(app, [*map(str, arguments), *options], input=text)

    return invoke


def test_a_check_names_sentence_position_framing_and_probability(run):
    done = run("check", FRAMED)
    assert done.exit_code == ExitCode.DONE
    assert "1:1" in done.stdout
    assert "1:26" in done.stdout
    assert "voluntary_claim" in done.stdout
    assert "flagged" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_plain_sentence_says_nothing_flagged(run):
    done = run("check", "The office opens at nine.")
    assert done.exit_code == ExitCode.DONE
    assert "nothing flagged" in done.stdout


def test_json_is_valid_and_marks_spans_of_the_text(run):
    found = json.loads(run("check", FRAMED, "--format", "json").stdout)
    text = json.dumps(found)
    assert '"schema": 1' in text
    assert "voluntary_claim" in text


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fail-on", "voluntary_claim"], ExitCode.FRAMING_FOUND),
        (["--fail-on", "any"], ExitCode.FRAMING_FOUND),
        (["--fail-on", "sanctions", "--framing", "voluntary_claim"], ExitCode.DONE),
    ],
)
def test_fail_on_tells_the_shell(run, arguments, code):
    assert run("check", FRAMED, *arguments).exit_code == code


def test_asking_for_one_framing_reports_only_that(run):
    assert "sanctions" not in run("check", FRAMED, "--framing", "voluntary_claim").stdout


def test_all_shows_every_sentence(run):
    done = run("check", "The office opens at nine. It shuts at five.", "--all")
    assert "It shuts at five" in done.stdout


def test_an_unknown_framing_is_refused_with_the_nearest(run):
    done = run("check", FRAMED, "--framing", "voluntary_clam")
    assert done.exit_code == ExitCode.UNUSABLE or "did you mean" in str(done.exception)
    assert "voluntary_claim" in str(done.exception)


def test_a_missing_file_is_no_text(run):
    done = run("check", "no-such-file.txt")
    assert "no such file" in str(done.exception)


def test_a_file_and_standard_input_give_the_same(run, tmp_path):
    path = tmp_path / "release.txt"
    path.write_text(FRAMED)
    from_file = run("check", path).stdout.replace(str(path), "NAME")
    piped = run("check", "-", text=FRAMED).stdout.replace("<stdin>", "NAME")
    assert from_file.partition("\n\n")[2] == piped.partition("\n\n")[2] != ""


def test_windows_1252_is_read_and_said(run, tmp_path):
    path = tmp_path / "release.txt"
    path.write_bytes("It is \x93voluntary\x94.".encode("latin-1"))
    done = run("check", path)
    assert done.exit_code == ExitCode.DONE
    assert "“voluntary”" in done.stdout.replace("*", "")
    assert "Windows-1252" in done.output


def test_an_explanation_adds_up_to_the_last_decimal(run):
    [found] = json.loads(
        run("explain", "Nobody likes a sanction.", "--framing", "sanctions", "--format", "json").stdout
    )
    total = sum(part["value"] for part in found["contributions"]) + found["intercept"]
    assert total == pytest.approx(found["logit"], abs=1e-12)
    table = run("explain", "Nobody likes a sanction.", "--framing", "sanctions").stdout
    assert "log-odds of sanctions" in table


def test_the_codebook_prints_every_framing(run):
    shown = run("codebook").stdout
    data = json.loads(run("codebook", "--format", "json").stdout)
    assert len(data["framings"]) == 15
    assert all(framing["id"] in shown for framing in data["framings"])
    assert codebook_path().exists()


def test_every_command_has_help_and_stands_in_the_readme():
    readme = (ROOT / "README.md").read_text() + "".join(p.read_text() for p in (ROOT / "docs").rglob("*.md"))
    for command in app.registered_commands:
        name = command.callback.__name__
        assert command.callback.__doc__
        assert f"framing {name}" in readme
        assert CliRunner().invoke(app, [name, "--help"]).exit_code == 0


def test_a_check_leaves_out_what_a_comment_or_an_ignore_file_settles(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settled = f"<!-- framing: ignore voluntary_claim -->\n{FRAMED}"
    done = run("check", settled, "--fail-on", "voluntary_claim")
    assert "voluntary_claim" not in done.stdout
    assert "note: 1 not shown: ignored on request" in done.stdout
    assert done.exit_code == ExitCode.DONE
    assert "voluntary_claim" in run("check", settled, "--all").stdout
    Path(".framingignore").write_text("sanctions Nobody likes a sanction.")
    assert "1 not shown" in run("check", FRAMED).stdout
    assert "voluntary_claim" in run("check", FRAMED).stdout


def test_a_check_and_an_explanation_follow_the_settings_file(tiny_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("framing.toml").write_text(f'model = "{tiny_folder}"\nframing = "sanctions"\nfail-on = "any"')
    done = CliRunner().invoke(app, ["check", FRAMED])
    assert done.exit_code == ExitCode.FRAMING_FOUND
    assert "voluntary_claim" not in done.stdout
    assert "voluntary_claim" in CliRunner().invoke(app, ["check", FRAMED, "--framing", "voluntary_claim"]).stdout
    assert CliRunner().invoke(app, ["explain", FRAMED, "--framing", "sanctions"]).exit_code == ExitCode.DONE


def test_a_check_takes_its_text_from_the_column_that_is_named(run, tmp_path):
    (tmp_path / "rows.csv").write_text("id,speech\nr1,It is voluntary.\n")
    assert "voluntary_claim" in run("check", tmp_path / "rows.csv", "--text-column", "speech").stdout


def test_what_can_not_be_read_is_not_explained_in_silence(run, tmp_path):
    (tmp_path / "damaged.pdf").write_bytes(b"%PDF-1.4 nothing")
    done = run("explain", tmp_path / "damaged.pdf", "--framing", "sanctions")
    assert done.exit_code == ExitCode.UNUSABLE
    assert "damaged.pdf: " in done.stderr
