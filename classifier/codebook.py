"""The codebook as data: framings and their rules. Knows no framing by name, and no sentence outside its own examples.

A codebook is a TOML file:

    version = 1
    title = "Framings of work and health"

    [[framing]]
    id = "voluntary_claim"
    name = "taking part is voluntary"
    definition = "says that taking part is voluntary ..."
    exclusions = "voluntary sector, volunteers ..."
    examples = ["...", "..."]
    counter_examples = ["...", "..."]
    keywords = ["voluntary", "opt in"]        # its obvious words, for the keyword baseline and the composition table
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from classifier.errors import CodebookError, UsageError
from classifier.toml_files import read_toml

_ID = re.compile(r"[a-z][a-z0-9_]*")
_TEXT_FIELDS = ("id", "name", "definition", "exclusions")
_LIST_FIELDS = ("examples", "counter_examples", "keywords")


@dataclass(frozen=True, slots=True)
class Framing:
    """One row of the codebook."""

    id: str
    name: str
    definition: str
    exclusions: str = ""
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Codebook:
    """The framings that sentences are labelled with, in the order of the file."""

    title: str
    version: int
    framings: tuple[Framing, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The framings' ids, in order."""
        return tuple(framing.id for framing in self.framings)

    def framing(self, framing_id: str) -> Framing:
        """Return the framing of that id; raise `UsageError` with the nearest id where there is none."""
        for framing in self.framings:
            if framing.id == framing_id:
                return framing
        raise UsageError(unknown_name("framing", framing_id, self.ids))


def unknown_name(what: str, name: str, known: tuple[str, ...]) -> str:
    """Return a message that says `name` is no known `what` and suggests the nearest one.

    >>> unknown_name("framing", "incentive", ("incentives", "public_cost"))
    "there is no framing 'incentive'; did you mean 'incentives'?"
    """
    near = get_close_matches(name, known, n=1)
    advice = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
    return f"there is no {what} '{name}'; {advice}"


def load_codebook(path: Path) -> Codebook:
    """Read and check the codebook at `path`; raise `CodebookError` that names what breaks its rules."""
    return parse_codebook(read_toml(path, CodebookError), str(path))


def parse_codebook(data: Mapping[str, Any], where: str) -> Codebook:
    """Return the codebook held by `data`; `where` names its source in messages."""
    rows = data.get("framing")
    if not isinstance(rows, list) or not rows:
        raise CodebookError(f"{where}: no [[framing]] tables; a codebook needs at least one.")
    framings = tuple(_parse_framing(row, f"{where}: framing {n}") for n, row in enumerate(rows, 1))
    ids = [framing.id for framing in framings]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise CodebookError(f"{where}: framing ids stand twice: {', '.join(twice)}.")
    return Codebook(str(data.get("title", "")), int(data.get("version", 1)), framings)


def _parse_framing(row: Any, where: str) -> Framing:
    if not isinstance(row, dict):
        raise CodebookError(f"{where}: not a table.")
    unknown = sorted(set(row) - {*_TEXT_FIELDS, *_LIST_FIELDS})
    if unknown:
        raise CodebookError(f"{where}: {unknown_name('field', unknown[0], (*_TEXT_FIELDS, *_LIST_FIELDS))}")
    name, definition, exclusions = (_text(row, field, where) for field in ("name", "definition", "exclusions"))
    framing_id = _text(row, "id", where)
    if not _ID.fullmatch(framing_id):
        raise CodebookError(f"{where}: id {framing_id!r} must be lower-case letters, digits and underscores.")
    if not name or not definition:
        raise CodebookError(f"{where} ({framing_id}): name and definition are required.")
    examples, counter_examples, keywords = (_strings(row, field, where) for field in _LIST_FIELDS)
    return Framing(framing_id, name, definition, exclusions, examples, counter_examples, keywords)


def _text(row: Mapping[str, Any], name: str, where: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise CodebookError(f"{where}: {name} must be text.")
    return value.strip()


def _strings(row: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    value = row.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise CodebookError(f"{where}: {name} must be a list of texts.")
    return tuple(value)
