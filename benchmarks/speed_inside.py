"""What `speed.py` measures within one process: scoring alone beside fastText, the stages of a run, and how cost grows."""

import gc
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from classifier.clause_scores import blend
from classifier.features import Analyser, Kind
from classifier.model import Model
from classifier.quoted_phrases import are_quoted
from classifier.readers import parsed, read_documents, read_unparsed
from classifier.records import Document, DocumentResult
from classifier.running import blocks, digest_of, links
from classifier.scoring import ScoreOptions, load_model, reporting_levels
from classifier.selecting import Selection, select
from classifier.sentences import document_spans
from classifier.splitting import split_documents
from classifier.writers import describe, encode_entries

Growth = dict[str, list[tuple[str, list[float]]]]


def sentences_of(answers: Path) -> list[str]:
    """Return every sentence of the answers."""
    documents = (item for item in read_documents([str(answers)]) if isinstance(item, Document))
    return [document.text[start:end] for document in documents for start, end in document_spans(document)]


def timed(action: Callable[[], object]) -> float:
    """Return the processor seconds that an action takes."""
    started = time.process_time()
    action()
    return time.process_time() - started


def bounds_of(model: Model) -> list[float]:
    """Return from which probability on each framing is reported."""
    return [unsure for unsure, _ in reporting_levels(model, ScoreOptions())]


def against_fasttext(answers: Path, labelled: Path, folder: Path, repetitions: int) -> dict[str, list[float]]:
    """Return sentences a processor second of fastText's predict and of ours: the reported ones, and all probabilities."""
    gc.set_threshold(100_000)  # as a batch does
    peer, model = fasttext_model(labelled, folder), load_model()
    texts = sentences_of(answers)
    lines = [" ".join(text.lower().split()) for text in texts]  # its own tokens; prepared before the clock starts
    bounds = bounds_of(model)
    actions = {
        "fastText predict": lambda: peer.predict(lines, k=-1, threshold=0.5),
        "framing, what is reported": lambda: model.reported(texts, bounds),
        "framing, every probability": lambda: model.probabilities(texts),
    }
    found: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(repetitions):
        for name, action in actions.items():
            found[name].append(len(texts) / timed(action))
    return found


