"""The fitted model as immutable data, and the arithmetic that turns sentences into probabilities.

Knows weights, stems and sums; knows nothing of files, documents or scikit-learn. Every stem and every known pair has a row
of numbers: a column for each output (every framing, then stance) and a last one for the squared length, so that

    logit(output) = Σ rows[output] / sqrt(shortness + Σ rows[length]) + intercept[output]

where the sum runs over the sentence's distinct stems and its known pairs. A stem's row already holds those of its pieces: they
are added up once for each stem of the language, not for each word of a text. Reading order: `Weights` (what was fitted),
`StemRows` (one row for each stem met), `Model.logits_of_spans` (rows summed over sentences).
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.features import PIECE_MARK, FeatureSettings, pairs, pieces, stem
from classifier.hashing import FoundWords, Integers, KeyTable, find_words, pair_keys, pair_table

Floats = NDArray[np.float64]
MAX_REMEMBERED_WORDS = 100_000
_TINY = 1e-12
_FEW = 1000  # so few rows are made when asked for; for more, all are made once
_BLOCK_BYTES = 250_000  # small enough that the arrays of a block stay in the processor's cache


@dataclass(frozen=True)
class Weights:
    """What fitting found: F terms and K outputs, the framings and then (last) the stance `contested`.

    terms: stems first, then pairs ("a b"), then pieces ("#abcd"). coefficients: (F, K); idf: (F,);
    intercepts, slopes, offsets: (K,). thresholds: (K, 2): unsure from, flagged from. The calibrated logit is
    `slope · (x · coefficients + intercept) + offset` (Platt 1999).
    """

    outputs: tuple[str, ...]
    terms: tuple[str, ...]
    idf: Floats
    coefficients: NDArray[np.floating[Any]]
    intercepts: Floats
    slopes: Floats
    offsets: Floats
    thresholds: Floats

    @property
    def calibrated_intercepts(self) -> Floats:
        """The part of each calibrated logit that is the same for every sentence, (K,)."""
        return self.slopes * self.intercepts + self.offsets

    def rows(self, columns: Integers) -> Floats:
        """Return (n, K + 1): the calibrated weights of the terms in `columns`, then their share of the squared length."""
        if len(columns) < _FEW:
            return self._made_rows(columns)
        return np.take(self._all_rows, columns, axis=0)

    @cached_property
    def _all_rows(self) -> Floats:
        return self._made_rows(slice(None))

    def _made_rows(self, columns: Integers | slice) -> Floats:
        idf = self.idf[columns, None]
        return np.concatenate([self.coefficients[columns] * (self.slopes * idf), idf**2], axis=1)

    @cached_property
    def kinds(self) -> tuple[int, int]:
        """Where the pairs begin among the terms, and where the pieces do."""
        first_piece = bisect_left(self.terms, True, key=lambda term: term[:1] == PIECE_MARK)
        first_pair = bisect_left(self.terms, True, hi=first_piece, key=lambda term: " " in term)
        return first_pair, first_piece


class StemRows:
    """Numbers the stems it meets and keeps the row of each: its own weights and those of its pieces.

    The model's own stems have their column as number; others follow, and are forgotten when there are too many. Each distinct
    word is stemmed once, when it is first met; from then on its key leads straight to its stem's number.
    """

    def __init__(self, weights: Weights, settings: FeatureSettings) -> None:
        self._weights = weights
        self._lengths = settings.piece_lengths
        first_pair, first_piece = weights.kinds
        self._own = weights.terms[:first_pair]
        marked = np.array([term[1:] for term in weights.terms[first_piece:]], dtype="S8")
        self._pieces = KeyTable(marked.view(np.uint64), np.arange(first_piece, len(weights.terms)))
        self._forget()

    def _forget(self) -> None:
        self._table = KeyTable(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64))
        self._numbers = dict(zip(self._own, range(len(self._own)), strict=True))
        self.rows = np.zeros((2 * len(self._own) + 1, len(self._weights.outputs) + 1))
        self._is_filled = np.zeros(len(self.rows), dtype=bool)

    def number(self, found: FoundWords) -> Integers:
        """Return the number of each word's stem, (n,); afterwards `rows[number]` holds its row."""
        if len(self._table) > MAX_REMEMBERED_WORDS:
            self._forget()
        numbers = self._table.find(found.keys)
        unknown = np.flatnonzero(numbers < 0)
        if len(unknown):
            keys, firsts = np.unique(found.keys[unknown], return_index=True)
            self._table.add(keys, self._learn([stem(found.word(i)) for i in unknown[firsts]]))
            numbers[unknown] = self._table.find(found.keys[unknown])
        return numbers

    def _learn(self, stems: Sequence[str]) -> Integers:
        """Return the number of each stem, after working out the rows of those that are met for the first time."""
        numbers = np.array([self._numbers.setdefault(found, len(self._numbers)) for found in stems])
        self._make_room(len(self._numbers))
        new = np.unique(np.flatnonzero(~self._is_filled[numbers]))
        new = new[np.unique(numbers[new], return_index=True)[1]]
        self.rows[numbers[new]] = self._rows_of_pieces(find_words(" ".join(stems[i] for i in new).encode()))
        own = numbers[new][numbers[new] < len(self._own)]
        self.rows[own] += self._weights.rows(own)
        self._is_filled[numbers] = True
        return numbers

    def _make_room(self, count: int) -> None:
        if count > len(self.rows):
            more = 2 * count - len(self.rows)
            self.rows = np.concatenate([self.rows, np.zeros((more, self.rows.shape[1]))])
            self._is_filled = np.concatenate([self._is_filled, np.zeros(more, dtype=bool)])

    def _rows_of_pieces(self, stems: FoundWords) -> Floats:
        """Return the sum of the rows of each stem's pieces: every stretch of letters from the blank before it to the one after."""
        sums = np.zeros((len(stems.starts), self.rows.shape[1]))
        for length in self._lengths:
            counts = np.maximum(stems.lengths + 3 - length, 0)
            firsts = np.repeat(stems.starts - 1 - (np.cumsum(counts) - counts), counts)
            places, columns = self._pieces.hits(stems.letters(firsts + np.arange(len(firsts)), length))
            np.add.at(sums, np.repeat(np.arange(len(counts)), counts)[places], self._weights.rows(columns))
        return sums


