"""Documents → results, streaming: sentences of many documents are scored together in blocks of bounded size.

Knows how to go from text to findings; reads and writes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from classifier.accounts import Account
from classifier.explaining import cues
from classifier.model import FEW_CHARACTERS, Model
from classifier.places import model_path
from classifier.records import (
    Document,
    DocumentFailure,
    DocumentResult,
    FramingScore,
    Level,
    SentenceResult,
    Stance,
)
from classifier.sentences import Span, document_spans, quotations, sentence_at
from classifier.stance import at_share, own_share
from classifier.storage import load_model as load_model_folder
from classifier.text import line_and_column, normalise

BLOCK_CHARACTERS = 1_000_000

Reported = tuple[int, Span, Account]  # the place of a document, where in it a sentence to report stands, and why


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
        yield from score_together(block, model, options)


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


def score_together(
    block: Sequence[Document | DocumentFailure], model: Model, options: ScoreOptions
) -> Iterator[DocumentResult | DocumentFailure]:
    """Yield the same for a few documents that are in memory anyway."""
    levels = reporting_levels(model, options)
    documents = [item for item in block if isinstance(item, Document)]
    counts, found = _reported(documents, model, [0.0 if options.everything else unsure for unsure, _ in levels])
    scored = enumerate(counts)
    ahead = next(found, None)
    for item in block:
        if isinstance(item, DocumentFailure):
            yield item
            continue
        number, count = next(scored)
        own: list[SentenceResult] = []
        marks = quotations(item.text) if ahead and ahead[0] == number else ()
        while ahead and ahead[0] == number:
            own.append(_sentence_result(item, ahead[1], marks, ahead[2], levels, model, options))
            ahead = next(found, None)
        yield DocumentResult(item, count, tuple(_with_stance(own, model)) if own else ())


def _reported(
    documents: Sequence[Document], model: Model, bounds: Sequence[float]
) -> tuple[list[int], Iterator[Reported]]:
    """Return how many sentences each document has, and in order those that reach a bound."""
    if sum(len(document.text) for document in documents) > FEW_CHARACTERS:
        return _reported_of_many(documents, model, bounds)
    spans = [document_spans(document) for document in documents]
    owners = [(i, span) for i, own in enumerate(spans) for span in own]
    accounts = model.reported([documents[i].text[start:end] for i, (start, end) in owners], bounds)
    return [*map(len, spans)], ((*owners[at], account) for at, account in sorted(accounts.items()))


def _reported_of_many(
    documents: Sequence[Document], model: Model, bounds: Sequence[float]
) -> tuple[list[int], Iterator[Reported]]:
    """Return the same, by arrays: only a sentence that is reported becomes an object."""
    import numpy as np

    from classifier.splitting import split_documents

    sentences, begins = split_documents(documents)
    edges = np.searchsorted(sentences.starts, begins)

    def found() -> Iterator[Reported]:
        for at, account in model.reported_within(sentences, bounds):
            owner = int(np.searchsorted(edges, at, side="right")) - 1
            start, end = int(sentences.starts[at]) - begins[owner], int(sentences.ends[at]) - begins[owner]
            yield owner, (start, end), account

    return np.diff(edges).tolist(), found()


def reporting_levels(model: Model, options: ScoreOptions) -> list[tuple[float, float]]:
    """Return, for each framing, from where it is unsure and flagged: above 1 for framings that were not asked for."""
    least = options.minimum_probability
    levels = [(o.unsure_from, o.flagged_from) if least is None else (least, least) for o in model.outputs[:-1]]
    wanted = options.framings or model.framings
    return [level if name in wanted else (2.0, 2.0) for name, level in zip(model.framings, levels, strict=True)]


def _sentence_result(
    document: Document,
    span: Span,
    marks: Sequence[Span],
    account: Account,
    levels: Sequence[tuple[float, float]],
    model: Model,
    options: ScoreOptions,
) -> SentenceResult:
    sentence = sentence_at(document, span, marks)
    probabilities = account.probabilities
    ranked = sorted(range(len(levels)), key=lambda k: -probabilities[k])
    wanted = [k for k in ranked if (options.everything and levels[k][0] <= 1) or probabilities[k] >= levels[k][0]]
    scores = tuple(
        FramingScore(
            model.framings[k],
            probabilities[k],
            _level(probabilities[k], levels[k]),
            cues(account, k, sentence.text, sentence.start),
        )
        for k in wanted
    )
    line, column = line_and_column(document.text, sentence.start)
    has_framing = any(score.level != "below" for score in scores)
    return SentenceResult(
        sentence, scores, line, column, contested_probability=probabilities[-1] if has_framing else None
    )


def _with_stance(results: Sequence[SentenceResult], model: Model) -> Iterator[SentenceResult]:
    """Yield one document's results with their stance, judged in the light of how much of it is contested."""
    usual = model.contested_share
    found = [result.contested_probability for result in results if result.contested_probability is not None]
    share = own_share(found, usual)
    for result in results:
        if result.contested_probability is None:
            yield result
            continue
        contested = at_share(result.contested_probability, usual, share)
        stance: Stance = "contested" if contested >= model.outputs[-1].flagged_from else "asserted"
        yield replace(result, stance=stance, contested_probability=contested)


def _level(probability: float, levels: tuple[float, float]) -> Level:
    unsure_from, flagged_from = levels
    return "flagged" if probability >= flagged_from else "unsure" if probability >= unsure_from else "below"
