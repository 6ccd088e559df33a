"""Whole blocks of text → log-odds, many thousand sentences at a time. Knows words, rows and sums; nothing of files or documents.

`Model.account` says what is summed; here numpy does every loop. Reading order: `Scorer.logits` (what comes out), `_summed`
(how), `StemRows` (a row for each stem met: its own and those of its pieces, added up once for each stem of the language, not
for each word of a text), and `hashing` (how words become numbers without ever becoming Python objects).

Three sparse matrices do the summing: which sentence has which stems, which sentence has which pairs, which stem has which
pieces. Each is multiplied by the rows of its terms (`multiplied`).
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from classifier.features import TINY, FeatureSettings, stem
from classifier.hashing import FoundWords, Integers, Keys, KeyTable, find_words, letters

Floats = NDArray[np.float64]
MAX_REMEMBERED_WORDS = 100_000
_BLOCK_BYTES = 250_000  # small enough that the arrays of a block stay in the processor's cache
_HIGH = 32  # a sentence's number goes above that of a stem in one integer


class Scorer:
    """Scores blocks of sentences. Scoring changes nothing but the words it remembers.

    stems, pairs, pieces: the terms, in the order of their rows; rows: (F, K + 1) little-endian float32 as bytes, the last
    column the squared length; intercepts: (K,), calibrated.
    """

    def __init__(
        self,
        stems: Sequence[str],
        pairs: Sequence[str],
        pieces: Sequence[str],
        rows: bytes,
        intercepts: Sequence[float],
        settings: FeatureSettings,
    ) -> None:
        table = np.frombuffer(rows, "<f4").reshape(-1, len(intercepts) + 1).astype(np.float64)
        of_stems, self._pair_rows, of_pieces = np.split(table, [len(stems), len(stems) + len(pairs)])
        self._intercepts = np.array(intercepts)
        self._distance, self._shortness = settings.pair_distance, settings.shortness
        self._stems = StemRows(stems, of_stems, pieces, of_pieces, settings.piece_lengths)
        self._unknown = len(stems)  # stands for every stem that is in no pair
        halves = KeyTable(keys_of(stems), np.arange(len(stems))).find(keys_of(pairs))
        if len(halves) != 2 * len(pairs) or (halves < 0).any():
            raise ValueError("a pair is not made of two known stems")
        common_first = np.argsort(self._pair_rows[:, -1], kind="stable")
        self._pairs = KeyTable(self._pair_keys(halves[::2], halves[1::2])[common_first], common_first)

    def probabilities(self, sentences: Sequence[str]) -> Floats:
        """Return (n, K): the calibrated probability of every output for every sentence."""
        return np.asarray(1 / (1 + np.exp(-np.clip(self.logits(sentences), -500, 500))))

    def logits(self, sentences: Sequence[str]) -> Floats:
        """Return (n, K): the calibrated log-odds of every output for every sentence."""
        return np.concatenate([np.zeros((0, len(self._intercepts))), *self._logits_by_block(sentences)])

    def likely(self, sentences: Sequence[str], bounds: Sequence[float]) -> list[int]:
        """Return which sentences have a probability that reaches its bound; there are bounds for the first outputs."""
        inside = np.clip(bounds, 0.0, 1.0)
        with np.errstate(divide="ignore"):
            lowest = np.log(inside) - np.log1p(-inside)
        reached = [(own[:, : len(lowest)] >= lowest).any(axis=1) for own in self._logits_by_block(sentences)]
        found: list[int] = np.flatnonzero(np.concatenate([np.zeros(0, dtype=bool), *reached])).tolist()
        return found

    def _logits_by_block(self, sentences: Sequence[str]) -> Iterator[Floats]:
        sizes = np.fromiter(map(len, sentences), np.int64, len(sentences)) + 1
        ends = np.cumsum(sizes)
        data = "\n".join(sentences).encode("latin-1", "replace")
        for first, last in _blocks(ends):
            begin = int(ends[first] - sizes[first])
            sums = self._summed(data[begin : ends[last - 1]], ends[first:last] - sizes[first:last] - begin)
            yield np.asarray(sums[:, :-1] / self._scale(sums[:, -1:]) + self._intercepts)

    def _scale(self, squared_lengths: Floats) -> Floats:
        return np.asarray(np.sqrt(np.maximum(squared_lengths + self._shortness, TINY)))

    def _summed(self, data: bytes, starts: Integers) -> Floats:
        """Return, for the sentences that begin at `starts`, (n, K + 1): the summed rows of their stems and pairs."""
        found = find_words(data)
        numbers = self._stems.number(found)
        edges = np.append(np.searchsorted(found.starts, starts), len(numbers))
        sentence_of = np.repeat(np.arange(len(starts)), np.diff(edges))
        distinct = np.sort(sentence_of << _HIGH | numbers)
        distinct = distinct[np.diff(distinct, prepend=-1) != 0]
        firsts = np.searchsorted(distinct, np.arange(len(starts) + 1) << _HIGH)
        sums = multiplied(firsts, distinct & (1 << _HIGH) - 1, self._stems.rows)
        if self._distance:
            places, pairs = self._pairs_of(numbers, sentence_of)
            sums += multiplied(np.searchsorted(places, edges * self._distance), pairs, self._pair_rows)
        return sums

    def _pairs_of(self, numbers: Integers, sentence_of: Integers) -> tuple[Integers, Integers]:
        """Return the known pairs, and where they stand: word · distance + gap - 1, ascending."""
        known = np.append(np.minimum(numbers, self._unknown), [self._unknown] * self._distance)
        owner = np.append(sentence_of, [-1] * self._distance)
        keys = []
        for gap in range(1, self._distance + 1):
            last = gap + len(numbers)
            is_inside = owner[gap:last] == sentence_of
            keys.append(self._pair_keys(known[: len(numbers)], known[gap:last]) * is_inside)
        pairs = self._pairs.find(np.array(keys).T.ravel())
        places = np.flatnonzero(pairs >= 0)
        return places, pairs[places]

    def _pair_keys(self, left: Integers, right: Integers) -> Keys:
        """Return a key, above 0, for each two numbers of stems; 32 bits, where they suffice, are twice as fast."""
        width = self._unknown + 1
        kind: type[Any] = np.uint32 if width**2 < 1 << 32 else np.uint64
        return np.asarray(left.astype(kind) * kind(width) + right.astype(kind) + kind(1))

    def shares(self, sentences: Sequence[str]) -> Iterator[tuple[list[tuple[int, int]], Sequence[Sequence[float]]]]:
        """Yield each sentence's spans and shares, as `model.Account` has them."""
        for sentence in sentences:
            found = find_words(sentence.encode("latin-1", "replace"))
            numbers = self._stems.number(found)
            parts = np.zeros((len(numbers), self._pair_rows.shape[1]))
            once = np.unique(numbers, return_index=True)[1]
            parts[once] = self._stems.rows[numbers[once]]
            if self._distance:
                places, pairs = self._pairs_of(numbers, np.zeros_like(numbers))
                halves = self._pair_rows[pairs] / 2
                np.add.at(parts, places // self._distance, halves)
                np.add.at(parts, places // self._distance + places % self._distance + 1, halves)
            spans = list(zip(found.starts.tolist(), (found.starts + found.lengths).tolist(), strict=True))
            shares: Any = (parts[:, :-1] / self._scale(parts[:, -1].sum())).T
            yield spans, shares


class StemRows:
    """Numbers the stems it meets and keeps the row of each: its own weights and those of its pieces.

    The model's own stems have their place as number; others follow, and are forgotten when there are too many. Each distinct
    word is stemmed once, when it is first met; from then on its key leads straight to its stem's number.
    """

    def __init__(
        self, stems: Sequence[str], of_stems: Floats, pieces: Sequence[str], of_pieces: Floats, lengths: Sequence[int]
    ) -> None:
        self._own, self._own_rows = stems, of_stems
        self._lengths, self._piece_rows = lengths, of_pieces
        letters_of_pieces = np.array([piece[1:] for piece in pieces], dtype="S8").view(np.uint64)
        self._pieces = KeyTable(letters_of_pieces, np.arange(len(pieces)))
        self._forget()

    def _forget(self) -> None:
        self._words = KeyTable(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64))
        self._numbers = dict(zip(self._own, range(len(self._own)), strict=True))
        self.rows = np.concatenate([self._own_rows, np.zeros((len(self._own) + 1, self._own_rows.shape[1]))])
        self.rows[: len(self._own)] += self._rows_of_pieces(self._own)

    def number(self, found: FoundWords) -> Integers:
        """Return the number of each word's stem, (n,); afterwards `rows[number]` holds its row."""
        if len(self._words) > MAX_REMEMBERED_WORDS:
            self._forget()
        numbers = self._words.find(found.keys)
        unknown = np.flatnonzero(numbers < 0)
        if len(unknown):
            keys, firsts = np.unique(found.keys[unknown], return_index=True)
            self._words.add(keys, self._learn([stem(found.word(i)) for i in unknown[firsts]]))
            numbers[unknown] = self._words.find(found.keys[unknown])
        return numbers

    def _learn(self, stems: Sequence[str]) -> Integers:
        """Return the number of each stem, after working out the rows of those that are met for the first time."""
        before = len(self._numbers)
        numbers = np.array([self._numbers.setdefault(found, len(self._numbers)) for found in stems])
        count = len(self._numbers)
        if count > len(self.rows):
            self.rows = np.concatenate([self.rows, np.zeros((2 * count - len(self.rows), self.rows.shape[1]))])
        self.rows[before:count] = self._rows_of_pieces(list(islice(self._numbers, before, None)))
        return numbers

    def _rows_of_pieces(self, stems: Sequence[str]) -> Floats:
        """Return the sum of the rows of each stem's pieces: every stretch of letters from the blank before it to the one after."""
        found = find_words(" ".join(stems).encode())
        sums = np.zeros((len(stems), self._piece_rows.shape[1]))
        for length in self._lengths:
            counts = np.maximum(found.lengths + 3 - length, 0)
            edges = np.append(0, np.cumsum(counts))
            firsts = np.repeat(found.starts - 1 - edges[:-1], counts)
            pieces = self._pieces.find(letters(found, firsts + np.arange(len(firsts)), length))
            places = np.flatnonzero(pieces >= 0)
            sums += multiplied(np.searchsorted(places, edges), pieces[places], self._piece_rows)
        return sums


def keys_of(terms: Sequence[str]) -> Keys:
    """Return the keys of all words of some terms, in order."""
    return find_words(" ".join(terms).encode()).keys


def multiplied(edges: Integers, columns: Integers, rows: Floats) -> Floats:
    """Return, for each i, the sum of `rows[columns[edges[i] : edges[i + 1]]]`."""
    ones, columns, edges = np.ones(len(columns)), columns.astype(np.int32), edges.astype(np.int32)
    return np.asarray(csr_array((ones, columns, edges), shape=(len(edges) - 1, len(rows))) @ rows)


def _blocks(ends: Integers) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of runs of sentences that together span about `_BLOCK_BYTES`."""
    first, begin = 0, 0
    while first < len(ends):
        last = max(first + 1, int(np.searchsorted(ends, begin + _BLOCK_BYTES, side="right")))
        yield first, last
        first, begin = last, int(ends[last - 1])
