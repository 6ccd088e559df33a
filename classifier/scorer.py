"""Whole blocks of text → log-odds, many thousand sentences at a time. Knows words, rows and sums; nothing of files or documents.

`Model.account` says what is summed; here numpy does every loop. Reading order:

1. `hashing`: how words become numbers without ever becoming Python objects.
2. `stems`: a row for each stem met, with those of its pieces and its theme, added up once for each stem, not for each word of a text.
3. `Scorer._terms`: the distinct stems and the known terms of two words of every sentence (those of themes are looked up in
   `theme_tables`); `Scorer.logits`: their rows summed.
4. `packing` and `Scorer.likely`: a rough sum that is never too low rules out nearly every sentence before.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.accounts import Output
from classifier.clause_scores import blend
from classifier.clauses import Blending, Part
from classifier.features import TINY, FeatureSettings, Kind
from classifier.hashing import (
    FoundWords,
    Integers,
    KeyTable,
    find_words,
    first_of_each,
    keys_of,
)
from classifier.packing import MOST_ROWS, PackedRows, exact_sums
from classifier.quoted_phrases import are_quoted
from classifier.stems import StemRows, framings_and_length
from classifier.stretches import Stretches, blocks, stretches_of
from classifier.theme_tables import ThemeTables

Floats = NDArray[np.float64]
_BLOCK_BYTES = 500_000  # keeps the arrays of a block small; more would be no faster
_HIGH = 32  # a sentence's number goes above that of a stem in one integer


class Terms(NamedTuple):
    """The terms of n sentences: those of sentence i are `stems[stem_edges[i] : stem_edges[i + 1]]`, and so for those of two words.

    of_two: the places of pairs, of terms near a theme, and of themes that meet, each with their edges.
    """

    stems: Integers
    stem_edges: Integers
    of_two: Sequence[tuple[Integers, Integers]]

    def of(self, sentences: Integers) -> "Terms":
        """Return the terms of some of the sentences."""
        of_two = [_slices(places, edges, sentences) for places, edges in self.of_two]
        return Terms(*_slices(self.stems, self.stem_edges, sentences), of_two)


class Scorer:
    """Scores blocks of sentences. Scoring changes nothing but the words it remembers.

    terms: by their kinds, of which kind k is `terms[kinds[k] : kinds[k + 1]]`; rows: (F, K + 1) little-endian float32 as bytes,
    the last column the squared length.
    """

    def __init__(
        self,
        terms: Sequence[str],
        kinds: Sequence[int],
        rows: bytes,
        outputs: Sequence[Output],
        settings: FeatureSettings,
        blending: Blending,
    ) -> None:
        table = np.frombuffer(rows, "<f4").reshape(-1, len(outputs) + 1)
        stems, pieces, themes, pairs, near, together = (terms[first:last] for first, last in pairwise(kinds))
        of_one, of_two = np.split(table, [kinds[Kind.PAIR]])
        self._rows_of_two = np.concatenate([of_two, np.zeros((1, table.shape[1]), dtype=table.dtype)])
        self._packed_rows = PackedRows(self._rows_of_two, framings_and_length)
        self._intercepts, self._blending = np.array([output.calibrated_intercept for output in outputs]), blending
        self._quoted_phrase = outputs[-1].calibrated_quoted_phrase
        self._distance, self._shortness = settings.pair_distance, settings.shortness
        self._stems = StemRows(stems, pieces, themes, of_one, settings)
        numbers = KeyTable(keys_of(stems), np.arange(len(stems)))
        self._themes = ThemeTables(numbers, self._stems.names, near, together, len(pairs), settings.near_distance)
        self._unknown = len(stems)  # stands for every stem that is in no pair
        self._key_type = type_of_keys(len(stems))
        self._no_pair = self._key_type((len(stems) + 1) ** 2)  # the key of two unknown stems
        self._pairs = self._table_of(numbers, pairs)

    def _table_of(self, stems: KeyTable, pairs: Sequence[str]) -> KeyTable:
        """Return the pairs by their keys, common ones in the first slot."""
        halves = stems.find(keys_of(pairs))
        if len(halves) != 2 * len(pairs) or (halves < 0).any():
            raise ValueError("a pair is not made of two known stems")
        common_first = np.argsort(self._rows_of_two[: len(pairs), -1])
        lefts, rights = (np.asarray(halves[side::2], dtype=self._key_type)[common_first] for side in (0, 1))
        return KeyTable(lefts * self._key_type(len(stems) + 1) + (rights + self._key_type(1)), common_first)

    def probabilities(self, sentences: Sequence[str]) -> Floats:
        """Return (n, K): the calibrated probability of every output for every sentence."""
        return sigmoid(self.logits(sentences))

    def logits(self, sentences: Sequence[str]) -> Floats:
        """Return (n, K): the calibrated log-odds of every output for every sentence."""
        logits = blend(self._of_wholes(sentences), sentences, self._of_wholes, self._blending)
        logits[:, -1] += self._quoted_phrase * np.array(are_quoted(sentences))
        return logits

    def _of_wholes(self, sentences: Sequence[str]) -> Floats:
        """Return the same without a look at clauses."""
        found = [np.zeros((0, len(self._intercepts)))]
        found += [self._logits(terms) for terms in self._terms_by_block(stretches_of(sentences))]
        return np.concatenate(found)

    def _logits(self, terms: Terms) -> Floats:
        sums = exact_sums(self._stems.rows, terms.stems, terms.stem_edges)
        for places, edges in terms.of_two:
            sums += exact_sums(self._rows_of_two, places, edges)
        return np.asarray(sums[:, :-1] / self._scale(sums[:, -1:]) + self._intercepts)

    def likely(self, sentences: Stretches, bounds: Sequence[float]) -> list[int]:
        """Return which sentences reach a bound, as a whole or with their clauses; there is a bound for each framing.

        Those are all that have a probability of its bound or more, and some that their clauses make less probable.
        """
        inside = np.clip(bounds, 0.0, 1.0)
        with np.errstate(divide="ignore"):
            lowest = np.log(inside) - np.log1p(-inside)
        gaps = np.minimum(lowest, self._blending.gates[:-1]) - self._intercepts[:-1]
        found: list[int] = []
        done = 0
        for terms in self._terms_by_block(sentences):
            possible = self._possible(terms, gaps)
            whole = self._logits(terms.of(possible))
            is_likely = (whole[:, :-1] >= lowest).any(axis=1)
            others = np.flatnonzero(~is_likely)
            texts = [sentences.sentence(i) for i in (done + possible[others]).tolist()]
            logits = blend(whole[others], texts, self._of_wholes, self._blending)
            is_likely[others] = (logits[:, :-1] >= lowest).any(axis=1)
            found += (done + possible[is_likely]).tolist()
            done += len(terms.stem_edges) - 1
        return found

    def _possible(self, terms: Terms, gaps: Floats) -> Integers:
        """Return the sentences in which some framing's sum, scaled, may reach its gap; above 0 that takes a low scale."""
        most = self._stems.packed.sums(terms.stems, terms.stem_edges)
        counts = np.diff(terms.stem_edges)
        for places, edges in terms.of_two:
            most += self._packed_rows.sums(places, edges)
            counts = np.maximum(counts, np.diff(edges))
        needed = np.where(gaps > 0, gaps, -np.inf) * self._scale(-most[:, -1:])
        return np.flatnonzero((most[:, :-1] >= needed).any(axis=1) | (counts > MOST_ROWS))

    def _scale(self, squared_lengths: Floats) -> Floats:
        return np.asarray(np.sqrt(np.maximum(squared_lengths + self._shortness, TINY)))

    def _words_by_block(self, sentences: Stretches) -> Iterator[tuple[Integers, FoundWords, Integers, Integers]]:
        """Yield, for runs of sentences: where each begins, their words, these words' numbers, and where among them each sentence ends."""
        begins = np.append(sentences.starts, len(sentences.data))
        cuts = sentences.starts[1:][sentences.starts[1:] == sentences.ends[:-1]]
        for first, last in blocks(begins, _BLOCK_BYTES):
            begin = begins[first]
            inside = cuts[np.searchsorted(cuts, begin, side="right") : np.searchsorted(cuts, begins[last])]
            found = find_words(sentences.data[begin : begins[last]], inside - begin)
            own = begins[first : last + 1] - begin
            yield own, found, self._stems.number(found), np.searchsorted(found.starts, own)

    def _terms_by_block(self, sentences: Stretches) -> Iterator[Terms]:
        return (self._terms(numbers, edges) for _, _, numbers, edges in self._words_by_block(sentences))

    def _terms(self, numbers: Integers, edges: Integers) -> Terms:
        """Return the terms of sentences from the numbers of their words; those of sentence i are from `edges[i]` to `edges[i + 1]`."""
        bits = len(self._stems.rows).bit_length()
        kind: Any = np.uint32 if len(edges) << bits < 1 << 32 else np.uint64  # half the size is twice as fast
        sentences = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
        distinct = first_of_each(sentences.astype(kind) << kind(bits) | numbers.astype(kind))
        places, pairs = self._pairs_of(numbers, edges)
        themes = self._stems.themes.take(numbers)
        of_two = [
            (pairs, np.searchsorted(places, edges * self._distance)),
            self._themes.near(numbers, themes, sentences, edges),
            self._themes.together(themes, sentences, edges),
        ]
        return Terms(numbers.take(distinct), np.searchsorted(distinct, edges), of_two)

    def _pairs_of(self, numbers: Integers, edges: Integers) -> tuple[Integers, Integers]:
        """Return where the known pairs stand, ascending, as word · distance + gap - 1; and these pairs.

        The key of two stems, above 0, is the first's number, times one more than there are, and one more than the second's.
        """
        count, distance = len(numbers), self._distance
        known = np.full(count + distance, self._unknown, dtype=self._key_type)
        np.minimum(numbers, self._unknown, out=known[:count], casting="unsafe")
        lefts, rights = known[:count] * self._key_type(self._unknown + 1), known + self._key_type(1)
        keys = np.empty((count, distance), dtype=self._key_type)
        for gap in range(1, distance + 1):
            np.add(lefts, rights[gap : gap + count], out=keys[:, gap - 1])
            for left in range(1, gap + 1):  # the words of which the partner stands beyond the sentence's end
                lasts = edges[1:] - left
                keys[lasts[lasts >= 0], gap - 1] = self._no_pair
        return self._pairs.find_known(keys.ravel())

    def parts(self, sentences: Sequence[str]) -> Iterator[tuple[Integers, Part]]:
        """Yield where each sentence's words stand, (words, 2), and what they bring."""
        for first, found, numbers, edges in self._words_by_block(stretches_of(sentences)):
            parts = self._parts(numbers, edges)
            sums = exact_sums(parts, np.arange(len(parts)), edges)
            sizes = self._scale(sums[:, -1:])
            shares = (parts / np.repeat(sizes, np.diff(edges), axis=0)).T[:-1]
            begins = np.repeat(first[:-1], np.diff(edges))
            spans = np.stack([found.starts - begins, found.starts + found.lengths - begins], axis=1)
            for own, sum_ in zip(map(slice, edges[:-1], edges[1:]), (sums / sizes)[:, :-1].tolist(), strict=True):
                yield spans[own], Part(shares[:, own], sum_)  # type: ignore[arg-type]

    def _parts(self, numbers: Integers, edges: Integers) -> Floats:
        """Return (words, K + 1): what each word brings, before scaling."""
        sentences = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
        once = first_of_each((sentences << _HIGH | numbers).astype(np.uint64))
        parts = np.zeros((len(numbers), self._rows_of_two.shape[1]))
        parts[once] = self._stems.rows[numbers[once]]
        places, pairs = self._pairs_of(numbers, edges)
        word, gap = np.divmod(places, max(self._distance, 1))
        themes = self._stems.themes.take(numbers)
        of_two = [
            (word, word + gap + 1, pairs),
            self._themes.words_near(numbers, themes, sentences, edges),
            self._themes.words_together(themes, sentences, edges),
        ]
        halves = np.concatenate([words for first, second, _ in of_two for words in (first, second)])
        terms = np.concatenate([found for *_, found in of_two for _ in range(2)])
        order = np.argsort(halves, kind="stable")
        ends = np.searchsorted(halves[order], np.arange(len(numbers) + 1))
        return parts + exact_sums(self._rows_of_two, terms[order], ends) / 2


def _slices(values: Integers, edges: Integers, places: Integers) -> tuple[Integers, Integers]:
    """Return `values[edges[i] : edges[i + 1]]` for each i of some places, in one array, and where each of these begins and ends."""
    begins, counts = edges[places], np.diff(edges)[places]
    new_edges = np.append(0, np.cumsum(counts))
    return values[np.repeat(begins - new_edges[:-1], counts) + np.arange(new_edges[-1])], new_edges


def sigmoid(values: Floats) -> Floats:
    """Return 1 / (1 + exp(-values)), elementwise, without overflow."""
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -500, 500))))


def type_of_keys(stems: int) -> Any:
    """Return the smallest type that numbers every two of so many stems, and one more for the rest: half the size is twice as fast."""
    return np.uint32 if (stems + 1) ** 2 < 1 << 32 else np.uint64
