"""The sentences of a whole block of texts at once, as arrays: what `sentences.spans` finds in each. Knows no more than that.

Nearly every place where a sentence may end is plain. A line end always is one; a full stop is one after a word that is no
abbreviation, before a blank and a capital; inside "gov.uk" and "1.5" it never is. A few array operations tell these; the
regular expression of `sentences` is asked about the others, one in twenty.
"""

from collections.abc import Sequence
from functools import cache
from itertools import accumulate, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.hashing import Integers, KeyTable, keys_of
from classifier.records import Document
from classifier.sentences import (
    ABBREVIATIONS,
    LONG,
    LONGEST_SENTENCE,
    Span,
    divided,
    document_spans,
    end_at,
    without_blanks,
)
from classifier.stretches import Stretches

Bytes = NDArray[np.uint8]
Marks = NDArray[np.bool_]

_ELLIPSIS, _BEYOND = 0x85, 0xFF  # stand for "…" and for every other character beyond a byte
_EDGE = 8  # line ends before the text and after it, so that one may look around anywhere


def _are(characters: str) -> Marks:
    """Return, for each byte, whether it is one of the characters."""
    found = np.zeros(256, dtype=np.bool_)
    found[list(characters.encode("latin-1"))] = True
    return found


_SMALL, _CAPITAL, _DIGIT = (_are("abcdefghijklmnopqrstuvwxyz"), _are("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), _are("0123456789"))
_LETTER = _SMALL | _CAPITAL
_ALPHANUMERIC = _LETTER | _DIGIT
_BEFORE_FOOTNOTE = _LETTER | _are("\"')\xff")
_MAYBE_BLANK = _are("\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\xff")
_TO_SMALL = np.uint64(0x2020202020202020)


class _Cuts(NamedTuple):
    """Where sentences end, and where what follows each begins, both ascending."""

    ends: Integers
    nexts: Integers


def split_documents(documents: Sequence[Document]) -> tuple[Stretches, list[int]]:
    """Return the sentences of all documents, as stretches of their texts with a line end between, and where each text begins."""
    text = "\n".join([document.text for document in documents])
    begins = [0, *accumulate(len(document.text) + 1 for document in documents)]
    if not any(document.blocks for document in documents):
        return split(text), begins
    spans = [
        (begin + start, begin + end)
        for begin, document in zip(begins, documents, strict=False)
        for start, end in document_spans(document)
    ]
    return _stretches(text, _as_bytes(text), *np.array(spans, dtype=np.int64).reshape(-1, 2).T), begins


def split(text: str) -> Stretches:
    """Return the sentences of a text."""
    padded = _as_bytes(text)
    plain, asked = _told(padded)
    cuts = _merged(plain, _Cuts(*_answers(text, asked, plain)))
    starts, ends = np.append(0, cuts.nexts), np.append(cuts.ends, len(text))
    filled = ends > starts
    starts, ends = _bared(text, padded, starts[filled], ends[filled])
    if (ends - starts > LONGEST_SENTENCE).any():
        spans = divided(text, list(zip(starts.tolist(), ends.tolist(), strict=True)))
        starts, ends = np.array(list(spans)).T
    return _stretches(text, padded, starts, ends)


def _stretches(text: str, padded: Bytes, starts: Integers, ends: Integers) -> Stretches:
    return Stretches(text, padded[_EDGE:-_EDGE].tobytes(), starts, ends)


def _as_bytes(text: str) -> Bytes:
    """Return a byte for each character, and `_EDGE` line ends on either side."""
    kind = "<u2" if len(units := text.encode("utf-16-le", "surrogatepass")) == 2 * len(text) else "<u4"
    codes = np.frombuffer(units if kind == "<u2" else text.encode("utf-32-le", "surrogatepass"), kind)
    padded = np.full(len(text) + 2 * _EDGE, ord("\n"), dtype=np.uint8)
    inner = padded[_EDGE:-_EDGE]
    np.minimum(codes, _BEYOND, out=inner, casting="unsafe")
    inner[codes == ord("…")] = _ELLIPSIS
    return padded


def _told(padded: Bytes) -> tuple[_Cuts, Integers]:
    """Return the plain ends of sentences, and the places that are not plain."""
    is_mark = padded == ord("\n")
    for mark in (ord("."), ord("?"), ord("!"), _ELLIPSIS):
        is_mark |= padded == mark
    at = np.flatnonzero(is_mark)[_EDGE:-_EDGE]
    sign, before, after = padded[at], padded[at - 1], padded[at + 1]
    is_line = sign == ord("\n")
    is_end = (after == ord(" ")) & _CAPITAL[padded[at + 2]] & _ALPHANUMERIC[before] & (sign != _ELLIPSIS)
    stops = np.flatnonzero(is_end & (sign == ord(".")))
    is_end[stops] = _follow_plain_words(padded, at[stops])
    is_end |= is_line
    is_inside = (after == ord("\n")) | _SMALL[after] | (_DIGIT[after] & ~_BEFORE_FOOTNOTE[before])
    asked = at[~(is_end | is_line | is_inside)] - _EDGE
    ends, size = at[is_end] - _EDGE, ~is_line[is_end]
    return _Cuts(ends + size, ends + 1 + size), asked


def _follow_plain_words(padded: Bytes, at: Integers) -> Marks:
    """Return whether a word that is no abbreviation and no number in a list stands before each full stop; or else a year."""
    last = np.ndarray((len(padded) - 7,), "<u8", padded, strides=(1,))[at - 8]
    signs = last.view(np.uint8).reshape(-1, 8)[:, ::-1]
    is_other = ~_LETTER[signs]
    length = np.where(is_other.any(axis=1), is_other.argmax(axis=1), 8)
    word = (last | _TO_SMALL) >> (8 * np.minimum(8 - length, 7)).astype(np.uint64)
    is_word = (length > 1) & (padded[at - 1 - length] == ord(" ")) & (_unsure_words().find(word) < 0)
    is_year = _DIGIT[signs[:, :4]].all(axis=1) & (signs[:, 4] == ord(" ")) & _ALPHANUMERIC[signs[:, 5]]
    return np.asarray(is_word | is_year | (length >= LONG))


@cache
def _unsure_words() -> KeyTable:
    """Return the words after which a full stop may be no end: abbreviations, and what may be a Roman numeral in a list."""
    numerals = {"".join(letters) for size in (2, 3, 4) for letters in product("ivx", repeat=size)}
    keys = keys_of(sorted(numerals | {word for word in ABBREVIATIONS if word.isalpha()}))
    return KeyTable(keys, np.arange(len(keys)))


def _answers(text: str, asked: Integers, plain: _Cuts) -> tuple[Integers, Integers]:
    """Return the ends of sentences among the places that are not plain, as the regular expression finds them."""
    found: list[Span] = []
    begins = np.append(0, plain.nexts)[np.searchsorted(plain.ends, asked, side="right")]
    start = 0
    for at, begin in zip(asked.tolist(), begins.tolist(), strict=True):
        start = max(start, begin)
        while start < at and text[start].isspace():
            start += 1
        if span := end_at(text, start, at):
            found.append(span)
            start = span[1]
    ends, nexts = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return ends, nexts


def _merged(one: _Cuts, other: _Cuts) -> _Cuts:
    return _Cuts(*(np.sort(np.concatenate(pair)) for pair in zip(one, other, strict=True)))


def _bared(text: str, padded: Bytes, starts: Integers, ends: Integers) -> tuple[Integers, Integers]:
    """Return the stretches without the white space around them; those that are nothing else are left out."""
    for i in np.flatnonzero(_MAYBE_BLANK[padded[starts + _EDGE]]).tolist():
        stretch = text[starts[i] : ends[i]]
        starts[i] += len(stretch) - len(stretch.lstrip())
    for i in np.flatnonzero(_MAYBE_BLANK[padded[ends + (_EDGE - 1)]]).tolist():
        ends[i] = without_blanks(text, int(starts[i]), int(ends[i]))
    filled = ends > starts
    return starts[filled], ends[filled]
