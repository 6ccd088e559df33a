"""Whole blocks of text → log-odds, many thousand sentences at a time. Knows words, rows and sums; nothing of files or documents.

`Model.account` says what is summed; here numpy does every loop. Reading order:

1. `hashing`: how words become numbers without ever becoming Python objects.
2. `StemRows`: a row for each stem met, its own and those of its pieces, added up once for each stem of the language, not for
   each word of a text.
3. `Scorer._terms`: the distinct stems and the known pairs of every sentence; `Scorer.logits`: their rows summed.
4. `packing` and `Scorer.likely`: a rough sum that is never too low rules out nearly every sentence before.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.features import TINY, FeatureSettings, stem
from classifier.hashing import FoundWords, Integers, Keys, KeyTable, find_words, letters
from classifier.packing import MOST_ROWS, PackedRows, exact_sums

Floats = NDArray[np.float64]
Rows = NDArray[np.floating[Any]]
MAX_REMEMBERED_WORDS = 100_000
_BLOCK_BYTES = 250_000  # small enough that the arrays of a block stay in the processor's cache
_HIGH = 32  # a sentence's number goes above that of a stem in one integer


class Terms(NamedTuple):
    """The terms of n sentences: those of sentence i are `stems[stem_edges[i] : stem_edges[i + 1]]`, and so for pairs."""

    stems: Integers
    stem_edges: Integers
    pairs: Integers
    pair_edges: Integers


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
        of_stems, self._pair_rows, of_pieces = np.split(table, [len(stems), len(stems) + len(pairs)])
        self._packed_pairs = PackedRows(framings_and_length(self._pair_rows))
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
        found = [np.zeros((0, len(self._intercepts)))]
        for terms in self._terms_by_block(sentences):
            sums = exact_sums(self._stems.rows, terms.stems, terms.stem_edges)
            sums += exact_sums(self._pair_rows, terms.pairs, terms.pair_edges)
            found.append(sums[:, :-1] / self._scale(sums[:, -1:]) + self._intercepts)
        return np.concatenate(found)

    def likely(self, sentences: Sequence[str], bounds: Sequence[float]) -> list[int]:
        """Return which sentences have a probability that reaches its bound; there is a bound for each framing."""
        inside = np.clip(bounds, 0.0, 1.0)
        with np.errstate(divide="ignore"):
            lowest = np.log(inside) - np.log1p(-inside)
        gaps = lowest - self._intercepts[:-1]
        possible = [self._possible(terms, gaps) for terms in self._terms_by_block(sentences)]
        kept = np.flatnonzero(np.concatenate([np.zeros(0, dtype=bool), *possible]))
        logits = self.logits([sentences[i] for i in kept.tolist()])
        found: list[int] = kept[(logits[:, :-1] >= lowest).any(axis=1)].tolist()
        return found

    def _possible(self, terms: Terms, gaps: Floats) -> NDArray[np.bool_]:
        """Return for which sentences some framing's sum, after scaling, may reach its gap; above 0 the scale must be low for that."""
        most = self._stems.packed.sums(terms.stems, terms.stem_edges)
        most += self._packed_pairs.sums(terms.pairs, terms.pair_edges)
        needed = np.where(gaps > 0, gaps, -np.inf) * self._scale(-most[:, -1:])
        counts = np.maximum(np.diff(terms.stem_edges), np.diff(terms.pair_edges))
        return np.asarray((most[:, :-1] >= needed).any(axis=1) | (counts > MOST_ROWS))

    def _scale(self, squared_lengths: Floats) -> Floats:
        return np.asarray(np.sqrt(np.maximum(squared_lengths + self._shortness, TINY)))

    def _words_by_block(self, sentences: Sequence[str]) -> Iterator[tuple[Integers, FoundWords, Integers, Integers]]:
        """Yield, for runs of sentences: where each begins, their words, these words' numbers, and where among them each sentence ends."""
        sizes = np.fromiter(map(len, sentences), np.int64, len(sentences)) + 1
        begins = np.append(0, np.cumsum(sizes))
        data = "\n".join(sentences).encode("latin-1", "replace")
        for first, last in _blocks(begins):
            found = find_words(data[begins[first] : begins[last]])
            own = begins[first : last + 1] - begins[first]
            yield own, found, self._stems.number(found), np.searchsorted(found.starts, own)

    def _terms_by_block(self, sentences: Sequence[str]) -> Iterator[Terms]:
        return (self._terms(numbers, edges) for _, _, numbers, edges in self._words_by_block(sentences))

    def _terms(self, numbers: Integers, edges: Integers) -> Terms:
        """Return the terms of sentences from the numbers of their words; those of sentence i are from `edges[i]` to `edges[i + 1]`."""
        sentence_of = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
        distinct = np.sort(sentence_of << _HIGH | numbers)
        distinct = distinct[np.diff(distinct, prepend=-1) != 0]
        stem_edges = np.searchsorted(distinct, np.arange(len(edges)) << _HIGH)
        places, pairs = self._pairs_of(numbers, sentence_of)
        pair_edges = np.searchsorted(places, edges * self._distance)
        return Terms(distinct & (1 << _HIGH) - 1, stem_edges, pairs, pair_edges)

    def _pairs_of(self, numbers: Integers, sentence_of: Integers) -> tuple[Integers, Integers]:
        """Return the known pairs, and before them where they stand: word · distance + gap - 1, ascending."""
        known = np.append(np.minimum(numbers, self._unknown), [self._unknown] * self._distance)
        owner = np.append(sentence_of, [-1] * self._distance)
        keys = np.zeros((0, len(numbers)), dtype=np.uint32)
        if self._distance:
            gaps = [slice(gap, gap + len(numbers)) for gap in range(1, self._distance + 1)]
            keys = np.array(
                [self._pair_keys(known[: len(numbers)], known[gap]) * (owner[gap] == sentence_of) for gap in gaps]
            )
        pairs = self._pairs.find(keys.T.ravel())
        places = np.flatnonzero(pairs >= 0)
        return places, pairs[places]

    def _pair_keys(self, left: Integers, right: Integers) -> Keys:
        """Return a key, above 0, for each two numbers of stems; 32 bits, where they suffice, are twice as fast."""
        width = self._unknown + 1
        kind: type[Any] = np.uint32 if width**2 < 1 << 32 else np.uint64
        return np.asarray(left.astype(kind) * kind(width) + right.astype(kind) + kind(1))

    def shares(self, sentences: Sequence[str]) -> Iterator[tuple[list[tuple[int, int]], Floats]]:
        """Yield each sentence's spans and shares, as `model.Account` has them."""
        for first, found, numbers, edges in self._words_by_block(sentences):
            parts = self._parts(numbers, edges)
            begins = np.repeat(first[:-1], np.diff(edges))
            spans = np.stack([found.starts - begins, found.starts + found.lengths - begins], axis=1)
            for own in map(slice, edges[:-1], edges[1:]):
                shares = parts[own, :-1] / self._scale(parts[own, -1].sum())
                yield [(start, end) for start, end in spans[own].tolist()], shares.T

    def _parts(self, numbers: Integers, edges: Integers) -> Floats:
        """Return (words, K + 1): what each word brings, before scaling."""
        sentence_of = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
        once = np.unique(sentence_of << _HIGH | numbers, return_index=True)[1]
        parts = np.zeros((len(numbers), self._pair_rows.shape[1]))
        parts[once] = self._stems.rows[numbers[once]]
        places, pairs = self._pairs_of(numbers, sentence_of)
        halves = self._pair_rows[pairs].astype(np.float64) / 2
        word, gap = np.divmod(places, max(self._distance, 1))
        np.add.at(parts, word, halves)
        np.add.at(parts, word + gap + 1, halves)
        return parts


