"""Text → terms: the one tokenisation that fitting and scoring share. Knows words; knows no weight and no framing.

A word is a run of ASCII letters and digits, in lower case, with every digit written as 0, so that "2019" and "2026" are
one. It is folded to a light stem, so that "incentivise" and "incentives" are one too. A sentence becomes these kinds of term:

    stem     "sanction"          each distinct stem, once
    piece    "#ancti"            five letters inside a distinct stem, a blank at each end: it ties word families together
    pair     "benefit sanction"  two stems, the second one or two words after the first; as often as they stand so

and, where words are gathered in themes (`themes`), their three kinds.

With n for these counts and the smoothed inverse document frequency of scikit-learn as idf (Spärck Jones 1972), a sentence is

    x(term) = n(term) · idf(term) / sqrt( shortness + Σ over terms of n(term) · idf(term)² )

The constant `shortness` keeps a heading of one word from being all that word: it scales short sentences down, for they say
less. With n in place of n² under the root, a sentence's score is a plain sum over its terms: that is what makes scoring fast
and explanations exact.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from classifier.themes import THEME_MARK, Themes, neighbours, theme_terms

WORD = re.compile(r"[A-Za-z0-9]+")
PIECE_MARK = "#"
TO_WORDS = bytes(48 if 48 <= c <= 57 else c + 32 if 65 <= c <= 90 else c if 97 <= c <= 122 else 32 for c in range(256))
FOLDED = str.maketrans(
    {chr(c): chr(TO_WORDS[c]) for c in range(128) if chr(c).isalnum()}
)  # the same for a word as text
_ENDINGS = ("ation", "ition", "ment", "ness", "ity", "ive", "al", "ly", "er", "or", "ion")
_SHORTEST_STEM = 4
# Words that would else share the stem of another: of bill, care, critic, custom, east, even, fact, form, generation, mean, mention,
# morale, nation, not, office, person, severe, should, state, them, universal, well or will.
_STAY_WHOLE = """
billion career critical customer customs easter evening factor former general meaning mental moral national noted officer
personal several shoulder station theme university universities wellness willing
"""
_WHOLE = {whole + ending: whole for whole in _STAY_WHOLE.split() for ending in ("", "s", "ly")}
SHORTNESS = 1500.0
TINY = 1e-12  # keeps a sentence without any known term from being divided by 0


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """What terms a sentence is turned into. Distances are in words; `piece_lengths` in characters, the stem's two blanks included.

    `shortness` is in squared idf: a sentence of 23 words, the median, sums to about 5,500. Of the terms of two words
    `most_of_two` are kept, those that weigh most for a framing, and a fifth as many for the stance. `clause_share` is how much
    the loudest clause may count, `clause_gate` the log-odds, before calibration, from where on it does (`clauses`).
    """

    pair_distance: int = 2
    piece_lengths: tuple[int, ...] = (5,)
    minimum_documents: int = 3
    shortness: float = SHORTNESS
    themes: Themes = field(default_factory=dict)
    near_distance: int = 3
    most_of_two: int = 75_000
    clause_share: float = 0.3
    clause_gate: float = -0.5


class Kind(IntEnum):
    """The kinds of term, in the order in which a model keeps them: those of one word, then those of two."""

    STEM = 0
    PIECE = 1
    THEME = 2
    PAIR = 3
    NEAR = 4
    TOGETHER = 5


def kind_of(term: str) -> Kind:
    """Return the kind of a term, which its marks tell."""
    if term.startswith(PIECE_MARK):
        return Kind.PIECE
    if " " in term:
        return Kind.NEAR if THEME_MARK in term else Kind.PAIR
    return (Kind.STEM, Kind.THEME, Kind.TOGETHER)[term.count(THEME_MARK)]


def words(text: str) -> list[str]:
    """Return the words of `text`, in lower case, digits as 0.

    >>> words("The DWP's £1.5bn offer, “Pathways”")
    ['the', 'dwp', 's', '0', '0bn', 'offer', 'pathways']
    """
    return text.encode("utf-8", "replace").translate(TO_WORDS).decode("ascii").split()


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return the character offsets of the words of `text`, in the same order as `words`."""
    return [match.span() for match in WORD.finditer(text)]


def stem_of(word: str) -> str:
    """Return the light stem of one word: inflections go, then one ending of a family; some words stay whole.

    Lighter than Snowball and as good here (docs/quality.md), and it never changes under a model's feet.

    >>> [stem_of(word) for word in ("incentives", "sanctioned", "claiming", "policies", "motivation")]
    ['incentiv', 'sanct', 'claim', 'policy', 'motiv']
    """
    if word in _WHOLE:
        return _WHOLE[word]
    word = _without_inflection(word)
    if not word.endswith(_ENDINGS):  # most don't, which is sooner seen in one go
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


stem = lru_cache(maxsize=100_000)(stem_of)  # the same, for who asks again and again


def _without_inflection(word: str) -> str:
    length = len(word)
    if length > 5 and word.endswith("ing"):
        word = word[:-3]
    elif length > 4 and word.endswith(("ied", "ies")):
        word = word[:-3] + "y"
    elif length > 4 and word.endswith("ed"):
        word = word[:-2]
    elif length > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > _SHORTEST_STEM and word.endswith("e"):
        word = word[:-1]
    is_doubled = len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "aeiouls"
    return word[:-1] if is_doubled else word


def pieces(stemmed: str, lengths: Iterable[int]) -> list[str]:
    """Return the pieces of one stem.

    >>> pieces("work", (5,))
    ['# work', '#work ']
    """
    padded = f" {stemmed} "
    return [
        PIECE_MARK + padded[start : start + length] for length in lengths for start in range(len(padded) - length + 1)
    ]


def places_of_pairs(stems: Sequence[str], distance: int) -> Iterator[tuple[int, int, str]]:
    """Yield every two stems of which the second follows the first by at most `distance` words: their places, and the term.

    >>> [term for _, _, term in places_of_pairs(["sick", "note", "cultur"], 2)]
    ['sick note', 'sick cultur', 'note cultur']
    """
    for first, second in neighbours(len(stems), distance):
        yield first, second, f"{stems[first]} {stems[second]}"


def scale(squared_length: float, shortness: float) -> float:
    """Return what a sentence's sums are divided by."""
    return math.sqrt(max(squared_length + shortness, TINY))


@dataclass(frozen=True, slots=True)
class Analyser:
    """Turns a sentence into its terms; the `analyzer` of scikit-learn's TfidfVectorizer."""

    settings: FeatureSettings = FeatureSettings()

    def __call__(self, text: str) -> list[str]:
        """Return every counted occurrence of every term of `text`."""
        stems = [stem(word) for word in words(text)]
        distinct = list(dict.fromkeys(stems))
        inside = [piece for found in distinct for piece in pieces(found, self.settings.piece_lengths)]
        pairs = [pair for _, _, pair in places_of_pairs(stems, self.settings.pair_distance)]
        return [*distinct, *inside, *pairs, *theme_terms(stems, self.settings.themes, self.settings.near_distance)]
