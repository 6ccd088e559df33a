"""Words as numbers: the words of a whole block of text found at once, and a table from keys to small numbers.

Knows bytes and integers; knows no weight, sentence or framing. numpy does every loop, so that no word is ever built as a
Python object. Reading order: `find_words`, then `KeyTable`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.features import TO_WORDS

Integers = NDArray[np.signedinteger[Any]]
Keys = NDArray[np.unsignedinteger[Any]]

_EIGHT = 8  # what a key can hold letter by letter
_HASHED_ABOVE = 16
_PADDING = b" " * _EIGHT
_LETTERS = np.array([(1 << (8 * count)) - 1 for count in range(_EIGHT + 1)], dtype=np.uint64)
_MULTIPLIER = 0x9E3779B97F4A7C15  # 2⁶⁴ / golden ratio, odd (Knuth 1973, 6.4)


@dataclass(frozen=True, slots=True)
class FoundWords:
    """The words of some text, in order: where each starts (in bytes), how long it is, and its key.

    The key of a word of up to eight letters is those letters; that of a longer one is a hash of 64 bits.
    """

    starts: Integers
    lengths: Integers
    keys: Keys
    folded: bytes  # the text as lower-case letters and blanks, with one blank before it: folded[i] is byte i - 1
    windows: Keys  # the eight bytes of `folded` from each of them on

    def words(self, places: Integers) -> list[str]:
        """Return the words at some places among them."""
        text = self.folded.decode("ascii")
        firsts = self.starts[places] + 1
        lasts = firsts + self.lengths[places]
        return [text[first:last] for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)]


def find_words(data: bytes) -> FoundWords:
    """Return the words of `data`, text in any encoding that writes ASCII as ASCII: the words of `features.words`."""
    folded = b" " + data.translate(TO_WORDS) + _PADDING
    is_letter = np.frombuffer(folded, dtype=np.uint8) != ord(" ")
    edges = np.flatnonzero(is_letter[1:] != is_letter[:-1])
    starts, ends = edges[::2], edges[1::2]
    lengths = ends - starts
    windows = np.ndarray((len(folded) - _EIGHT + 1,), np.uint64, folded, strides=(1,))
    keys = windows[starts + 1] & _LETTERS[np.minimum(lengths, _EIGHT)]
    long = np.flatnonzero(lengths > _EIGHT)
    last_letters = windows[ends[long] + 1 - _EIGHT]
    keys[long] ^= (last_letters ^ lengths[long].view(np.uint64)) * np.uint64(_MULTIPLIER)
    found = FoundWords(starts, lengths, keys, folded, windows)
    longest = long[lengths[long] > _HASHED_ABOVE]
    for i, word in zip(longest, found.words(longest), strict=True) if len(longest) else ():
        keys[i] = int.from_bytes(blake2b(word.encode(), digest_size=_EIGHT).digest(), "little")
    return found


def keys_of(terms: Sequence[str]) -> Keys:
    """Return the keys of all words of some terms, in order."""
    return find_words(" ".join(terms).encode()).keys


def letters(found: FoundWords, positions: Integers, count: int) -> Keys:
    """Return `count` letters, up to eight, from each of `positions` on, as one number each."""
    return np.asarray(found.windows[positions + 1] & _LETTERS[count])


class KeyTable:
    """A hash table in two arrays: keys that are not 0 → numbers. Looks up a whole array of keys at a time.

    A key sits in the first free slot from `key · multiplier`'s top bits on (open addressing), so one that is not met before a
    free slot is not there. Most slots are free: nearly every search ends at its first one, the sooner the earlier in `keys`.
    """

    def __init__(self, keys: Keys, numbers: Integers) -> None:
        self._clear(keys.dtype, len(keys))
        self.add(keys, numbers)

    def __len__(self) -> int:
        return self._count

    def find(self, keys: Keys) -> Integers:
        """Return the number of each key, -1 where it is not in the table."""
        is_here, slots = self._search(keys)
        return np.where(is_here, self._numbers.take(slots), -1)

    def find_known(self, keys: Keys) -> tuple[Integers, Integers]:
        """Return which of the keys, none of them 0, are in the table, ascending; and their numbers."""
        is_here, slots = self._search(keys)
        places = np.flatnonzero(is_here)
        return places, self._numbers.take(slots.take(places))

    def _search(self, keys: Keys) -> tuple[NDArray[np.bool_], Integers]:
        """Return whether each key is in the table, and in which slot."""
        found = self._first_slots(keys)
        met = self._keys.take(found)
        is_found = met == keys
        asking = np.flatnonzero((met != 0) > is_found)
        slots, keys = found.take(asking), keys.take(asking)
        while len(asking):
            slots = self._next(slots)
            met = self._keys.take(slots)
            is_here = met == keys
            is_found[asking[is_here]] = True
            found[asking[is_here]] = slots[is_here]
            goes_on = np.flatnonzero((met != 0) > is_here)
            asking, slots, keys = asking.take(goes_on), slots.take(goes_on), keys.take(goes_on)
        return is_found, found

    def add(self, keys: Keys, numbers: Integers) -> None:
        """Add distinct keys that are not in the table yet."""
        if 3 * (self._count + len(keys)) > len(self._keys):
            taken = np.flatnonzero(self._keys)
            keys = np.concatenate([self._keys[taken], keys])
            numbers = np.concatenate([self._numbers[taken], numbers])
            self._clear(keys.dtype, 2 * len(keys))
        self._count += len(keys)
        slots = self._first_slots(keys)
        while len(keys):
            is_free = self._keys[slots] == 0
            self._keys[slots[is_free][::-1]] = keys[is_free][::-1]  # of two that want one slot, the earlier gets it
            is_placed = self._keys[slots] == keys
            self._numbers[slots[is_placed]] = numbers[is_placed]
            keys, numbers, slots = keys[~is_placed], numbers[~is_placed], self._next(slots[~is_placed])

    def _clear(self, kind: np.dtype[Any], count: int) -> None:
        bits = max(8, (3 * count).bit_length())
        width = 8 * kind.itemsize
        self._shift = kind.type(width - bits)
        self._multiplier = kind.type(_MULTIPLIER >> (64 - width) | 1)
        self._keys = np.zeros(1 << bits, dtype=kind)
        self._numbers = np.full(1 << bits, -1, dtype=np.int32)
        self._count = 0

    def _first_slots(self, keys: Keys) -> Integers:
        return np.asarray((keys * self._multiplier) >> self._shift, dtype=np.intp)

    def _next(self, slots: Integers) -> Integers:
        return np.asarray((slots + 1) & (len(self._keys) - 1))