class StemRows:
    """Numbers the stems it meets and keeps the row of each: its own weights and those of its pieces.

    The model's own stems have their place as number; others follow, and are forgotten when there are too many. Each distinct
    word is stemmed once, when it is first met; from then on its key leads straight to its stem's number. `packed` holds the
    rows for the rough sums.
    """

    def __init__(
        self, stems: Sequence[str], of_stems: Rows, pieces: Sequence[str], of_pieces: Rows, lengths: Sequence[int]
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
        self.packed = PackedRows(framings_and_length(self.rows))

    def number(self, found: FoundWords) -> Integers:
        """Return the number of each word's stem, (n,); afterwards `rows[number]` holds its row."""
        if len(self._words) > MAX_REMEMBERED_WORDS:
            self._forget()
        numbers = self._words.find(found.keys)
        unknown = np.flatnonzero(numbers < 0)
        if len(unknown):
            keys, firsts = np.unique(found.keys[unknown], return_index=True)
            self._words.add(keys, self._learn([*map(stem, found.words(unknown[firsts]))]))
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
        if not self.packed.put(framings_and_length(self.rows[before:count]), before):
            self.packed = PackedRows(framings_and_length(self.rows))
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
            sums += exact_sums(self._piece_rows, pieces[places], np.searchsorted(places, edges))
        return sums


def keys_of(terms: Sequence[str]) -> Keys:
    """Return the keys of all words of some terms, in order."""
    return find_words(" ".join(terms).encode()).keys


def framings_and_length(rows: Rows) -> Floats:
    """Return the columns that say whether a sentence may be reported: the framings, and the negative of the squared length."""
    return np.concatenate([rows[:, :-2], -rows[:, -1:]], axis=1, dtype=np.float64)


def _blocks(begins: Integers) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of runs of sentences that together span about `_BLOCK_BYTES`; the last of `begins` is where all end."""
    first = 0
    while first < len(begins) - 1:
        last = int(np.searchsorted(begins, begins[first] + _BLOCK_BYTES, side="right")) - 1
        last = max(first + 1, last)
        yield first, last
        first = last
