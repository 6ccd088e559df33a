"""Documents → results, streaming: sentences of many documents are scored together in blocks of bounded size.

Knows how to go from text to findings; reads and writes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.explaining import cues
from classifier.model import Model
from classifier.places import model_path
from classifier.records import (
    Cue,
    Document,
    DocumentFailure,
    DocumentResult,
    FramingScore,
    Level,
    SentenceResult,
    Stance,
)
from classifier.sentences import Span, document_spans, quotations, sentence_at
from classifier.storage import load_model as load_model_folder
from classifier.text import line_and_column, normalise

BLOCK_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """What to report. `framings` empty means all; `minimum_probability` replaces the thresholds of the model.

    `everything` reports every sentence with every framing's probability, whatever its level.
    """

    framings: tuple[str, ...] = ()
    minimum_probability: float | None = None
    everything: bool = False


def load_model(path: str | Path | None = None) -> Model:
    """Return the model in folder `path`, by default the one that ships with the program; raise `ModelError` if it can't be trusted."""
    return load_model_folder(Path(path) if path else model_path())


def score_text(text: str, model: Model | None = None, options: ScoreOptions | None = None) -> DocumentResult:
    """Return the findings in one text.

    Offsets in the result refer to `result.document.text`, the normalised form of `text`.
    """
    document = Document("text", normalise(text))
    results = score_documents([document], model or load_model(), options)
    return next(result for result in results if isinstance(result, DocumentResult))


def score_documents(
    documents: Iterable[Document | DocumentFailure], model: Model, options: ScoreOptions | None = None
) -> Iterator[DocumentResult | DocumentFailure]:
    """Yield the result of each document, in order; failures pass through. Memory does not grow with the number of documents."""
    options = options or ScoreOptions()
    for block in _blocks(documents):
        yield from _score_block(block, model, options)


def _blocks(documents: Iterable[Document | DocumentFailure]) -> Iterator[list[Document | DocumentFailure]]:
    block: list[Document | DocumentFailure] = []
    size = 0
    for document in documents:
        block.append(document)
        size += len(document.text) if isinstance(document, Document) else 1000
        if size >= BLOCK_CHARACTERS:
            yield block
            block, size = [], 0
    if block:
        yield block


def _score_block(
    block: Sequence[Document | DocumentFailure], model: Model, options: ScoreOptions
) -> Iterator[DocumentResult | DocumentFailure]:
    spans = [document_spans(item) if isinstance(item, Document) else [] for item in block]
    texts = [
        item.text[start:end]
        for item, own in zip(block, spans, strict=True)
        if isinstance(item, Document)
        for start, end in own
    ]
    probabilities = model.probabilities(texts)
    thresholds = reporting_thresholds(model, options)
    is_reported = np.asarray((probabilities[:, :-1] >= thresholds[:, 0]).any(axis=1) | options.everything)
    first = 0
    for item, own in zip(block, spans, strict=True):
        if isinstance(item, DocumentFailure):
            yield item
            continue
        rows = np.flatnonzero(is_reported[first : first + len(own)])
        marks = quotations(item.text) if len(rows) else []
        results = (
            _sentence_result(item, own[i], marks, probabilities[first + i], thresholds, model, options) for i in rows
        )
        yield DocumentResult(item, len(own), tuple(results))
        first += len(own)


def reporting_thresholds(model: Model, options: ScoreOptions) -> NDArray[np.float64]:
    """Return (framings, 2): unsure from, flagged from; above 1 for framings that were not asked for."""
    thresholds = model.weights.thresholds[:-1].copy()
    if options.minimum_probability is not None:
        thresholds[:] = options.minimum_probability
    if options.framings:
        thresholds[[framing not in options.framings for framing in model.framings]] = 2.0
    return thresholds


def _sentence_result(
    document: Document,
    span: Span,
    marks: Sequence[Span],
    probabilities: NDArray[np.float64],
    thresholds: NDArray[np.float64],
    model: Model,
    options: ScoreOptions,
) -> SentenceResult:
    sentence = sentence_at(document, span, marks)
    ranked = np.argsort(-probabilities[:-1], kind="stable")
    wanted = [
        int(k) for k in ranked if (options.everything and thresholds[k, 0] <= 1) or probabilities[k] >= thresholds[k, 0]
    ]
    found_cues = cues(model, sentence.text, wanted, sentence.start)
    scores = tuple(
        _framing_score(model.framings[k], float(probabilities[k]), thresholds[k], own)
        for k, own in zip(wanted, found_cues, strict=True)
    )
    line, column = line_and_column(document.text, sentence.start)
    contested = float(probabilities[-1])
    has_framing = any(score.level != "below" for score in scores)
    stance: Stance | None = (
        ("contested" if contested >= model.weights.thresholds[-1, 1] else "asserted") if has_framing else None
    )
    return SentenceResult(sentence, scores, line, column, stance, contested if has_framing else None)


def _framing_score(
    framing: str, probability: float, thresholds: NDArray[np.float64], found: tuple[Cue, ...]
) -> FramingScore:
    level: Level = "flagged" if probability >= thresholds[1] else "unsure" if probability >= thresholds[0] else "below"
    return FramingScore(framing, probability, level, found)
