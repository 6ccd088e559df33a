"""What a model folder may look like that nobody should trust."""

import json
import shutil

import pytest

from classifier.errors import DamagedModelError, ModelError, NewerModelError, OlderModelError
from classifier.storage import FORMAT, load_model


@pytest.fixture
def folder(tiny_folder, tmp_path):
    return shutil.copytree(tiny_folder, tmp_path / "model")


def change_manifest(folder, **changes):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_folder_without_a_model_is_refused_by_name(tmp_path):
    with pytest.raises(ModelError, match="no model here"):
        load_model(tmp_path)


@pytest.mark.parametrize("name", ["terms.txt", "rows.f32"])
def test_a_file_that_is_cut_short_altered_or_missing_is_refused_by_name(folder, name):
    whole = (folder / name).read_bytes()
    for damaged in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), whole + b"\0", b""):
        (folder / name).write_bytes(damaged)
        with pytest.raises(DamagedModelError, match=name):
            load_model(folder)
    (folder / name).unlink()
    with pytest.raises(DamagedModelError, match=name):
        load_model(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "2"}', '{"format": 4}'])
def test_a_damaged_manifest_is_refused_by_name(folder, text):
    (folder / "manifest.json").write_text(text)
    with pytest.raises(DamagedModelError, match=r"manifest\.json"):
        load_model(folder)


def test_a_file_that_the_manifest_does_not_seal_is_not_read(folder):
    change_manifest(folder, files={})
    with pytest.raises(DamagedModelError, match=r"terms\.txt"):
        load_model(folder)


def test_newer_and_older_formats_are_refused_with_what_to_do(folder):
    change_manifest(folder, format=FORMAT + 1)
    with pytest.raises(NewerModelError, match="Update"):
        load_model(folder)
    change_manifest(folder, format=FORMAT - 1)
    with pytest.raises(OlderModelError, match="Train"):
        load_model(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"outputs": ["voluntary_claim"]},
        {"outputs": ["voluntary_claim", "sanctions", "contested", "another"]},
        {"calibration": {}},
        {"calibration": {name: {"slope": "steep"} for name in ("voluntary_claim", "sanctions", "contested")}},
        {"settings": {}},
    ],
)
def test_a_model_that_contradicts_itself_is_refused(folder, changes):
    change_manifest(folder, **changes)
    with pytest.raises(DamagedModelError, match="contradicts"):
        load_model(folder)


def test_numbers_that_are_none_are_refused(folder):
    calibration = json.loads((folder / "manifest.json").read_text())["calibration"]
    calibration["sanctions"]["offset"] = float("nan")
    change_manifest(folder, calibration=calibration)
    with pytest.raises(DamagedModelError, match="sanctions"):
        load_model(folder)
