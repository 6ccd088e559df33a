"""Results → the records that every output is made of. Knows the shape of schema 1; knows no file format.

    {"schema": 1, "type": "document", "name": "speech.txt", "sentences": 12, "flagged": {"incentives": 1}, …}
    {"schema": 1, "type": "finding", "document": "speech.txt", "start": 40, "end": 93, "line": 2, "column": 1, …}
    {"schema": 1, "type": "failure", "name": "scan.pdf", "error": "InputError", "message": "…"}

One input makes one `Entry`: a document with its findings, or a failure. `docs/output.md` explains every field.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from classifier.records import DocumentFailure, DocumentResult, FramingScore, SentenceResult
from classifier.text import normalise

SCHEMA = 1
PLACES = 4

Record = dict[str, Any]
Context = tuple[Sequence[str], Sequence[str]]


class Entry(NamedTuple):
    """What is written about one input: `head` is its document or failure record."""

    head: Record
    findings: tuple[Record, ...] = ()

    @property
    def is_failure(self) -> bool:
        """Whether the input could not be scored."""
        return bool(self.head["type"] == "failure")


def sentence_id(text: str) -> str:
    """Return 16 hexadecimal digits that name a sentence by its words, whatever its white space and capitals.

    >>> sentence_id("Work  is good.") == sentence_id("work is good.")
    True
    """
    folded = " ".join(normalise(text).split()).casefold()
    return sha256(folded.encode("utf-8", "replace")).hexdigest()[:16]


def model_fingerprint(manifest: Mapping[str, Any]) -> str:
    """Return 16 hexadecimal digits that change whenever a file of the model does."""
    sealed = json.dumps(manifest.get("files", {}), sort_keys=True)
    return sha256(sealed.encode()).hexdigest()[:16]


def describe(
    item: DocumentResult | DocumentFailure,
    model: str,
    *,
    with_text: bool = False,
    contexts: Sequence[Context] = (),
    withheld: Mapping[str, int] | None = None,
    digest: str | None = None,
) -> Entry:
    """Return the entry of one result.

    `model` is a fingerprint, `digest` that of the text if it is known already; `contexts` holds the sentences around each finding.
    """
    if isinstance(item, DocumentFailure):
        return Entry({**_opening("failure"), "name": item.name, "error": item.error, "message": item.message})
    head = _document(item, model, digest or text_digest(item.document.text))
    if withheld:
        head["withheld"] = dict(withheld)
    if with_text:
        head["text"] = item.document.text
    if not item.results:
        return Entry(head)
    findings = [_finding(item.document.name, result) for result in item.results]
    for record, (before, after) in zip(findings, contexts, strict=False):
        record["context"] = {"before": list(before), "after": list(after)}
    return Entry(head, tuple(findings))


def _opening(kind: str) -> Record:
    return {"schema": SCHEMA, "type": kind}


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal digits."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def _document(item: DocumentResult, model: str, digest: str) -> Record:
    document = item.document
    flagged, unsure = _sentences_by_level(item) if item.results else (0, 0)
    return {
        "schema": SCHEMA,
        "type": "document",
        "name": document.name,
        "title": document.title,
        "date": document.date,
        "sentences": item.sentence_count,
        "flagged_sentences": flagged,
        "unsure_sentences": unsure,
        "flagged": item.count("flagged") if flagged else {},
        "unsure": item.count("unsure") if item.results else {},
        "notes": list(document.notes),
        "metadata": document.metadata,
        "sha256": digest,
        "model": model,
    }


def _sentences_by_level(item: DocumentResult) -> tuple[int, int]:
    """Return how many sentences are flagged for some framing, and how many of the others are unsure for one."""
    levels = [{score.level for score in result.framings} for result in item.results]
    return sum("flagged" in found for found in levels), sum(
        "unsure" in found and "flagged" not in found for found in levels
    )


def _finding(name: str, result: SentenceResult) -> Record:
    sentence, contested = result.sentence, result.contested_probability
    return {
        **_opening("finding"),
        "document": name,
        "id": sentence_id(sentence.text),
        "start": sentence.start,
        "end": sentence.end,
        "line": result.line,
        "column": result.column,
        "page": sentence.page,
        "role": sentence.role,
        "quoted": sentence.quoted,
        "text": sentence.text,
        "stance": result.stance,
        "contested_probability": None if contested is None else round(contested, PLACES),
        "framings": [_framing(score) for score in result.framings],
    }


def _framing(score: FramingScore) -> Record:
    cues = [{"start": c.start, "end": c.end, "text": c.text, "weight": round(c.weight, PLACES)} for c in score.cues]
    probability = round(score.probability, PLACES)
    return {"framing": score.framing, "probability": probability, "level": score.level, "cues": cues}


def shown_probability(probability: float) -> str:
    """Return a probability in two places for people; nothing is shown as certain.

    >>> shown_probability(0.9975), shown_probability(0.873)
    ('0.99', '0.87')
    """
    return f"{min(probability, 0.99):.2f}"


def notes_of(head: Mapping[str, Any]) -> list[str]:
    """Return what to know of a document, for people: its notes, and how much was withheld and why.

    >>> notes_of({"notes": ["withdrawn"], "withheld": {"baseline": 2}})
    ['withdrawn', '2 not shown: already in the baseline']
    """
    why = {"ignored": "ignored on request", "baseline": "already in the baseline"}
    withheld = head.get("withheld", {})
    return [*head["notes"], *(f"{count} not shown: {why.get(reason, reason)}" for reason, count in withheld.items())]
