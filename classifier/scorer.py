"""Whole blocks of text → log-odds, many thousand sentences at a time. Knows words, rows and sums; nothing of files or documents.

`Model.account` says what is summed; here numpy does every loop. Reading order: `Scorer.logits` (what comes out),
`_summed` (how), `StemRows` (one row for each stem met: its own and those of its pieces, added up once for each stem of the
language, not for each word of a text), and `hashing` (how words become numbers without ever becoming Python objects).

Three sparse matrices of small whole numbers do the summing: which sentence has which stems, which sentence has which
pairs, which stem has which pieces. Each is multiplied by the rows of its terms.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from classifier.features import TINY, FeatureSettings, stem
from classifier.hashing import FoundWords, Integers, KeyTable, find_words, pair_keys, pair_table

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
        table = np.frombuffer(rows, "<f4").reshape(-1, len(intercepts) + 1)
        of_stems, of_pairs, of_pieces = np.split(table, [len(stems), len(stems) + len(pairs)])
        self._intercepts = np.array(intercepts)
        self._settings = settings
        self._stems = StemRows(stems, of_stems, pieces, of_pieces, settings.piece_lengths)
        self._pairs = pair_table(stems, pairs)
        self._pair_rows = of_pairs.astype(np.float64)

    def probabilities(self, sentences: Sequence[str]) -> Floats:
        """Return (n, K): the calibrated probability of every output for every sentence."""
        return sigmoid(self.logits(sentences))

    def likely(self, sentences: Sequence[str], bounds: Sequence[float]) -> list[int]:
        """Return which sentences have a probability that reaches its bound; there are bounds for the first outputs."""
        is_likely = self.probabilities(sentences)[:, : len(bounds)] >= np.array(bounds)
        return np.flatnonzero(is_likely.any(axis=1)).tolist()

    def logits(self, sentences: Sequence[str]) -> Floats:
        """Return (n, K): the calibrated log-odds of every output for every sentence."""
        sizes = np.fromiter(map(len, sentences), np.int64, len(sentences)) + 1
        ends = np.cumsum(sizes)
        data = "\n".join(sentences).encode("latin-1", "replace")
        sums = np.zeros((len(sentences), self._pair_rows.shape[1]))
        for first, last in _blocks(ends):
            begin = int(ends[first] - sizes[first])
            sums[first:last] = self._summed(data[begin : ends[last - 1]], ends[first:last] - sizes[first:last] - begin)
        return np.asarray(sums[:, :-1] / self._scale(sums[:, -1:]) + self._intercepts)

    def _scale(self, squared_lengths: Floats) -> Floats:
        return np.asarray(np.sqrt(np.maximum(squared_lengths + self._settings.shortness, TINY)))

    def _summed(self, data: bytes, starts: Integers) -> Floats:
        """Return, for the sentences that begin at `starts`, (n, K + 1): the summed rows of their stems and pairs."""
        found = find_words(data)
        numbers = self._stems.number(found)
        firsts = np.searchsorted(found.starts, starts)
        sentence_of = np.repeat(np.arange(len(starts)), np.diff(firsts, append=len(numbers)))
        distinct = np.sort(sentence_of << _HIGH | numbers)
        distinct = distinct[np.diff(distinct, prepend=-1) != 0]
        edges = np.searchsorted(distinct, np.arange(len(starts) + 1) << _HIGH)
        sums = multiplied(edges, distinct & (1 << _HIGH) - 1, self._stems.rows)
        for gap in range(1, self._settings.pair_distance + 1):
            places, pairs = self._pairs_at(gap, numbers, sentence_of)
            edges = np.searchsorted(places, np.append(firsts, len(numbers)))
            sums += multiplied(edges, pairs, self._pair_rows)
        return sums

    def _pairs_at(self, gap: int, numbers: Integers, sentence_of: Integers) -> tuple[Integers, Integers]:
        """Return where the first word of each known pair stands whose second is `gap` words on, in order, and the pair."""
        pairs = self._pairs.find(pair_keys(numbers[:-gap], numbers[gap:]))
        places = np.flatnonzero((pairs >= 0) & (sentence_of[:-gap] == sentence_of[gap:]))
        return places, pairs[places]

    def shares(self, sentences: Sequence[str]) -> Iterator[tuple[list[tuple[int, int]], Sequence[Sequence[float]]]]:
        """Yield each sentence's spans and shares, as `model.Account` has them."""
        for sentence in sentences:
            found = find_words(sentence.encode("latin-1", "replace"))
            numbers = self._stems.number(found)
            parts = np.zeros((len(numbers), self._pair_rows.shape[1]))
            once = np.unique(numbers, return_index=True)[1]
            parts[once] = self._stems.rows[numbers[once]]
            for gap in range(1, self._settings.pair_distance + 1):
                places, pairs = self._pairs_at(gap, numbers, np.zeros_like(numbers))
                halves = self._pair_rows[pairs] / 2
                parts[places] += halves
                parts[places + gap] += halves
            spans = list(zip(found.starts.tolist(), (found.starts + found.lengths).tolist(), strict=True))
            shares: Any = (parts[:, :-1] / self._scale(parts[:, -1].sum())).T
            yield spans, shares


class StemRows:
    """Numbers the stems it meets and keeps the row of each: its own weights and those of its pieces.

    The model's own stems have their column as number; others follow, and are forgotten when there are too many. Each distinct
    word is stemmed once, when it is first met; from then on its key leads straight to its stem's number.
    """

    def __init__(
        self,
        stems: Sequence[str],
        of_stems: NDArray[np.float32],
        pieces: Sequence[str],
        of_pieces: NDArray[np.float32],
        lengths: Sequence[int],
    ) -> None:
        self._own, self._own_rows = stems, of_stems
        self._lengths, self._piece_rows = lengths, of_pieces.astype(np.float64)
        letters = np.array([piece[1:] for piece in pieces], dtype="S8").view(np.uint64)
        self._pieces = KeyTable(letters, np.arange(len(pieces)))
        self._forget()

    def _forget(self) -> None:
        self._table = KeyTable(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64))
        self._numbers = dict(zip(self._own, range(len(self._own)), strict=True))
        self.rows = np.zeros((2 * len(self._own) + 1, self._own_rows.shape[1]))
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
        self.rows[own] += self._own_rows[own]
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
            pieces = self._pieces.find(stems.letters(firsts + np.arange(len(firsts)), length))
            places = np.flatnonzero(pieces >= 0)
            edges = np.searchsorted(places, np.cumsum(counts) - counts)
            sums += multiplied(np.append(edges, len(places)), pieces[places], self._piece_rows)
        return sums


def multiplied(edges: Integers, columns: Integers, rows: Floats) -> Floats:
    """Return, for each i, the sum of `rows[columns[edges[i] : edges[i + 1]]]`."""
    counts = csr_array((np.ones(len(columns)), columns, edges), shape=(len(edges) - 1, len(rows)))
    return np.asarray(counts @ rows)


def sigmoid(logits: Floats) -> Floats:
    """Return 1 / (1 + exp(-logits)), elementwise, without overflow."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -500, 500))))


def _blocks(ends: Integers) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of runs of sentences that together span about `_BLOCK_BYTES`."""
    first, begin = 0, 0
    while first < len(ends):
        last = max(first + 1, int(np.searchsorted(ends, begin + _BLOCK_BYTES, side="right")))
        yield first, last
        first, begin = last, int(ends[last - 1])
