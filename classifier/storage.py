"""A model folder ↔ a model. Nothing is ever unpickled: every file is text or plain numbers, checked before use.

    manifest.json   format number, SHA-256 of every other file, settings (with the stems of every theme), outputs with their
                    calibration, training data, figures
    terms.txt       one term a line, by `features.Kind`, each kind in alphabetical order
    rows.f32        a row for each term: its weights for every output, then its squared idf; little-endian float32

The files are read as they are, without numpy, for a single sentence must not wait; what is read is checked, whole, against
its SHA-256 (some milliseconds); what nobody reads (the card, the table of weights) is not. To raise the format number: change
`FORMAT` and, if the old one is still to be read, branch in `load_model` and keep a specimen of it with its test.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.accounts import Output
from classifier.errors import DamagedModelError, ModelError, NewerModelError, OlderModelError
from classifier.features import FeatureSettings
from classifier.model import Model
from classifier.themes import listed, parse_listed

if TYPE_CHECKING:
    from classifier.weights import Weights

FORMAT = 4
_READ = ("terms.txt", "rows.f32")
_CALIBRATION = ("intercept", "slope", "offset", "unsure_from", "flagged_from", "quoted_phrase")
_MAX_FILE_BYTES = 256 * 1024 * 1024


def load_model(folder: Path) -> Model:
    """Return the model in `folder`; raise `ModelError` that names what can't be trusted."""
    manifest = _read_manifest(folder)
    terms, rows = (_read_checked(folder, name, manifest["files"]) for name in _READ)
    try:
        outputs = [_parse_output(name, manifest["calibration"][name]) for name in manifest["outputs"]]
        settings = _parse_settings(manifest["settings"])
        return Model(outputs, terms.decode("ascii").splitlines(), rows, settings, manifest)
    except (KeyError, ValueError, TypeError) as error:
        raise DamagedModelError(f"{folder}: the model contradicts itself ({error}). Train it again.") from error


def save_model(folder: Path, weights: "Weights", manifest: Mapping[str, Any], texts: Mapping[str, str]) -> None:
    """Write the model to `folder`: its terms, rows, readable `texts` and, last, the manifest that seals them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: text.encode() for name, text in texts.items()}
    files["terms.txt"] = "".join(f"{term}\n" for term in weights.terms).encode()
    files["rows.f32"] = weights.rows().tobytes()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    digests = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    sealed = {"format": FORMAT, "files": digests, "outputs": list(weights.outputs), **manifest}
    sealed["calibration"] = weights.calibration()
    (folder / "manifest.json").write_text(
        json.dumps(sealed, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8"
    )


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ModelError(f"{folder}: no model here (no manifest.json). Train one with `framing train`.") from None
    except (OSError, ValueError) as error:
        raise DamagedModelError(f"{path}: damaged ({error}). Restore or train the model again.") from error
    _check_format(manifest, path)
    return dict(manifest)


def _check_format(manifest: Any, path: Path) -> None:
    number = manifest.get("format") if isinstance(manifest, dict) else None
    if not isinstance(number, int) or number < 1:
        raise DamagedModelError(f"{path}: damaged (no format number). Restore or train the model again.")
    if number > FORMAT:
        raise NewerModelError(
            f"{path}: format {number} is newer than this program reads ({FORMAT}). Update the program."
        )
    if number < FORMAT:
        raise OlderModelError(
            f"{path}: format {number} is older than this program reads ({FORMAT}). Train the model again."
        )
    if not isinstance(manifest.get("files"), dict):
        raise DamagedModelError(f"{path}: damaged (no list of files). Restore or train the model again.")


def _read_checked(folder: Path, name: str, digests: Mapping[str, str]) -> bytes:
    path = folder / name
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise DamagedModelError(f"{path}: larger than any model file. Restore or train the model again.")
        data = path.read_bytes()
    except OSError as error:
        raise DamagedModelError(
            f"{path}: can't be read ({error.strerror}). Restore or train the model again."
        ) from error
    if hashlib.sha256(data).hexdigest() != digests.get(name):
        raise DamagedModelError(
            f"{path}: altered or cut short (its SHA-256 differs). Restore or train the model again."
        )
    return data


def _parse_output(name: str, calibration: Mapping[str, float]) -> Output:
    numbers = [float(calibration[field]) for field in _CALIBRATION]
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"the calibration of {name} holds no finite number")
    return Output(name, *numbers)


def settings_record(settings: FeatureSettings) -> dict[str, Any]:
    """Return settings as a manifest holds them: each theme beside its stems."""
    return {**asdict(settings), "themes": listed(settings.themes)}


def _parse_settings(settings: Mapping[str, Any]) -> FeatureSettings:
    return FeatureSettings(
        int(settings["pair_distance"]),
        tuple(settings["piece_lengths"]),
        int(settings["minimum_documents"]),
        float(settings["shortness"]),
        parse_listed(settings["themes"]),
        int(settings["near_distance"]),
        int(settings["most_of_two"]),
        float(settings["clause_share"]),
        float(settings["clause_gate"]),
    )
