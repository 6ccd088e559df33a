"""The labelled sentences, checked row by row. Knows the shape of a row; knows no framing but through the codebook.

    {"id": "a0001", "text": "…", "labels": ["voluntary_claim"], "stance": "asserted", "kind": "positive",
     "genre": "press_release", "year": 2024, "nation": "wales", "family": "vo12", "near": []}

`family` ties minimal pairs and close relatives, so that they never straddle a fold. `near` names the framings that a hard
negative almost has.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.codebook import Codebook, unknown_name
from classifier.errors import LabelledSetError

KINDS = ("positive", "hard_negative", "neutral", "off_topic", "contested", "real")
STANCES = ("asserted", "contested")


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """One sentence with its framings. `group` is what a fold must keep together; `route` says how a real one was chosen."""

    id: str
    text: str
    labels: tuple[str, ...]
    stance: str | None
    kind: str = "positive"
    genre: str = ""
    year: int = 0
    nation: str = ""
    family: str = ""
    near: tuple[str, ...] = ()
    document: str = ""
    route: str = "written"
    weight: float = 1.0

    @property
    def group(self) -> str:
        """What a fold keeps together: the family, else the document, else the sentence itself."""
        return self.family or self.document or self.id


def load_labelled(path: Path, codebook: Codebook) -> list[LabelledSentence]:
    """Return the rows of a JSON-lines file; raise `LabelledSetError` that names file and line of the first bad one."""
    rows = [_parse(line, codebook, f"{path}:{number}") for number, line in _lines(path)]
    seen: set[str] = set()
    for (number, _), row in zip(_lines(path), rows, strict=True):
        if row.id in seen:
            raise LabelledSetError(f"{path}:{number}: id '{row.id}' stands twice.")
        seen.add(row.id)
    return rows


def fingerprint(rows: Sequence[LabelledSentence]) -> str:
    """Return the SHA-256 of what a model learns from `rows`: text, labels, stance and weight, in order."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps([row.text, sorted(row.labels), row.stance, row.group, row.weight]).encode())
    return digest.hexdigest()


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LabelledSetError(f"{path}: can't be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise LabelledSetError(f"{path}: not UTF-8 (byte {error.start}).") from error
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _parse(line: str, codebook: Codebook, where: str) -> LabelledSentence:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise LabelledSetError(f"{where}: not valid JSON ({error}).") from error
    if not isinstance(row, dict):
        raise LabelledSetError(f"{where}: not a JSON object.")
    return parse_row(row, codebook, where)


def parse_row(row: dict[str, Any], codebook: Codebook, where: str) -> LabelledSentence:
    """Return one labelled sentence; raise `LabelledSetError` naming `where` and what breaks the codebook."""
    text, labels = row.get("text"), row.get("labels")
    if not isinstance(text, str) or not text.strip():
        raise LabelledSetError(f"{where}: 'text' must be a sentence.")
    if not isinstance(labels, list) or len(set(map(str, labels))) != len(labels):
        raise LabelledSetError(f"{where}: 'labels' must be a list of framing ids, each once.")
    for label in (*labels, *row.get("near", ())):
        if label not in codebook.ids:
            raise LabelledSetError(f"{where}: {unknown_name('framing', str(label), codebook.ids)}")
    _check_kind_and_stance(row, labels, where)
    return LabelledSentence(
        id=str(row.get("id") or where),
        text=text,
        labels=tuple(labels),
        stance=row.get("stance"),
        kind=row.get("kind", "positive" if labels else "neutral"),
        genre=str(row.get("genre", "")),
        year=int(row.get("year") or 0),
        nation=str(row.get("nation", "")),
        family=str(row.get("family") or ""),
        near=tuple(row.get("near", ())),
        document=str(row.get("document") or ""),
    )


def _check_kind_and_stance(row: dict[str, Any], labels: Sequence[str], where: str) -> None:
    kind, stance = row.get("kind"), row.get("stance")
    if kind is not None and kind not in KINDS:
        raise LabelledSetError(f"{where}: {unknown_name('kind', str(kind), KINDS)}")
    if labels and stance not in STANCES:
        raise LabelledSetError(f"{where}: a sentence with a framing needs a stance, asserted or contested.")
    if not labels and stance is not None:
        raise LabelledSetError(f"{where}: a sentence without a framing has no stance.")
    if kind in ("positive", "contested") and not labels:
        raise LabelledSetError(f"{where}: kind '{kind}' needs at least one framing.")
    if kind in ("neutral", "off_topic") and labels:
        raise LabelledSetError(f"{where}: kind '{kind}' can't carry a framing.")
