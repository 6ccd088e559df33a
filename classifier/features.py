"""Text → n-grams: the one tokenisation that fitting and scoring share. Knows words; knows no weight and no framing.

A word is a run of ASCII letters and digits, in lower case, with every digit written as 0, so that "2019" and "2026" are
one term. A sentence becomes three kinds of term:

    word        "sanction"          the word itself
    pair        "benefit sanction"  two neighbouring words
    piece       "#ancti"            a stretch of letters inside one word, with a blank at each end: it ties inflections together

A word counts once in a sentence, however often it stands there; its pieces count once for each distinct word that holds
them; pairs count as often as they occur. With n for these counts and inverse document frequency as idf (Spärck Jones
1972; the smoothed form of scikit-learn), a sentence becomes

    x(term) = n(term) · idf(term) / sqrt( Σ over terms of n(term) · idf(term)² )

With n in place of n² under the root, a sentence's score is a plain sum over its distinct words and its pairs: that is
what makes scoring fast and explanations exact.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

WORD = re.compile(r"[A-Za-z0-9]+")
PIECE_MARK = "#"
_TO_WORDS = bytes(48 if 48 <= c <= 57 else c + 32 if 65 <= c <= 90 else c if 97 <= c <= 122 else 32 for c in range(256))


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """What terms a sentence is turned into. `piece_lengths` are in characters, the word's two blanks included."""

    pairs: bool = True
    piece_lengths: tuple[int, ...] = (5,)
    minimum_documents: int = 2


def words(text: str) -> list[str]:
    """Return the words of `text`, folded.

    >>> words("The DWP's £1.5bn offer, “Pathways”")
    ['the', 'dwp', 's', '0', '0bn', 'offer', 'pathways']
    """
    return text.encode("utf-8", "replace").translate(_TO_WORDS).decode("ascii").split()


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return the character offsets of the words of `text`, in the same order as `words`."""
    return [match.span() for match in WORD.finditer(text)]


def pieces(word: str, lengths: Iterable[int]) -> list[str]:
    """Return the pieces of one word.

    >>> pieces("work", (5,))
    ['# work', '#work ']
    """
    padded = f" {word} "
    return [
        PIECE_MARK + padded[start : start + length] for length in lengths for start in range(len(padded) - length + 1)
    ]


@dataclass(frozen=True, slots=True)
class Analyser:
    """Turns a sentence into its terms; the `analyzer` of scikit-learn's TfidfVectorizer."""

    settings: FeatureSettings = FeatureSettings()

    def __call__(self, text: str) -> list[str]:
        """Return every counted occurrence of every term of `text`."""
        found = words(text)
        distinct = list(dict.fromkeys(found))
        inside = [piece for word in distinct for piece in pieces(word, self.settings.piece_lengths)]
        return distinct + inside + (pairs(found) if self.settings.pairs else [])


def pairs(found: Sequence[str]) -> list[str]:
    """Return the neighbouring words of `found`, two by two.

    >>> pairs(["sick", "note", "culture"])
    ['sick note', 'note culture']
    """
    return [f"{left} {right}" for left, right in pairwise(found)]
