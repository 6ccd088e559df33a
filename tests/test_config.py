import json
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from classifier.commands.config import config
from classifier.config import OPTIONS, find_file, is_of_kind, load_settings, read_file
from classifier.errors import UsageError

app = typer.Typer()
app.command()(config)


@pytest.fixture
def place(tmp_path):
    """A folder two below one with settings, away from this project's own."""
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    return folder


def test_without_a_file_every_setting_is_the_default(place):
    settings = load_settings({}, place)
    assert set(settings) == set(OPTIONS)
    assert all(setting.source == "default" for setting in settings.values())


def test_the_nearest_file_upward_wins_and_the_command_line_goes_before_it(place, tmp_path):
    (tmp_path / "framing.toml").write_text("jobs = 3\ncontext = 2\n")
    assert load_settings({}, place)["jobs"].value == 3
    (place.parent / "pyproject.toml").write_text("[tool.framing]\njobs = 4\nmin_probability = 0.5\n")
    settings = load_settings({"jobs": 5, "framing": []}, place)
    assert (settings["jobs"].value, settings["jobs"].source) == (5, "command line")
    assert (settings["min-probability"].value, settings["min-probability"].source) == (
        0.5,
        str(place.parent / "pyproject.toml"),
    )
    assert settings["context"].source == "default"


def test_a_false_switch_on_the_command_line_overrides_a_true_one_in_a_file(place):
    (place / "framing.toml").write_text("with-text = true\n")
    assert load_settings({"with-text": None}, place)["with-text"].value is True
    assert load_settings({"with-text": False}, place)["with-text"].value is False


def test_framing_toml_goes_before_pyproject_and_a_foreign_pyproject_is_passed_over(place):
    (place / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    assert find_file(place) is None
    (place / "pyproject.toml").write_text("[tool.framing]\njobs = 2\n")
    assert find_file(place) == place / "pyproject.toml"
    (place / "framing.toml").write_text("")
    assert find_file(place) == place / "framing.toml"


def test_a_path_in_a_file_starts_from_its_folder(place, tmp_path):
    (tmp_path / "framing.toml").write_text('baseline = "old/findings.jsonl"\nmodel = "/models/mine"\n')
    settings = load_settings({}, place)
    assert settings["baseline"].value == tmp_path / "old" / "findings.jsonl"
    assert str(settings["model"].value) == "/models/mine"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("min-probabilty = 0.5", "did you mean 'min-probability'"),
        ("jobs = 'many'", "must be a whole number"),
        ("jobs = 0", "whole number from 1"),
        ("context = -1", "whole number"),
        ("jobs = true", "must be a whole number"),
        ("min-probability = 2", "from 0 to 1"),
        ("with-text = 'yes'", "true or false"),
        ("framing = [1]", "list of texts"),
        ("model = 3", "a path"),
        ("jobs = ", "not a valid TOML"),
    ],
)
def test_what_a_file_can_not_say_is_refused_by_name(text, message, place):
    (place / "framing.toml").write_text(text)
    with pytest.raises(UsageError, match=message) as caught:
        load_settings({}, place)
    assert "framing.toml" in str(caught.value)


def test_tool_framing_must_be_a_table(place):
    (place / "pyproject.toml").write_text("[tool]\nframing = 3\n")
    with pytest.raises(UsageError, match="table"):
        read_file(place / "pyproject.toml")


def test_a_named_file_that_is_not_there_is_an_error(place):
    with pytest.raises(UsageError, match="can't be read"):
        load_settings({}, place, place / "none.toml")


def test_every_default_is_of_its_kind():
    for option in OPTIONS.values():
        assert option.default is None or is_of_kind(option.default, option.kind)


def test_the_command_shows_each_value_and_where_it_came_from(place, monkeypatch, tiny_folder):
    monkeypatch.chdir(place)
    (place / "framing.toml").write_text(
        f'framing = "sanctions"\nfail-on = ["any"]\nwith-text = true\nmodel = "{tiny_folder}"\n'
    )
    shown = CliRunner().invoke(app, []).output
    assert [len(line.split()) for line in shown.splitlines()] == [3] * len(OPTIONS)
    assert f"framing          sanctions                    {place / 'framing.toml'}" in shown
    assert "jobs             1                            default" in shown
    rows = json.loads(CliRunner().invoke(app, ["--format", "json"]).output)
    assert rows["with-text"] == {"value": True, "source": str(place / "framing.toml")}


def test_the_command_refuses_a_framing_that_the_model_does_not_have(place, monkeypatch, tiny_folder):
    monkeypatch.chdir(place)
    (place / "framing.toml").write_text(f'fail-on = ["sanction"]\nmodel = "{tiny_folder}"\n')
    done = CliRunner().invoke(app, [])
    assert isinstance(done.exception, UsageError)
    assert "did you mean 'sanctions'" in str(done.exception)


def test_the_command_is_light():
    code = "from classifier.commands import config, score; import sys; print([m for m in ('numpy', 'sklearn', 'nltk', 'joblib', 'pyarrow') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
