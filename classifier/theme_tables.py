"""The terms of themes in whole blocks of words: which stand near a stem, which meet in a sentence. Knows numbers; knows no text.

Both kinds are looked up without a hash: a theme and a stem, or two themes, are the two coordinates of a table that holds the
place of their term, or -1.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.hashing import Integers, first_of_each
from classifier.themes import THEME_MARK


class ThemeTables:
    """Finds terms by the numbers of stems and of their themes, 0 for a stem that has none.

    Places count from the first of `near` on: those of `together` follow.
    """

    def __init__(
        self,
        numbers: Mapping[str, int],
        names: Sequence[str],
        near: Sequence[str],
        together: Sequence[str],
        distance: int,
    ) -> None:
        self._gaps = np.array([gap for gap in range(-distance, distance + 1) if gap], dtype=np.int64)
        self._unknown = len(numbers)  # stands for every stem that no term holds
        of_names = {THEME_MARK + name: number for number, name in enumerate(names, 1)}
        self._near = np.full((2, len(names) + 1, len(numbers) + 1), -1, dtype=np.int32)
        for place, (left, right) in enumerate(term.split(" ") for term in near):
            if left in of_names:
                self._near[0, of_names[left], numbers[right]] = place
            else:
                self._near[1, of_names[right], numbers[left]] = place
        self._together = np.full((len(names) + 1, len(names) + 1), -1, dtype=np.int32)
        for place, term in enumerate(together, len(near)):
            first, second = (of_names[THEME_MARK + name] for name in term[1:].split(THEME_MARK))
            self._together[first, second] = self._together[second, first] = place

    def near(self, stems: Integers, themes: Integers, edges: Integers) -> tuple[Integers, Integers, Integers]:
        """Return, for every theme near a stem: its word, ascending; how far on the stem is, below 0 if before it; the term."""
        themed = np.flatnonzero(themes)
        own, known = themes.take(themed), np.minimum(stems, self._unknown)
        sentence = np.searchsorted(edges, themed, side="right")
        before, last = edges[sentence - 1], edges[sentence] - 1
        columns = [np.zeros((0, len(themed)), dtype=np.int32)]
        for gap in self._gaps:
            partner = themed + gap
            is_inside = (partner >= before) & (partner <= last)
            partner_stems = known.take(np.where(is_inside, partner, 0))
            partner_stems[~is_inside] = self._unknown
            columns.append(self._near[int(gap < 0)][own, partner_stems][None])
        found = np.concatenate(columns).T.ravel()
        places = np.flatnonzero(found >= 0)
        word, column = np.divmod(places, max(len(self._gaps), 1))
        return themed.take(word), self._gaps.take(column), found.take(places)

    def together(self, themes: Integers, edges: Integers) -> tuple[Integers, Integers, Integers]:
        """Return, for every two themes that meet in a sentence: a word of one, ascending; a word of the other; the term."""
        themed = np.flatnonzero(themes)
        of_sentence = np.searchsorted(edges, themed, side="right")
        once = themed.take(first_of_each((of_sentence << 8 | themes.take(themed)).astype(np.uint64)))
        last = np.searchsorted(once, edges[1:]).take(np.searchsorted(edges, once, side="right") - 1)
        partners = last - np.arange(len(once)) - 1  # the distinct themes that follow in the sentence
        begins = np.cumsum(partners) - partners
        first = np.repeat(np.arange(len(once)), partners)
        second = first + 1 + np.arange(len(first)) - np.repeat(begins, partners)
        terms = self._together[themes.take(once.take(first)), themes.take(once.take(second))]
        known = np.flatnonzero(terms >= 0)
        return once.take(first.take(known)), once.take(second.take(known)), terms.take(known)


def numbers_of_themes(stems: Sequence[str], themes: Mapping[str, str], names: Sequence[str]) -> NDArray[np.uint8]:
    """Return the number of each stem's theme among `names`, counted from 1; 0 if it has none."""
    of_names = {name: number for number, name in enumerate(names, 1)}
    return np.array([of_names.get(themes.get(stem, ""), 0) for stem in stems], dtype=np.uint8)
