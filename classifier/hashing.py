"""Words as numbers: the words of a whole block of text found at once, and a table from 64-bit keys to small numbers.

Knows bytes and integers; knows no weight, sentence or framing. numpy does every loop, so that no word is ever built as a
Python object. Reading order: `find_words`, then `KeyTable`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from classifier.features import TO_WORDS

Integers = NDArray[np.int64]
Keys = NDArray[np.uint64]

_EIGHT = 8  # what a key can hold letter by letter
_HASHED_ABOVE = 32
_BLANK = ord(" ")
_PADDING = b" " * _HASHED_ABOVE
_LETTERS = np.array([(1 << (8 * count)) - 1 for count in range(_EIGHT + 1)], dtype=np.uint64)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ / golden ratio, odd (Knuth 1973, 6.4)


@dataclass(frozen=True, slots=True)
class FoundWords:
    """The words of some text, in order: where each starts (in bytes), how long it is, and its key.

    The key of a word of up to eight letters is those letters; that of a longer one is a 64-bit hash.
    """

    starts: Integers
    lengths: Integers
    keys: Keys
    folded: bytes  # the text as lower-case letters and blanks, with one blank before it: folded[i] is byte i - 1
    windows: Keys  # the eight bytes of `folded` from each of them on

    def word(self, i: int) -> str:
        """Return the i-th word."""
        first = int(self.starts[i]) + 1
        return self.folded[first : first + int(self.lengths[i])].decode("ascii")

    def letters(self, positions: Integers, counts: Integers | int) -> Keys:
        """Return the `counts` folded bytes from each of `positions` on, as one number each."""
        return np.asarray(self.windows[positions + 1] & _LETTERS[counts])


def find_words(data: bytes) -> FoundWords:
    """Return the words of `data`, text in any encoding that writes ASCII as ASCII: the words of `features.words`."""
    folded = b" " + data.translate(TO_WORDS) + _PADDING
    is_letter = np.frombuffer(folded, dtype=np.uint8) != _BLANK
    edges = np.flatnonzero(is_letter[1:] != is_letter[:-1])
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    windows = np.ndarray((len(folded) - _EIGHT + 1,), np.uint64, folded, strides=(1,))
    keys = windows[starts + 1] & _LETTERS[np.minimum(lengths, _EIGHT)]
    found = FoundWords(starts, lengths, keys, folded, windows)
    _mix_long_words(found)
    return found


def _mix_long_words(found: FoundWords) -> None:
    """Fold the letters after the eighth into the keys, eight at a time."""
    factor = _MULTIPLIER
    long = np.flatnonzero(found.lengths > _EIGHT)
    for done in range(_EIGHT, _HASHED_ABOVE, _EIGHT):
        rest = np.minimum(found.lengths[long] - done, _EIGHT)
        found.keys[long] ^= found.letters(found.starts[long] + done, rest) * factor
        long, factor = long[rest == _EIGHT], np.uint64(int(factor) * int(_MULTIPLIER) % 2**64 | 1)
    for i in long[found.lengths[long] > _HASHED_ABOVE]:
        found.keys[i] = int.from_bytes(blake2b(found.word(i).encode(), digest_size=_EIGHT).digest(), "little")


class KeyTable:
    """A hash table in two arrays: keys that are not 0 → numbers. Looks up a whole array of keys at a time.

    A key sits in the first free slot from `key · multiplier`'s top bits on (open addressing), so one that is not met before a
    free slot is not there. At most a quarter of the slots is taken: nearly every search ends at its first slot.
    """

    def __init__(self, keys: Keys, numbers: Integers) -> None:
        self._clear(len(keys))
        self.add(keys, numbers)

    def __len__(self) -> int:
        return self._count

    def find(self, keys: Keys) -> Integers:
        """Return the number of each key, -1 where it is not in the table."""
        found = np.full(len(keys), -1, dtype=np.int64)
        places, numbers = self.hits(keys)
        found[places] = numbers
        return found

    def hits(self, keys: Keys) -> tuple[Integers, Integers]:
        """Return where in `keys` those stand that the table holds, in no order, and their numbers."""
        slots = self._first_slots(keys)
        met = self._keys[slots]
        hits = [np.flatnonzero(met == keys)]
        numbers = [self._numbers[slots[hits[0]]]]
        going_on = np.flatnonzero((met != keys) & (met != 0))
        slots = slots[going_on]
        while len(going_on):
            slots = self._next(slots)
            met = self._keys[slots]
            is_hit = met == keys[going_on]
            hits.append(going_on[is_hit])
            numbers.append(self._numbers[slots[is_hit]])
            is_open = ~is_hit & (met != 0)
            going_on, slots = going_on[is_open], slots[is_open]
        return np.concatenate(hits), np.concatenate(numbers)

    def add(self, keys: Keys, numbers: Integers) -> None:
        """Add distinct keys that are not in the table yet."""
        if 4 * (self._count + len(keys)) > len(self._keys):
            taken = self._keys != 0
            keys = np.concatenate([self._keys[taken], keys])
            numbers = np.concatenate([self._numbers[taken], numbers])
            self._clear(len(keys))
        self._count += len(keys)
        slots = self._first_slots(keys)
        while len(keys):
            is_free = self._keys[slots] == 0
            self._keys[slots[is_free]] = keys[is_free]
            is_placed = self._keys[slots] == keys
            self._numbers[slots[is_placed]] = numbers[is_placed]
            keys, numbers, slots = keys[~is_placed], numbers[~is_placed], self._next(slots[~is_placed])

    def _clear(self, count: int) -> None:
        bits = max(8, (8 * count).bit_length())
        self._shift = np.uint64(64 - bits)
        self._keys = np.zeros(1 << bits, dtype=np.uint64)
        self._numbers = np.zeros(1 << bits, dtype=np.int64)
        self._count = 0

    def _first_slots(self, keys: Keys) -> Integers:
        return ((keys * _MULTIPLIER) >> self._shift).astype(np.int64)

    def _next(self, slots: Integers) -> Integers:
        return (slots + 1) & (len(self._keys) - 1)


def pair_table(stems: Sequence[str], pair_terms: Sequence[str]) -> KeyTable:
    """Return the table of known pairs: the numbers of both stems → the pair's."""
    table = KeyTable(find_words(" ".join(stems).encode()).keys, np.arange(len(stems)))
    halves = table.find(find_words(" ".join(pair_terms).encode()).keys)
    if len(halves) != 2 * len(pair_terms) or (halves < 0).any():
        raise ValueError("a pair is not made of two known stems")
    return KeyTable(pair_keys(halves[::2], halves[1::2]), np.arange(len(pair_terms)))


def pair_keys(left: Integers, right: Integers) -> Keys:
    """Return one key for each two stem numbers, (n,)."""
    return np.asarray(((left + 1) << 32 | (right + 1)).view(np.uint64))