class Model:
    """A fitted classifier, ready to score. Scoring changes nothing but the words it remembers."""

    def __init__(self, weights: Weights, settings: FeatureSettings, manifest: Mapping[str, Any]) -> None:
        self.weights = weights
        self.settings = settings
        self.manifest = manifest
        self._stems = StemRows(weights, settings)
        first_pair, first_piece = weights.kinds
        self._pairs = pair_table(weights.terms[:first_pair], weights.terms[first_pair:first_piece])

    @property
    def framings(self) -> tuple[str, ...]:
        """The framings' ids, in the order of the first columns of `probabilities`."""
        return self.weights.outputs[:-1]

    def probabilities(self, sentences: Sequence[str]) -> Floats:
        """Return (n, K): the calibrated probability of every output for every sentence."""
        return sigmoid(self.logits(sentences))

    def logits(self, sentences: Sequence[str]) -> Floats:
        """Return (n, K): the calibrated log-odds of every output for every sentence."""
        sizes = np.fromiter(map(len, sentences), np.int64, len(sentences)) + 1
        ends = np.cumsum(sizes)
        return self.logits_of_spans("\n".join(sentences).encode("latin-1", "replace"), ends - sizes, ends)

    def logits_of_spans(self, data: bytes, starts: Integers, ends: Integers) -> Floats:
        """Return (n, K): the log-odds of the sentences `data[start:end]`, which follow each other and don't overlap.

        `data` is text with one byte for each character, ASCII as ASCII; what lies between the sentences holds no word.
        """
        sums = np.zeros((len(starts), len(self.weights.outputs) + 1))
        for first, last in _blocks(starts, ends):
            begin = int(starts[first])
            self._add_rows(data[begin : ends[last - 1]], starts[first:last] - begin, sums[first:last])
        return np.asarray(sums[:, :-1] / self.scale(sums[:, -1:]) + self.weights.calibrated_intercepts)

    def scale(self, squared_lengths: Floats) -> Floats:
        """Return what the sums of sentences of these squared lengths are divided by."""
        return np.asarray(np.sqrt(np.maximum(squared_lengths + self.settings.shortness, _TINY)))

    def _add_rows(self, data: bytes, starts: Integers, sums: Floats) -> None:
        """Add to `sums`, (n, K + 1), the rows of every sentence's distinct stems and known pairs."""
        found = find_words(data)
        numbers = self._stems.number(found)
        counts = np.diff(np.searchsorted(found.starts, starts), append=len(numbers))
        sentence_of = np.repeat(np.arange(len(starts)), counts)
        distinct = np.sort(sentence_of << 32 | numbers)
        distinct = distinct[np.diff(distinct, prepend=-1) != 0]
        _add_runs(self._stems.rows[distinct & 0xFFFFFFFF], distinct >> 32, sums)
        firsts, _, columns = self._find_pairs(numbers, sentence_of)
        _add_runs(self.weights.rows(columns), sentence_of[firsts], sums)

    def _find_pairs(self, numbers: Integers, sentence_of: Integers) -> tuple[Integers, Integers, Integers]:
        """Return where the first and the second stem of every known pair stand, in order, and the pairs' columns."""
        found = []
        for gap in range(1, self.settings.pair_distance + 1):
            firsts, columns = self._pairs.hits(pair_keys(numbers[:-gap], numbers[gap:]))
            inside = sentence_of[firsts] == sentence_of[firsts + gap]
            found.append((firsts[inside], firsts[inside] + gap, columns[inside]))
        if not found:
            return numbers[:0], numbers[:0], numbers[:0]
        firsts, seconds, columns = map(np.concatenate, zip(*found, strict=True))
        order = np.argsort(firsts)
        return firsts[order], seconds[order], columns[order]

    def shares(self, sentence: str) -> tuple[list[tuple[int, int]], Floats]:
        """Return the spans of a sentence's words, and (words, K): what each brought to every logit.

        A stem that stands there again brings nothing; a pair's part is shared equally by its two words. The shares of an output
        and its calibrated intercept add up to its logit.
        """
        found = find_words(sentence.encode("latin-1", "replace"))
        numbers = self._stems.number(found)
        parts = np.zeros((len(numbers), len(self.weights.outputs) + 1))
        once = np.unique(numbers, return_index=True)[1]
        parts[once] = self._stems.rows[numbers[once]]
        firsts, seconds, columns = self._find_pairs(numbers, np.zeros_like(numbers))
        halves = self.weights.rows(columns) / 2
        np.add.at(parts, np.concatenate([firsts, seconds]), np.concatenate([halves, halves]))
        spans = list(zip(found.starts.tolist(), (found.starts + found.lengths).tolist(), strict=True))
        return spans, parts[:, :-1] / self.scale(parts[:, -1].sum())

    @cached_property
    def columns(self) -> dict[str, int]:
        """The column of every term."""
        return dict(zip(self.weights.terms, range(len(self.weights.terms)), strict=True))

    def term_columns(self, stems: Sequence[str]) -> list[int]:
        """Return the column of every counted occurrence of a known term in one sentence."""
        distinct = dict.fromkeys(stems)
        inside = [piece for found in distinct for piece in pieces(found, self.settings.piece_lengths)]
        terms = [*distinct, *inside, *pairs(stems, self.settings.pair_distance)]
        return [self.columns[term] for term in terms if term in self.columns]


def sigmoid(logits: Floats) -> Floats:
    """Return 1 / (1 + exp(-logits)), elementwise, without overflow."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -500, 500))))


def _blocks(starts: Integers, ends: Integers) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of runs of sentences that together span about `_BLOCK_BYTES`."""
    first = 0
    while first < len(starts):
        last = max(first + 1, int(np.searchsorted(ends, starts[first] + _BLOCK_BYTES, side="right")))
        yield first, last
        first = last


def _add_runs(rows: Floats, owners: Integers, sums: Floats) -> None:
    """Add each of `rows` to the sum of its owner; `owners` ascend."""
    if len(rows):
        firsts = np.flatnonzero(np.diff(owners, prepend=-1))
        sums[owners[firsts]] += np.add.reduceat(rows, firsts, axis=0)
