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

Integers = NDArray[np.integer[Any]]
Keys = NDArray[np.unsignedinteger[Any]]

_EIGHT = 8  # what a key can hold letter by letter
_HASHED_ABOVE = 16
_RUN = 16_384  # terms whose words are found at a time: memory that is used again is faster than memory that is new
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


def find_words(data: bytes, cuts: Integers | None = None) -> FoundWords:
    """Return the words of `data`, text in any encoding that writes ASCII as ASCII: the words of `features.words`.

    No word goes on beyond one of `cuts`, which are rare and ascending.
    """
    folded = b" " + data.translate(TO_WORDS) + _PADDING
    is_letter = np.frombuffer(folded, dtype=np.uint8) != ord(" ")
    edges = np.flatnonzero(is_letter[1:] != is_letter[:-1])
    if cuts is not None and len(inside := cuts[is_letter[cuts] & is_letter[cuts + 1]]):
        edges = np.sort(np.concatenate([edges, inside, inside]))
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
    runs = [terms[first : first + _RUN] for first in range(0, max(1, len(terms)), _RUN)]
    return np.concatenate([find_words(" ".join(run).encode()).keys for run in runs])


def first_places(keys: NDArray[Any]) -> Integers:
    """Return where each distinct key stands first, in the order of the keys: `np.unique` without loading masked arrays."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    return np.asarray(order[np.append(ordered[:1] == ordered[:1], ordered[1:] != ordered[:-1])])


def first_of_each(keys: Keys) -> Integers:
    """Return the first place of each distinct key, in ascending order.

    All write their place into the slot that their key leads to, the first one last, so that it stays there. Whoever then finds
    another's place is a repetition if that one has the same key; only the few that met a different key have to be sorted.
    """
    bits, width = len(keys).bit_length() + 1, 8 * keys.dtype.itemsize
    factor, shift = keys.dtype.type(_MULTIPLIER >> (64 - width) | 1), keys.dtype.type(width - bits)
    slots = _places((keys * factor) >> shift)
    places = np.arange(len(keys))
    held = np.empty(1 << bits, dtype=np.intp)
    held[slots[::-1]] = places[::-1]
    holders = held.take(slots)
    is_chosen = holders == places
    others = np.flatnonzero(~is_chosen)
    displaced = others[keys.take(holders.take(others)) != keys.take(others)]
    is_chosen[displaced[first_places(keys.take(displaced))]] = True
    return np.flatnonzero(is_chosen)


def _places(numbers: Keys) -> Integers:
    """Return small numbers as the type that places in an array have: a conversion of 64 bits would take as long as the look-up."""
    return numbers.view(np.int64) if numbers.dtype.itemsize == _EIGHT else numbers.astype(np.intp)


def letters(found: FoundWords, positions: Integers, count: int) -> Keys:
    """Return `count` letters, up to eight, from each of `positions` on, as one number each."""
    return np.asarray(found.windows[positions + 1] & _LETTERS[count])


class KeyTable:
    """A hash table in one array: keys → numbers. Looks up a whole array of keys at a time.

    Multiplied by an odd number, a key loses nothing. The product's upper bits say which slot is the key's; the slot holds the
    other bits, which tell the key from all that share its slot, beside the number: one fetch answers all (quotienting).

        |  other bits of the product  |  crowded: 1 bit  |  number  |

    Of keys that want one slot the earliest gets it. The slot is marked as crowded, and the later ones are in a further table
    with another multiplier. In an empty slot every bit of the number is set.
    """

    def __init__(self, keys: Keys, numbers: Integers, multiplier: int = _MULTIPLIER) -> None:
        self._multiplier = multiplier
        self._further: KeyTable | None = None
        self._clear(keys.dtype, max(len(keys), int(numbers.max(initial=0)) + 1))
        self.add(keys, numbers)

    def __len__(self) -> int:
        return self._count

    def find(self, keys: Keys) -> Integers:
        """Return the number of each key, -1 where it is not in the table."""
        numbers, is_known = self._search(keys)
        found = numbers.astype(np.int32)
        found[np.flatnonzero(~is_known)] = -1
        return found

    def find_known(self, keys: Keys) -> tuple[Integers, Integers]:
        """Return which of the keys are in the table, ascending; and their numbers."""
        numbers, is_known = self._search(keys)
        places = np.flatnonzero(is_known)
        return places, numbers.take(places).astype(np.intp)

    def _search(self, keys: Keys) -> tuple[Keys, NDArray[np.bool_]]:
        """Return each key's number, and whether it is in the table, for else the number means nothing."""
        slots, others = self._placed(keys)
        met = self._entries.take(slots)
        met ^= others
        numbers = met & ~self._crowded
        is_known = numbers < self._empty
        if self._further is not None:
            asking = np.flatnonzero((met & self._crowded).astype(np.bool_) > is_known)
            numbers[asking], is_known[asking] = self._further._search(keys.take(asking))
        return numbers, is_known

    def add(self, keys: Keys, numbers: Integers) -> None:
        """Add distinct keys that are not in the table yet."""
        if len(keys) and max(self._count + len(keys), int(numbers.max()) + 1) > self._empty:
            known = self._items()
            keys, numbers = (np.concatenate(pair) for pair in zip(known, (keys, numbers), strict=True))
            self._clear(keys.dtype, 2 * max(len(keys), int(numbers.max()) + 1))
        self._count += len(keys)
        slots, entries = self._placed(keys)
        entries |= numbers.astype(keys.dtype)
        free = np.flatnonzero(self._entries[slots] == self._empty)[::-1]  # in the end, the earliest has the slot
        self._entries[slots[free]] = entries[free]
        late = np.flatnonzero((self._entries[slots] & ~self._crowded) != entries)
        if len(late):
            self._entries[slots[late]] |= self._crowded
            if self._further is None:
                self._further = KeyTable(keys[late], numbers[late], self._multiplier * _MULTIPLIER)
            else:
                self._further.add(keys[late], numbers[late])

    def _items(self) -> tuple[Keys, Integers]:
        """Return all keys and their numbers."""
        slots = np.flatnonzero((self._entries & ~self._crowded & self._empty) != self._empty)
        entries = self._entries[slots]
        products = (slots.astype(entries.dtype) << self._shift) | (entries >> self._bits)
        inverse = entries.dtype.type(pow(int(self._factor), -1, 1 << (8 * entries.dtype.itemsize)))
        items = products * inverse, (entries & self._empty).astype(np.int64)
        if self._further is None:
            return items
        further = self._further._items()
        return np.concatenate([items[0], further[0]]), np.concatenate([items[1], further[1]])

    def _clear(self, kind: np.dtype[Any], room: int) -> None:
        """Empty the table, and make room for so many keys and numbers."""
        bits, width = max(8, room.bit_length() + 1), 8 * kind.itemsize
        self._bits, self._shift = kind.type(bits), kind.type(width - bits)
        self._factor = kind.type(self._multiplier >> (64 - width) & ((1 << width) - 1) | 1)
        self._crowded, self._empty = kind.type(1 << (bits - 1)), kind.type((1 << (bits - 1)) - 1)
        self._entries = np.full(1 << bits, self._empty, dtype=kind)
        self._further = None
        self._count = 0

    def _placed(self, keys: Keys) -> tuple[Integers, Keys]:
        """Return the slot of each key, and what its entry there would be with number 0."""
        products = keys * self._factor
        return _places(products >> self._shift), products << self._bits
