"""References → labelled sentences with their text. Knows weights and rows, not where an answer comes from.

Never guesses: a sentence that an answer does not hold, word for word, is named with the reason.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from classifier.answers import Answer
from classifier.errors import OutputError
from classifier.references import Reference, find

NOT_THERE = "no source holds its address"
CHANGED = "the answer no longer holds these words"


class Missing(NamedTuple):
    """A reference without its sentence, and why."""

    reference: Reference
    reason: str


@dataclass(frozen=True, slots=True)
class Hydration:
    """What came of looking: the text of each reference found, by its id, and the references that were not."""

    found: dict[str, str]
    missing: list[Missing]


def hydrate(references: Sequence[Reference], answers: Iterable[Answer]) -> Hydration:
    """Return the sentences of `references` that stand in `answers`."""
    waiting: dict[str, list[Reference]] = defaultdict(list)
    for reference in references:
        waiting[reference.url].append(reference)
    found: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for answer in answers:
        for reference in waiting.get(answer.url, ()):
            sentence = _sentence(reference, answer)
            if sentence is not None:
                found.setdefault(reference.id, sentence)
            else:
                reasons[reference.id] = answer.problem or CHANGED + answer.remark
    missing = [Missing(r, reasons.get(r.id, NOT_THERE)) for r in references if r.id not in found]
    return Hydration(found, missing)


def _sentence(reference: Reference, answer: Answer) -> str | None:
    sentences = (find(reference, text) for text in answer.texts)
    return next((sentence for sentence in sentences if sentence is not None), None)


def rows_of(references: Sequence[Reference], found: dict[str, str]) -> list[dict[str, Any]]:
    """Return rows for `labelled_set`, in the order of their ids: the same whichever source gave the text."""
    weights = weights_of(references)
    return [
        {
            "id": reference.id,
            "text": found[reference.id],
            "labels": list(reference.labels),
            "stance": reference.stance,
            "kind": "real",
            "document": reference.url,
            "route": reference.route,
            "share": reference.share,
            "weight": weights[reference.id],
        }
        for reference in sorted(references, key=lambda reference: reference.id)
        if reference.id in found
    ]


def weights_of(references: Sequence[Reference]) -> dict[str, float]:
    """Return each reference's weight: 1 / share, scaled so that the mean over all references is 1 (Horvitz, Thompson 1952).

    The mean is over all of them, found or not, so that a row never depends on which others were found.
    """
    total = sum(1 / reference.share for reference in references)
    return {r.id: round(len(references) / r.share / total, 6) for r in references}


def write_rows(rows: Iterable[dict[str, Any]], path: Path) -> None:
    """Write `rows` as JSON lines, whole or not at all; raise `OutputError` where that can't be done."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    beside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: can't be written ({error.strerror}).") from error
