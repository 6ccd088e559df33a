"""A model folder ↔ a model. Nothing is ever unpickled: every file is text or plain numbers, checked before use.

    manifest.json   format number, SHA-256 of every other file, settings, outputs, training data, versions, figures
    terms.txt       one term a line: words, then pairs, then pieces
    weights.npz     idf, coefficients, intercepts, slopes, offsets, thresholds

To raise the format number: add a branch to `_check_format`, keep a specimen of the old format and its test.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from classifier.errors import DamagedModelError, ModelError, NewerModelError
from classifier.features import FeatureSettings
from classifier.model import Model, Weights

FORMAT = 1
_ARRAYS = ("idf", "coefficients", "intercepts", "slopes", "offsets", "thresholds")
_MAX_FILE_BYTES = 256 * 1024 * 1024


def load_model(folder: Path) -> Model:
    """Return the model in `folder`; raise `ModelError` that names what can't be trusted."""
    manifest = _read_manifest(folder)
    files = {name: _read_checked(folder, name, digest) for name, digest in manifest["files"].items()}
    try:
        weights = _parse_weights(manifest, files)
        settings = _parse_settings(manifest["settings"])
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise DamagedModelError(f"{folder}: the model contradicts itself ({error}). Train it again.") from error
    return Model(weights, settings, manifest)


def save_model(folder: Path, weights: Weights, manifest: Mapping[str, Any], texts: Mapping[str, str]) -> None:
    """Write the model to `folder`: its terms, weights, readable `texts` and, last, the manifest that seals them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: text.encode() for name, text in texts.items()}
    files["terms.txt"] = ("\n".join(weights.terms) + "\n").encode()
    files["weights.npz"] = _pack({name: getattr(weights, name) for name in _ARRAYS})
    for name, data in files.items():
        (folder / name).write_bytes(data)
    digests = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    sealed = {"format": FORMAT, "files": digests, "outputs": list(weights.outputs), **manifest}
    (folder / "manifest.json").write_text(
        json.dumps(sealed, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8"
    )


def _pack(arrays: Mapping[str, Any]) -> bytes:
    """Return an npz whose bytes depend on the numbers alone (a plain `savez` writes the clock into it)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            kept = np.asarray(array, dtype="<f4" if name == "coefficients" else "<f8")
            np.lib.format.write_array(content, np.ascontiguousarray(kept), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), content.getvalue())
    return packed.getvalue()


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
    if not isinstance(manifest.get("files"), dict):
        raise DamagedModelError(f"{path}: damaged (no list of files). Restore or train the model again.")


def _read_checked(folder: Path, name: str, digest: str) -> bytes:
    path = folder / name
    if Path(name).name != name:
        raise DamagedModelError(f"{folder}: the manifest names a file outside the model ({name!r}).")
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise DamagedModelError(f"{path}: larger than any model file. Restore or train the model again.")
        data = path.read_bytes()
    except OSError as error:
        raise DamagedModelError(
            f"{path}: can't be read ({error.strerror}). Restore or train the model again."
        ) from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise DamagedModelError(
            f"{path}: altered or cut short (its SHA-256 differs). Restore or train the model again."
        )
    return data


def _parse_weights(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> Weights:
    terms = tuple(files["terms.txt"].decode("ascii").splitlines())
    outputs = tuple(manifest["outputs"])
    with np.load(io.BytesIO(files["weights.npz"]), allow_pickle=False) as arrays:
        found = {name: arrays[name] for name in _ARRAYS}
    f, k = len(terms), len(outputs)
    shapes = {
        "idf": (f,),
        "coefficients": (f, k),
        "thresholds": (k, 2),
        "intercepts": (k,),
        "slopes": (k,),
        "offsets": (k,),
    }
    for name, shape in shapes.items():
        if found[name].shape != shape or not np.isfinite(found[name]).all():
            raise ValueError(f"{name} has shape {found[name].shape}, not {shape}, or holds no finite number")
    return Weights(outputs, terms, **found)


def _parse_settings(settings: Mapping[str, Any]) -> FeatureSettings:
    return FeatureSettings(
        int(settings["pair_distance"]),
        tuple(settings["piece_lengths"]),
        int(settings["minimum_documents"]),
        float(settings["shortness"]),
    )
