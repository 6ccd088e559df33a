"""A number and a row for every stem that is met. Knows stems and their pieces; knows nothing of sentences.

The row of a stem already holds those of its pieces and its theme: they are added up once for each stem of the language.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.features import FeatureSettings, stem_of
from classifier.hashing import FoundWords, Integers, KeyTable, find_words, first_places, letters
from classifier.packing import PackedRows, Rows, exact_sums
from classifier.themes import THEME_MARK

Floats = NDArray[np.float64]
MAX_REMEMBERED_WORDS = 100_000


class StemRows:
    """Numbers the stems it meets and keeps the row of each: its own weights and those of its pieces.

    The model's own stems have their place as number; others follow, and are forgotten when there are too many. Each distinct
    word is stemmed once, when it is first met; from then on its key leads straight to its stem's number. `packed` holds the
    rows for the rough sums, `themes` the number of each stem's theme: its place among `names`, from 1, or 0.
    """

    def __init__(
        self, stems: Sequence[str], pieces: Sequence[str], themes: Sequence[str], rows: Rows, settings: FeatureSettings
    ) -> None:
        self._own, self._lengths = stems, settings.piece_lengths
        self._own_rows, self._piece_rows, of_themes = np.split(rows, np.cumsum([len(stems), len(pieces)]))
        self.names = sorted(set(settings.themes.values()))
        numbers = {name: number for number, name in enumerate(self.names, 1)}
        self._theme_of = {stem: numbers[name] for stem, name in settings.themes.items()}
        self._theme_rows = np.zeros((len(self.names) + 1, rows.shape[1]))
        self._theme_rows[[numbers[theme.removeprefix(THEME_MARK)] for theme in themes]] = of_themes
        letters_of_pieces = np.array([piece[1:] for piece in pieces], dtype="S8").view(np.uint64)
        self._pieces = KeyTable(letters_of_pieces, np.arange(len(pieces)))
        self._forget()

    def _forget(self) -> None:
        self._words = KeyTable(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64))
        self._numbers = dict(zip(self._own, range(len(self._own)), strict=True))
        self.rows = np.concatenate([self._own_rows, np.zeros((len(self._own) + 1, self._own_rows.shape[1]))])
        self.themes = np.zeros(len(self.rows), dtype=np.uint8)
        self._put(self._own, 0)
        self.packed = PackedRows(self.rows, framings_and_length)

    def number(self, found: FoundWords) -> Integers:
        """Return the number of each word's stem, (n,); afterwards `rows[number]` holds its row."""
        if len(self._words) > MAX_REMEMBERED_WORDS:
            self._forget()
        numbers = self._words.find(found.keys)
        unknown = np.flatnonzero(numbers < 0)
        if len(unknown):
            new = unknown[first_places(found.keys[unknown])]
            self._words.add(found.keys[new], self._learn([*map(stem_of, found.words(new))]))
            numbers[unknown] = self._words.find(found.keys[unknown])
        return numbers

    def _learn(self, stems: Sequence[str]) -> Integers:
        """Return the number of each stem, after working out the rows of those that are met for the first time."""
        new = [found for found in dict.fromkeys(stems) if found not in self._numbers]
        before, count = len(self._numbers), len(self._numbers) + len(new)
        self._numbers.update(zip(new, range(before, count), strict=True))
        if count > len(self.rows):
            self.rows, self.themes = _longer(self.rows, 2 * count), _longer(self.themes, 2 * count)
        self._put(new, before)
        if not self.packed.put(self.rows[before:count], before):
            self.packed = PackedRows(self.rows, framings_and_length)
        return np.fromiter(map(self._numbers.__getitem__, stems), np.int64, len(stems))

    def _put(self, stems: Sequence[str], first: int) -> None:
        """Note the themes of stems, from number `first` on, and add to their rows those of their pieces and themes."""
        places = slice(first, first + len(stems))
        self.themes[places] = [self._theme_of.get(stem, 0) for stem in stems]
        self.rows[places] += self._rows_of_pieces(stems) + self._theme_rows[self.themes[places]]

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


def _longer(table: NDArray[Any], count: int) -> NDArray[Any]:
    """Return a copy of a table with room for `count` rows; those that are not used yet are 0."""
    return np.concatenate([table, np.zeros((count - len(table), *table.shape[1:]), dtype=table.dtype)])


def framings_and_length(rows: Rows) -> Rows:
    """Return the columns that say whether a sentence may be reported: the framings, and the negative of the squared length."""
    return np.concatenate([rows[:, :-2], -rows[:, -1:]], axis=1)
