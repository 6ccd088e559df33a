"""Text → sentences with exact offsets. Knows where UK government prose ends a sentence; knows nothing of framings.

`spans` is the fast path (offsets only); `sentence_at` dresses one span with what a result needs: whether it is quoted,
its role and its page.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from classifier.records import Block, Document, Sentence

Span = tuple[int, int]

ABBREVIATIONS = frozenset(
    """rt hon mr mrs ms dr prof st no nos e.g i.e eg ie etc vs cf al para paras p pp p.a approx dept ltd plc inc gov
    sec ch col lt gen sgt capt rev sr jr fig vol ref art ext tel""".split()  # noqa: SIM905 - a list of words reads best as words
)

_LONGEST_ABBREVIATION = 12

# Where a sentence may end: a line end, or a terminator with its closing marks and the blanks after it, unless a lower-case
# letter follows. Every match begins with one of a few characters, which is what makes the search fast.
_BOUNDARY = re.compile(r"[.!?…\n](?:(?<=\n)\s*|[\"'”’)\]]*[^\S\n]+(?![\"'“‘(\[]*[a-z]))")


def spans(text: str, abbreviations: frozenset[str] = ABBREVIATIONS) -> list[Span]:
    """Return the sentences of `text` as half-open character offsets, in order, without the white space around them.

    >>> text = "The Rt. Hon. Member asked. We answered at No. 10."
    >>> [text[start:end] for start, end in spans(text)]
    ['The Rt. Hon. Member asked.', 'We answered at No. 10.']
    """
    found = []
    start = len(text) - len(text.lstrip())
    for mark in _BOUNDARY.finditer(text, start):
        at, end = mark.span()
        if text[at] == "." and _is_abbreviation(text, at, abbreviations):
            continue
        length = len(text[start:end].rstrip())
        if length:
            found.append((start, start + length))
        start = end
    if last := text[start:].rstrip():
        found.append((start, start + len(last)))
    return found


def _is_abbreviation(text: str, stop: int, abbreviations: frozenset[str]) -> bool:
    """Return whether the full stop at `stop`, with a blank right after it, ends an abbreviation or an initial."""
    if not text[stop + 1].isspace():
        return False
    recent = text[max(0, stop - _LONGEST_ABBREVIATION) : stop].split()
    word = recent[-1].lstrip("\"'“‘([") if recent else ""
    return word.lower() in abbreviations or (len(word) == 1 and word.isupper())


def document_spans(document: Document) -> list[Span]:
    """Return the sentence spans of a document, never crossing one of its blocks."""
    if not document.blocks:
        return spans(document.text)
    return [
        (block.start + start, block.start + end)
        for block in document.blocks
        for start, end in spans(document.text[block.start : block.end])
    ]


def sentence_at(document: Document, span: Span, quotations: Sequence[Span] = ()) -> Sentence:
    """Return the sentence at `span` with its role, page and whether most of it lies inside quotation marks."""
    start, end = span
    block = _block_at(document.blocks, start)
    quoted = sum(
        min(end, q_end) - max(start, q_start) for q_start, q_end in quotations if q_start < end and q_end > start
    )
    is_quoted = 2 * quoted >= end - start or (block is not None and block.role == "quote")
    role, page = (block.role, block.page) if block else ("paragraph", None)
    return Sentence(start, end, document.text[start:end], is_quoted, role, page)


def _block_at(blocks: Sequence[Block], offset: int) -> Block | None:
    index = bisect_right(blocks, offset, key=lambda block: block.start) - 1
    return blocks[index] if index >= 0 else None


_QUOTE_MARK = re.compile('[“”"]')


def quotations(text: str) -> list[Span]:
    """Return the spans inside double quotation marks, curly or straight, across sentences and, if reopened, paragraphs.

    A quotation that runs over a paragraph end stays open only if the next paragraph opens with a mark again.

    >>> quotations('He said: "We will. We must." Then left.')
    [(9, 28)]
    """
    found: list[Span] = []
    opened: int | None = None
    for mark in _QUOTE_MARK.finditer(text):
        at, sign = mark.start(), mark.group()
        if opened is not None and "\n" in text[opened:at]:
            found.append((opened, text.index("\n", opened)))
            opened = None
        if opened is None:
            opened = None if sign == "”" else at
        elif sign != "“":
            found.append((opened, at + 1))
            opened = None
    return _with_open_end(text, found, opened)


def _with_open_end(text: str, found: list[Span], opened: int | None) -> list[Span]:
    if opened is not None and (end := text.find("\n", opened)) >= 0:
        found.append((opened, end))
    elif opened is not None:
        found.append((opened, len(text)))
    return found
