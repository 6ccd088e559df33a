"""The labelled sentences, checked row by row. Knows the shape of a row; knows no framing but through the codebook.

    {"id": "a0001", "text": "…", "labels": ["voluntary_claim"], "stance": "asserted", "kind": "positive",
     "genre": "press_release", "year": 2024, "nation": "wales", "family": "vo12", "near": []}

`family` ties minimal pairs and close relatives, `document` (may be absent) the sentences of one passage, so that they never
straddle a fold. `near` names the framings that a hard negative almost has. A real sentence, `"kind": "real"`, names the answer
it stands in as its `document`, the `route` by which it was chosen, and its `weight` (written ones weigh 1).
"""

import hashlib
import json
import math
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
        """What a fold keeps together: the document, else the family, else the sentence itself."""
        return self.document or self.family or self.id


def load_labelled(path: Path, codebook: Codebook) -> list[LabelledSentence]:
    """Return the rows of a JSON-lines file; raise `LabelledSetError` that names file and line of the first bad one."""
    found: dict[str, LabelledSentence] = {}
    for where, row in read_rows(path):
        sentence = parse_row(row, codebook, where)
        if sentence.id in found:
            raise LabelledSetError(f"{where}: id '{sentence.id}' stands twice.")
        found[sentence.id] = sentence
    return list(found.values())


def fingerprint(rows: Sequence[LabelledSentence]) -> str:
    """Return the SHA-256 of what a model learns from `rows`: text, labels, stance and weight, in order."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps([row.text, sorted(row.labels), row.stance, row.group, row.weight]).encode())
    return digest.hexdigest()


def read_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each JSON object of a JSON-lines file with its place, `path:line`; blank lines are skipped."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LabelledSetError(f"{path}: can't be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise LabelledSetError(f"{path}: not UTF-8 (byte {error.start}).") from error
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield f"{path}:{number}", _parse_object(line, f"{path}:{number}")


def _parse_object(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LabelledSetError(f"{where}: not valid JSON ({error}).") from error
    if not isinstance(row, dict):
        raise LabelledSetError(f"{where}: not a JSON object.")
    return row


def parse_row(row: dict[str, Any], codebook: Codebook, where: str) -> LabelledSentence:
    """Return one labelled sentence; raise `LabelledSetError` naming `where` and what breaks the codebook."""
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise LabelledSetError(f"{where}: 'text' must be a sentence.")
    labels = framings_of(row, "labels", codebook, where)
    near = framings_of({"near": [], **row}, "near", codebook, where)
    _check_kind(row, labels, where)
    check_stance(row, labels, where)
    return LabelledSentence(
        id=str(row.get("id") or where),
        text=text,
        labels=labels,
        stance=row.get("stance"),
        kind=row.get("kind", "positive" if labels else "neutral"),
        genre=str(row.get("genre", "")),
        year=_year(row, where),
        nation=str(row.get("nation", "")),
        family=str(row.get("family") or ""),
        near=near,
        document=str(row.get("document") or ""),
        route=str(row.get("route") or "written"),
        weight=_weight(row, where),
    )


def framings_of(row: dict[str, Any], field: str, codebook: Codebook, where: str) -> tuple[str, ...]:
    """Return the framing ids in a field of `row`, each known to the codebook and standing there once."""
    found = row.get(field)
    if not isinstance(found, list) or len(set(map(str, found))) != len(found):
        raise LabelledSetError(f"{where}: '{field}' must be a list of framing ids, each once.")
    for label in found:
        if label not in codebook.ids:
            raise LabelledSetError(f"{where}: {unknown_name('framing', str(label), codebook.ids)}")
    return tuple(found)


def _year(row: dict[str, Any], where: str) -> int:
    year = row.get("year") or 0
    if not isinstance(year, int):
        raise LabelledSetError(f"{where}: 'year' must be a whole number.")
    return year


def _weight(row: dict[str, Any], where: str) -> float:
    weight = row.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < math.inf:
        raise LabelledSetError(f"{where}: 'weight' must be a number above 0.")
    return float(weight)


def check_stance(row: dict[str, Any], labels: Sequence[str], where: str) -> None:
    """Raise `LabelledSetError` unless `row` has a stance just where it has a framing."""
    stance = row.get("stance")
    if labels and stance not in STANCES:
        raise LabelledSetError(f"{where}: a sentence with a framing needs a stance, asserted or contested.")
    if not labels and stance is not None:
        raise LabelledSetError(f"{where}: a sentence without a framing has no stance.")


def _check_kind(row: dict[str, Any], labels: Sequence[str], where: str) -> None:
    kind = row.get("kind")
    if kind is not None and kind not in KINDS:
        raise LabelledSetError(f"{where}: {unknown_name('kind', str(kind), KINDS)}")
    if kind in ("positive", "contested") and not labels:
        raise LabelledSetError(f"{where}: kind '{kind}' needs at least one framing.")
    if kind in ("neutral", "off_topic") and labels:
        raise LabelledSetError(f"{where}: kind '{kind}' can't carry a framing.")
