"""The terms of themes in whole blocks of words: which stand near a stem, which meet in a sentence. Knows numbers; knows no text.

Both kinds are looked up without a hash: a theme and a stem, or two themes, are the two coordinates of a table that holds the
place of their term, or -1.
"""

from collections.abc import Sequence

import numpy as np

from classifier.hashing import Integers, KeyTable, keys_of
from classifier.themes import THEME_MARK


class ThemeTables:
    """Finds terms by the numbers of stems and of their themes, 0 for a stem that has none.

    A term's place is `first` for the first of `near`; those of `together` follow, and then one that stands for every two themes
    which are no term. `sentences` is the number of each word's sentence.
    """

    def __init__(
        self,
        stems: KeyTable,
        names: Sequence[str],
        near: Sequence[str],
        together: Sequence[str],
        first: int,
        distance: int,
    ) -> None:
        places = np.arange(first, first + len(near) + len(together) + 1)
        self._distance, self._unknown = distance, len(stems)  # the latter stands for every stem that no term holds
        self._gaps = np.array([gap for gap in range(-distance, distance + 1) if gap], dtype=np.intp)
        of_names = KeyTable(keys_of(names), np.arange(1, len(names) + 1))
        words = keys_of(near).reshape(-1, 2)
        is_first = np.array([term[0] == THEME_MARK for term in near], dtype=np.bool_)
        theme = of_names.find(np.where(is_first, words[:, 0], words[:, 1]))
        stem = stems.find(np.where(is_first, words[:, 1], words[:, 0]))
        both = of_names.find(keys_of(together)).reshape(-1, 2)
        if (theme < 0).any() or (stem < 0).any() or (both < 0).any():
            raise ValueError("a term of themes is not made of known ones")
        table = np.full((2, len(names) + 1, len(stems) + 1), -1, dtype=np.int32)
        table[np.where(is_first, 0, 1), theme, stem] = places[: len(near)]
        self._near, self._width = table.ravel(), len(stems) + 1
        self._sides = np.where(self._gaps < 0, table[0].size, 0)
        self._together = np.full((len(names) + 1, len(names) + 1), places[-1], dtype=np.int32)
        self._together[both[:, 0], both[:, 1]] = places[len(near) : -1]
        np.minimum(self._together, self._together.T, out=self._together)

    def near(
        self, stems: Integers, themes: Integers, sentences: Integers, edges: Integers
    ) -> tuple[Integers, Integers]:
        """Return the terms near every word that has a theme, sentence after sentence, and where in them each sentence ends."""
        _, places, terms, ends = self._near_words(stems, themes, sentences, edges)
        return terms, np.searchsorted(places, ends)

    def words_near(
        self, stems: Integers, themes: Integers, sentences: Integers, edges: Integers
    ) -> tuple[Integers, Integers, Integers]:
        """Return the same terms, after the two words of each: the one that has the theme, and the other one."""
        themed, places, terms, _ = self._near_words(stems, themes, sentences, edges)
        word, gap = np.divmod(places, max(len(self._gaps), 1))
        return themed.take(word), themed.take(word) + self._gaps.take(gap), terms

    def _near_words(
        self, stems: Integers, themes: Integers, sentences: Integers, edges: Integers
    ) -> tuple[Integers, Integers, Integers, Integers]:
        """Return the words with a theme; the known of all places word · gaps + gap, and their terms; where each sentence ends."""
        themed = np.flatnonzero(themes)
        apart = np.full(len(stems) + self._distance * len(edges), self._unknown, dtype=np.intp)
        # The sentences stand so far apart that no partner is found in another one.
        own_places = np.arange(len(stems)) + self._distance * (sentences + 1)
        apart[own_places] = np.minimum(stems, self._unknown)
        keys = apart.take(own_places.take(themed)[:, None] + self._gaps)
        keys += self._sides
        keys += (themes.take(themed) * np.intp(self._width))[:, None]
        found = self._near.take(keys.ravel())
        places = np.flatnonzero(found >= 0)
        return themed, places, found.take(places), np.searchsorted(themed, edges) * len(self._gaps)

    def together(self, themes: Integers, sentences: Integers, edges: Integers) -> tuple[Integers, Integers]:
        """Return the term of every two themes that meet, sentence after sentence, and where among them each sentence ends."""
        _, met, first, second, ends = self._meetings(themes, sentences, edges)
        return self._together_at(met, first, second), ends

    def words_together(
        self, themes: Integers, sentences: Integers, edges: Integers
    ) -> tuple[Integers, Integers, Integers]:
        """Return the same terms, after the first word of each of the two themes."""
        keys, met, first, second, _ = self._meetings(themes, sentences, edges)
        words = np.zeros(len(self._together) * len(edges), dtype=np.intp)
        words[keys[::-1]] = np.flatnonzero(themes)[::-1]  # the first word of a theme is written last, and stays
        return words[met[first]], words[met[second]], self._together_at(met, first, second)

    def _together_at(self, met: Integers, first: Integers, second: Integers) -> Integers:
        own = met % len(self._together)
        return self._together.ravel().take(own.take(first) * len(self._together) + own.take(second))

    def _meetings(
        self, themes: Integers, sentences: Integers, edges: Integers
    ) -> tuple[Integers, Integers, Integers, Integers, Integers]:
        """Return sentence · themes + theme of every word that has one; each once; which two of these meet; and where these end."""
        width = len(self._together)
        keys = (sentences * width + themes).take(np.flatnonzero(themes))
        is_met = np.zeros(width * len(edges), dtype=np.bool_)
        is_met[keys] = True
        met = np.flatnonzero(is_met)
        ends = np.searchsorted(met, np.arange(len(edges)) * width)
        following = np.repeat(ends[1:], np.diff(ends)) - np.arange(
            1, len(met) + 1
        )  # how many of its sentence come after each
        begins = np.append(0, np.cumsum(following))
        first = np.repeat(np.arange(len(met)), following)
        second = first + 1 + np.arange(len(first)) - begins.take(first)
        return keys, met, first, second, begins.take(ends)