def fasttext_model(labelled: Path, folder: Path) -> Any:
    """Return fastText fitted on the labelled rows: supervised, pairs of words, one against all."""
    import fasttext

    path = folder / "fasttext.txt"
    rows = map(json.loads, labelled.read_text("utf-8").splitlines())
    lines = [
        " ".join([*(f"__label__{name}" for name in row["labels"] or ["none"]), *row["text"].lower().split()])
        for row in rows
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return fasttext.train_supervised(str(path), wordNgrams=2, loss="ova", thread=1, verbose=0)


def stages(answers: Path) -> dict[str, float]:
    """Return the processor seconds of each stage of a run over the answers."""
    gc.set_threshold(100_000)
    spent: dict[str, float] = defaultdict(float)

    @contextmanager
    def clock(name: str) -> Iterator[None]:
        started = time.process_time()
        yield
        spent[name] += time.process_time() - started

    with clock("load the model and make its tables"):
        model = load_model()
        scorer = model.scorer
    bounds, selection = bounds_of(model), Selection(model.framings)
    lowest = np.log(np.array(bounds) / (1 - np.array(bounds)))
    gaps = np.minimum(lowest, model.blending.gates[:-1]) - scorer._intercepts[:-1]
    waiting = blocks(read_unparsed([str(answers)]))
    while True:
        with clock("read and cut into runs of lines"):
            block = next(waiting, None)
        if block is None:
            return dict(spent)
        with clock("parse, normalise, note the language"):
            items = list(parsed(block))
        with clock("hash for the records and for --resume"):
            digests = [*map(digest_of, items)]
            links(items, digests)
        documents = [item for item in items if isinstance(item, Document)]
        with clock("split into sentences"):
            sentences, begins = split_documents(documents)
            counts = np.diff(np.searchsorted(sentences.starts, begins)).tolist()
        with clock("find words and number their stems"):
            words = [(numbers, edges) for _, _, numbers, edges in scorer._words_by_block(sentences)]
        with clock("find distinct stems and known pairs"):
            terms = [scorer._terms(numbers, edges) for numbers, edges in words]
        with clock("add up roughly"):
            firsts = np.cumsum([0, *(len(edges) - 1 for _, edges in words)])
            possible = [first + scorer._possible(own, gaps) for first, own in zip(firsts, terms, strict=False)]
        with clock("add up exactly and explain what is left"):
            places = np.concatenate(possible).tolist()
            left = [sentences.sentence(i) for i in places]
            likely = (scorer.probabilities(left)[:, :-1] >= bounds).any(axis=1)
            list(model._accounts([text for text, is_likely in zip(left, likely, strict=True) if is_likely]))
        quiet = [DocumentResult(document, count, ()) for document, count in zip(documents, counts, strict=True)]
        with clock("select and describe"):
            results = zip(quiet, digests, strict=True)
            entries = [describe(select(result, selection)[0], "0" * 16, digest=digest) for result, digest in results]
        with clock("encode"):
            encode_entries(entries)


def worst_difference(answers: Path) -> tuple[int, float]:
    """Return how many sentences there are, and the largest difference from what scikit-learn's counts and scipy's sums say."""
    texts, model = sentences_of(answers), load_model()
    rows = np.frombuffer(model.rows, "<f4").reshape(len(model.terms), -1).astype(np.float64)
    counter = CountVectorizer(
        analyzer=Analyser(model.settings), vocabulary={term: i for i, term in enumerate(model.terms)}, dtype=np.float64
    )
    intercepts = np.array([output.calibrated_intercept for output in model.outputs])
    quoted = np.array([output.calibrated_quoted_phrase for output in model.outputs])

    def logits_of(some: Sequence[str]) -> np.ndarray:
        sums = counter.transform(some) @ rows
        return np.asarray(sums[:, :-1] / np.sqrt(model.settings.shortness + sums[:, -1:]) + intercepts)

    worst = 0.0
    for first in range(0, len(texts), 20_000):
        some = texts[first : first + 20_000]
        logits = blend(logits_of(some), some, logits_of, model.blending)
        logits += quoted * np.array(are_quoted(some))[:, None]
        found = model.probabilities(some)
        worst = max(worst, float(np.abs(found - 1 / (1 + np.exp(-logits))).max()))
    return len(texts), worst


def growth(answers: Path, repetitions: int) -> Growth:
    """Return, for sizes of text, numbers of framings and numbers of terms, the processor seconds of scoring pre-split sentences."""
    texts, model = sentences_of(answers), load_model()
    some = texts[: len(texts) // 4]
    return {
        "sentences": [
            (f"{len(part):,}", times(model, part, repetitions))
            for part in (some, texts[: len(texts) // 2], texts, texts * 2)
        ],
        "framings (a quarter of the sentences)": [
            (f"{count}", times(with_framings(model, count), some, repetitions)) for count in (1, 4, 15, 30, 60)
        ],
        "terms (a quarter of the sentences)": [
            (f"{len(sized.terms):,}", times(sized, some, repetitions))
            for sized in (with_pairs(model, share) for share in (0.0, 0.5, 1.0, 2.0))
        ],
    }


def times(model: Model, texts: Sequence[str], repetitions: int) -> list[float]:
    """Return what scoring takes, once the words have been met."""
    bounds = bounds_of(model)
    model.reported(texts, bounds)
    return [timed(lambda: model.reported(texts, bounds)) for _ in range(repetitions)]


def with_framings(model: Model, count: int) -> Model:
    """Return a model with `count` framings: those of `model`, over and over."""
    rows = np.frombuffer(model.rows, "<f4").reshape(len(model.terms), -1)
    chosen = [k % len(model.framings) for k in range(count)]
    columns = [*chosen, len(model.framings), len(model.framings) + 1]
    outputs = [model.outputs[k] for k in columns[:-1]]
    return Model(outputs, model.terms, rows[:, columns].tobytes(), model.settings, model.manifest)


def with_pairs(model: Model, share: float) -> Model:
    """Return a model with a share of its pairs, or with as many more of random stems as are missing to it."""
    rows = np.frombuffer(model.rows, "<f4").reshape(len(model.terms), -1)
    stems, first, last = (model.kinds[kind] for kind in (Kind.PIECE, Kind.PAIR, Kind.NEAR))  # where each ends or begins
    draw = np.random.default_rng(0)
    wanted = int(share * (last - first))
    chosen = dict(zip(model.terms[first:last], range(first, last), strict=True))
    while len(chosen) < wanted:
        left, right = draw.integers(stems, size=2)
        chosen.setdefault(f"{model.terms[left]} {model.terms[right]}", int(draw.integers(first, last)))
    kept = sorted(draw.permutation(sorted(chosen))[:wanted].tolist())
    columns = [*range(first), *(chosen[pair] for pair in kept), *range(last, len(model.terms))]
    terms = [*model.terms[:first], *kept, *model.terms[last:]]
    return Model(model.outputs, terms, rows[columns].tobytes(), model.settings, model.manifest)
