"""Text → sentences with exact offsets. Knows where UK government prose ends a sentence; knows nothing of framings.

`spans` is the fast path (offsets only); `sentence_at` dresses one span with what a result needs: whether it is quoted,
its role and its page.

One regular expression finds the few places where a sentence may end; a look at the word before a full stop settles the rest.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from classifier.abbreviations import BEFORE_NUMBERS, SHORTENED, STARTERS, TITLES
from classifier.records import Block, Document, Sentence

Span = tuple[int, int]

_OPENING = "[\"'“‘(\\[]*+"
_STARTER = rf"{_OPENING}(?:{'|'.join(sorted(STARTERS))})\b(?!\.|[.’'][A-Z])"
_FOOTNOTE = r"""(?:[\[\d¹²³⁰⁴-⁹](?:(?<=\[)\d{1,3}\](?:\[\d{1,3}\])*+|(?<=[¹²³⁰⁴-⁹])[¹²³⁰⁴-⁹]*+
    |(?:(?<=[a-zA-Z)”’"'][.!?]\d)|(?<=[.!?][)”’"']\d))\d?))?"""
# Lower case goes on with the sentence, but not in "iPhone", "c2c", "b) the second" and "ii. the second". So do
# punctuation and, up to the line's end, anything without a letter: "(27)", a mark that stands alone.
_MORE = rf"(?:{_OPENING}|[–—]\ )[a-zß-öø-ÿ](?![A-Z\d]|[a-z][A-Z]|[).]\ |[ivx]{{1,3}}[).]\ )|[,;:!?)\]]|\.(?!\.)|(?:[^\w\n]|[\d_]){{0,12}}+(?:\n|\Z)"
# A line end; or terminators, their closing marks and the mark of a footnote, then blanks and no sign that the sentence goes on.
# Group 1 stands where the sentence ends. Where the blank was forgotten ("in place.The"), only a word that begins sentences will
# do. Every match begins with one of five characters, which makes the search fast, and with no terminator before it, which
# keeps it linear; "[…]" ends nothing.
_BOUNDARY = re.compile(
    rf"""[.!?…\n](?:(?<=\n)\s*+
    |(?<![.!?…(\[].)[.!?…]*+["'”’)\]]*+{_FOOTNOTE}()(?:[^\S\n]++(?!{_MORE})|(?=[A-Z])(?<=[a-z]..)(?={_STARTER}[ ,])))""",
    re.VERBOSE,
)
_STARTS = re.compile(_STARTER)
_NUMBER = re.compile(r"[(\[]?(?:\d|[IVXLC]{2,}\b|[B-HJ-Z]\b|[a-z]\)|[ivx]+\))")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_ENUMERATOR = re.compile(
    r"[(\[]?(?:[A-Z][a-z]+ )?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivx]{1,4}|[IVX]{1,4}|[A-Z]\d{1,3})[)\]]?"
)
LONGEST_SENTENCE = 5000
_LONGEST_ENUMERATOR = 20
_LONGEST_WORD = 24
ABBREVIATIONS = {word.lower() for word in TITLES | BEFORE_NUMBERS | SHORTENED}
LONG = max(map(len, ABBREVIATIONS)) + 1  # a word of so many letters is none of them


def spans(text: str) -> list[Span]:
    """Return the sentences of `text` as half-open character offsets, in order, without the white space around them.

    >>> text = "The Rt. Hon. Member asked. We answered at No. 10."
    >>> [text[start:end] for start, end in spans(text)]
    ['The Rt. Hon. Member asked.', 'We answered at No. 10.']
    """
    return _spans(text, 0, len(text))


def document_spans(document: Document) -> list[Span]:
    """Return the sentence spans of a document, never crossing one of its blocks."""
    text = document.text
    if not document.blocks:
        return _spans(text, 0, len(text))
    return [span for block in document.blocks for span in _spans(text, block.start, block.end)]


def _spans(text: str, first: int, last: int) -> list[Span]:
    """Return the sentences of `text[first:last]`."""
    found = []
    start = first
    while start < last and text[start].isspace():
        start += 1
    for mark in _BOUNDARY.finditer(text, start, last):
        at, end = mark.span()
        stop = mark.start(1)
        if stop < 0:
            stop = without_blanks(text, start, at)
        elif text[at] in ".…" and _goes_on(text, start, at, end):
            continue
        if stop > start:
            found.append((start, stop))
        start = end
    if (stop := without_blanks(text, start, last)) > start:
        found.append((start, stop))
    return found if last - first <= LONGEST_SENTENCE else list(divided(text, found))


def end_at(text: str, start: int, at: int) -> Span | None:
    """Return where the sentence from `start` ends if it does so at the sign `at`, and where the next one begins; else None."""
    mark = _BOUNDARY.match(text, at)
    if mark is None or (text[at] in ".…" and _goes_on(text, start, at, mark.end())):
        return None
    return mark.start(1), mark.end()


def divided(text: str, found: Sequence[Span]) -> Iterator[Span]:
    """Yield the sentences; what is too long to be one is divided at blanks, so that nothing takes memory without bound."""
    for start, stop in found:
        while stop - start > LONGEST_SENTENCE:
            blank = text.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE)
            end = blank if blank > 0 else start + LONGEST_SENTENCE
            yield start, without_blanks(text, start, end)
            start = end
            while text[start].isspace():
                start += 1
        yield start, stop


def without_blanks(text: str, start: int, end: int) -> int:
    """Return where `text[start:end]` ends without the white space at its end."""
    return start + len(text[start:end].rstrip()) if end > start and text[end - 1].isspace() else end


def _goes_on(text: str, start: int, at: int, end: int) -> bool:
    """Return whether the sentence from `start` goes on after the full stop at `at`; the next word begins at `end`."""
    if at - start >= LONG and text[at - LONG : at].isalpha():
        return False
    if at - start <= _LONGEST_ENUMERATOR and (at == start or _ENUMERATOR.fullmatch(text, start, at)):
        return True
    earliest = max(start, at - _LONGEST_WORD)
    word = text[text.rfind(" ", earliest, at) + 1 or earliest : at]
    if word.isalpha() and len(word) > 1 and word.lower() not in ABBREVIATIONS:
        return False
    if text[at + 1] in ".!?…":
        return False
    following = at + 1 if text[at + 1].isdigit() else end
    word = word.lstrip("\"'“‘([")
    if word.isdigit():
        return text.startswith((":", ";"), max(start, at - len(word) - 2))
    if _DOTTED.fullmatch(word):
        return word.lower() in TITLES or not _STARTS.match(text, following)
    return _goes_on_after(re.split(r"[.\-–/]", word)[-1], text, following)


def _goes_on_after(word: str, text: str, following: int) -> bool:
    """Return whether a full stop after `word` is the sign of an abbreviation, given what begins at `following`."""
    forms = {word, word.lower()}
    if forms & BEFORE_NUMBERS and _NUMBER.match(text, following):
        return True
    if forms & TITLES:
        return True
    is_short = forms & SHORTENED or (len(word) == 1 and word.isalpha())
    return bool(is_short) and not _STARTS.match(text, following)


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
