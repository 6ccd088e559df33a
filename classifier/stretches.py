"""The sentences of a text as stretches of it. Knows offsets; knows nothing of words."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from classifier.hashing import Integers


class Stretches(NamedTuple):
    """Stretches of one text: its sentences. They are in order, none overlaps another, and no word lies outside.

    `data` holds a byte for each character of `text`: that of ASCII, or one from 128 on.
    """

    text: str
    data: bytes
    starts: Integers
    ends: Integers

    def sentence(self, place: int) -> str:
        """Return the sentence at a place."""
        return self.text[self.starts[place] : self.ends[place]]


def stretches_of(sentences: Sequence[str]) -> Stretches:
    """Return sentences as stretches of one text."""
    text = "\n".join(sentences)
    ends = np.cumsum(np.fromiter(map(len, sentences), np.int64, len(sentences)) + 1) - 1
    starts = np.append(0, ends[:-1] + 1)[: len(ends)]
    return Stretches(text, text.encode("latin-1", "replace"), starts, ends)


def blocks(begins: Integers, size: int) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of runs of stretches that together span about `size` bytes; the last of `begins` is where all end."""
    first = 0
    while first < len(begins) - 1:
        last = int(np.searchsorted(begins, begins[first] + size, side="right")) - 1
        last = max(first + 1, last)
        yield first, last
        first = last
