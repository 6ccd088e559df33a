"""Settings from the command line, from `framing.toml` or `[tool.framing]` in `pyproject.toml`, and by default. Knows where each came from.

    framing = ["voluntary_claim", "conditionality"]
    min-probability = 0.6
    fail-on = ["any"]

The nearest file wins, looking upward from the current folder; `framing.toml` goes before `pyproject.toml`. What the command
line says goes before any file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.errors import UsageError
from classifier.toml_files import read_toml

OWN_FILE = "framing.toml"
SHARED_FILE = "pyproject.toml"
COMMAND_LINE = "command line"
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Option:
    """A setting that can stand in a file: its kind, its value where nobody sets it, and what it does."""

    kind: str
    default: Any
    help: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and where it came from: the command line, a file, or the default."""

    value: Any
    source: str


OPTIONS = {
    "format": Option("text", None, "how to write results (default: by the output's suffix)"),
    "framing": Option("texts", [], "report only these framings (empty: all)"),
    "min-probability": Option("probability", None, "report from this probability (default: the model's thresholds)"),
    "fail-on": Option("texts", [], "exit with 1 if one of these framings, or 'any', is flagged"),
    "jobs": Option("processes", 1, "number of processes"),
    "cluster": Option("text", None, "address of a Dask scheduler whose workers score the inputs"),
    "model": Option("path", None, "folder of the model (default: the one that ships with the program)"),
    "with-text": Option("switch", False, "put the text of each document into the output"),
    "text-column": Option("text", None, "column or field that holds the text (default: found out)"),
    "local-network": Option("switch", False, "read web addresses on the local network too"),
    "baseline": Option("path", None, "earlier .jsonl output; its findings are not reported again"),
    "ignore": Option("path", None, "file of findings to ignore (default: .framingignore, if there is one)"),
    "context": Option("count", 0, "sentences to show around each finding"),
}
_KINDS = {
    "text": "a text",
    "texts": "a list of texts",
    "probability": "a number from 0 to 1",
    "count": "a whole number",
    "processes": "a whole number from 1",
    "path": "a path",
    "switch": "true or false",
}


def load_settings(
    given: Mapping[str, Any], folder: Path | None = None, config: Path | None = None
) -> dict[str, Setting]:
    """Return every setting by its name. `given` holds what the command line says, None where it says nothing.

    `config` names a file instead of looking for one upward from `folder`. Raise `UsageError` for an unknown key or a wrong value.
    """
    path = config or find_file(folder or Path.cwd())
    found = read_file(path) if path else {}
    return {name: _setting(name, given.get(name), found, path) for name in OPTIONS}


def _setting(name: str, given: Any, found: Mapping[str, Any], path: Path | None) -> Setting:
    if given is not None and given != []:
        return Setting(given, COMMAND_LINE)
    if name in found:
        return Setting(found[name], str(path))
    return Setting(OPTIONS[name].default, DEFAULT)


def find_file(folder: Path) -> Path | None:
    """Return the nearest settings file in `folder` or a folder above it."""
    for place in (folder.absolute(), *folder.absolute().parents):
        own, shared = place / OWN_FILE, place / SHARED_FILE
        if own.is_file():
            return own
        if shared.is_file() and "framing" in read_toml(shared, UsageError).get("tool", {}):
            return shared
    return None


def read_file(path: Path) -> dict[str, Any]:
    """Return the checked settings of one file; relative paths in it start from its own folder."""
    table = read_toml(path, UsageError)
    if path.name == SHARED_FILE:
        table = table.get("tool", {}).get("framing", {})
    if not isinstance(table, dict):
        raise UsageError(f"{path}: [tool.framing] must be a table.")
    return dict(_checked(key, value, path) for key, value in table.items())


def _checked(key: str, value: Any, path: Path) -> tuple[str, Any]:
    name = key.replace("_", "-")
    if name not in OPTIONS:
        from classifier.codebook import unknown_name

        raise UsageError(f"{path}: {unknown_name('setting', key, tuple(OPTIONS))}")
    kind = OPTIONS[name].kind
    if kind == "texts" and isinstance(value, str):
        value = [value]
    if not is_of_kind(value, kind):
        raise UsageError(f"{path}: {key} must be {_KINDS[kind]}, not {value!r}.")
    return name, path.absolute().parent / value if kind == "path" else value


def is_of_kind(value: Any, kind: str) -> bool:
    """Return whether a TOML value fits a kind of setting.

    >>> is_of_kind(0.5, "probability"), is_of_kind(True, "count")
    (True, False)
    """
    if kind == "switch":
        return isinstance(value, bool)
    if kind == "texts":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if kind == "probability":
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    if kind in ("count", "processes"):
        return isinstance(value, int) and not isinstance(value, bool) and value >= (kind == "processes")
    return isinstance(value, str)
