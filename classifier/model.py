"""The fitted model as immutable data, and the arithmetic that turns sentences into probabilities.

Knows weights, words and sums; knows nothing of files, documents or scikit-learn. Reading order: `Weights` (what was
fitted), `WordTable` (one row of numbers for each distinct word), `Model.logits` (rows summed over a sentence).

A row has one column for each output (every framing, then stance) and a last one for the squared length, so that

    logit(output) = Σ rows[output] / sqrt(Σ rows[length]) + intercept[output]

where the sum runs over the sentence's distinct words and its known pairs. A word's row already holds the weight of its pieces.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.features import PIECE_MARK, FeatureSettings, pairs, pieces, words

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
MAX_REMEMBERED_WORDS = 200_000


@dataclass(frozen=True)
class Weights:
    """What fitting found: F terms and K outputs, the framings and then (last) the stance `contested`.

    terms: words first, then pairs ("a b"), then pieces ("#abcd"). coefficients: (F, K); idf: (F,);
    intercepts, slopes, offsets: (K,). thresholds: (K, 2): unsure from, flagged from. The calibrated logit is
    `slope · (x · coefficients + intercept) + offset` (Platt 1999).
    """

    outputs: tuple[str, ...]
    terms: tuple[str, ...]
    idf: Floats
    coefficients: Floats
    intercepts: Floats
    slopes: Floats
    offsets: Floats
    thresholds: Floats

    @property
    def calibrated_intercepts(self) -> Floats:
        """The part of each calibrated logit that is the same for every sentence, (K,)."""
        return self.slopes * self.intercepts + self.offsets

    def rows(self) -> Floats:
        """Return (F, K + 1): each term's calibrated weight for each output, then its share of the squared length."""
        weights = self.coefficients * self.slopes * self.idf[:, None]
        return np.column_stack([weights, self.idf**2])


class WordTable:
    """Numbers the distinct words it meets and keeps the row of each: its own weight and that of its pieces.

    The model's own words keep their column as number; others follow, and are forgotten when there are too many.
    """

    def __init__(self, terms: Sequence[str], settings: FeatureSettings, term_rows: Floats) -> None:
        self._settings = settings
        self._term_rows = term_rows
        self.columns = dict(zip(terms, range(len(terms)), strict=True))
        self._own = [term for term in terms if term.isalnum()]
        self.own_count = len(self._own)
        self._forget()

    def _forget(self) -> None:
        self._words = list(self._own)
        self._numbers = dict(zip(self._own, range(self.own_count), strict=True))
        self._is_filled = np.zeros(self.own_count, dtype=bool)
        self.rows = np.zeros((self.own_count, self._term_rows.shape[1]))

    def number(self, found: Sequence[str]) -> Integers:
        """Return the number of each word of `found`, (n,); afterwards `rows[number]` holds its row."""
        if len(self._words) > MAX_REMEMBERED_WORDS:
            self._forget()
        self._add([word for word in dict.fromkeys(found) if word not in self._numbers])
        numbers = np.fromiter(map(self._numbers.__getitem__, found), np.int64, len(found))
        for number in np.unique(numbers[~self._is_filled[numbers]]):
            self.rows[number] = self._term_rows[self.columns_of(self._words[number])].sum(axis=0)
            self._is_filled[number] = True
        return numbers

    def _add(self, new: Sequence[str]) -> None:
        self._numbers.update(zip(new, range(len(self._words), len(self._words) + len(new)), strict=True))
        self._words.extend(new)
        if len(self._words) > len(self.rows):
            grown = 2 * len(self._words)
            self.rows = np.resize(self.rows, (grown, self.rows.shape[1]))
            self._is_filled = np.concatenate([self._is_filled, np.zeros(grown - len(self._is_filled), dtype=bool)])

    def columns_of(self, word: str) -> list[int]:
        """Return the columns of the terms of one word, itself and its pieces, that the model knows."""
        terms = (word, *pieces(word, self._settings.piece_lengths))
        return [self.columns[term] for term in terms if term in self.columns]


