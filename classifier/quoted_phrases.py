"""Phrases in quotation marks: what a sentence holds at arm's length. Knows marks; knows nothing of words that frame.

A few words inside marks ("so-called 'voluntary' schemes") are as often doubted as they are a name, and are to the stance what no
word is. A longer quotation is somebody's voice, and says nothing by its marks.
"""

import re
from collections.abc import Iterable

from classifier.features import word_spans

Span = tuple[int, int]

MOST_WORDS = 6
_MARKS = frozenset("\"'“‘")
_PHRASE = re.compile(r"""(?<!\w)(?:“[^“”]{1,80}”|‘[^‘“”]{1,80}?’(?!\w)|"[^"]{1,80}"|'[^'"“”]{1,80}'(?!\w))(?!\w)""")


def quoted_phrases(sentence: str) -> list[Span]:
    """Return where the phrases of at most `MOST_WORDS` words in quotation marks stand in a sentence, marks included.

    >>> sentence = "The ‘claimant’s choice’, we are told, is “voluntary”."
    >>> [sentence[start:end] for start, end in quoted_phrases(sentence)]
    ['‘claimant’s choice’', '“voluntary”']
    """
    if _MARKS.isdisjoint(sentence):
        return []
    found = (match.span() for match in _PHRASE.finditer(sentence))
    return [(start, end) for start, end in found if 1 <= len(word_spans(sentence[start:end])) <= MOST_WORDS]


def are_quoted(sentences: Iterable[str]) -> list[bool]:
    """Return whether each sentence holds such a phrase."""
    return [bool(quoted_phrases(sentence)) for sentence in sentences]