class PairTable:
    """Finds the known pairs among neighbouring words, by one sorted array of `left · words + right`."""

    def __init__(self, terms: Sequence[str], columns: Mapping[str, int], own_count: int) -> None:
        names = [term for term in terms if " " in term and term[0] != PIECE_MARK]
        self._own_count = own_count
        keys = [columns[left] * own_count + columns[right] for left, right in map(str.split, names)]
        order = np.argsort(np.array(keys, dtype=np.int64))
        self._keys = np.array(keys, dtype=np.int64)[order]
        self._columns = np.array([columns[name] for name in names], dtype=np.int64)[order]

    def find(self, left: Integers, right: Integers) -> tuple[Integers, Integers]:
        """Return (positions, columns): where `left[i], right[i]` is a known pair, and the pair's column."""
        known = np.flatnonzero((left < self._own_count) & (right < self._own_count))
        if not len(self._keys):
            return known[:0], known[:0]
        keys = left[known] * self._own_count + right[known]
        slots = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        hits = self._keys[slots] == keys
        return known[hits], self._columns[slots[hits]]


class Model:
    """A fitted classifier, ready to score. Scoring changes nothing but the words it remembers."""

    def __init__(self, weights: Weights, settings: FeatureSettings, manifest: Mapping[str, Any]) -> None:
        self.weights = weights
        self.settings = settings
        self.manifest = manifest
        self._rows = weights.rows()
        self._words = WordTable(weights.terms, settings, self._rows)
        self._pairs = PairTable(weights.terms, self._words.columns, self._words.own_count)

    @property
    def framings(self) -> tuple[str, ...]:
        """The framings' ids, in the order of the first columns of `probabilities`."""
        return self.weights.outputs[:-1]

    def logits(self, sentences: Sequence[str]) -> Floats:
        """Return (n, K): the calibrated log-odds of every output for every sentence."""
        tokens = [words(sentence) for sentence in sentences]
        lengths = np.array([len(found) for found in tokens], dtype=np.int64)
        numbers = self._words.number([word for found in tokens for word in found])
        sentence_of = np.repeat(np.arange(len(lengths)), lengths)
        rows = self._words.rows[numbers]
        rows[_is_repeated(sentence_of, numbers)] = 0
        positions, columns = self._pairs.find(numbers[:-1], numbers[1:])
        inside = sentence_of[positions] == sentence_of[positions + 1]
        rows[positions[inside]] += self._rows[columns[inside]]
        sums = _sum_runs(rows, lengths)
        length = np.sqrt(np.where(sums[:, -1] > 0, sums[:, -1], 1))
        return np.asarray(sums[:, :-1] / length[:, None] + self.weights.calibrated_intercepts)

    def probabilities(self, sentences: Sequence[str]) -> Floats:
        """Return (n, K): the calibrated probability of every output for every sentence."""
        return np.asarray(1 / (1 + np.exp(-self.logits(sentences))))

    def term_columns(self, words_found: Sequence[str]) -> list[tuple[int, int, int]]:
        """Return (first word, last word, column) for every occurrence of a known term in one sentence."""
        columns = self._words.columns
        firsts = {word: i for i, word in reversed(list(enumerate(words_found)))}
        single = [(i, i, column) for word, i in firsts.items() for column in self._words.columns_of(word)]
        found = [(i, i + 1, columns.get(pair)) for i, pair in enumerate(pairs(words_found))]
        return single + [(first, last, column) for first, last, column in found if column is not None]


def _sum_runs(rows: Floats, lengths: Integers) -> Floats:
    """Return the sums of consecutive runs of `rows`, `lengths` long each; zeros for an empty run."""
    sums = np.zeros((len(lengths), rows.shape[1]))
    filled = lengths > 0
    if filled.any():
        starts = np.concatenate([[0], np.cumsum(lengths[filled])[:-1]]).astype(np.int64)
        sums[filled] = np.add.reduceat(rows, starts, axis=0)
    return sums


def _is_repeated(sentence_of: Integers, numbers: Integers) -> NDArray[np.bool_]:
    """Return, for each word, whether the same word stands earlier in its sentence."""
    repeated = np.ones(len(numbers), dtype=bool)
    repeated[np.unique((sentence_of << 32) | numbers, return_index=True)[1]] = False
    return repeated
