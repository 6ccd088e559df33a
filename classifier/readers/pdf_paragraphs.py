"""Lines of PDF pages → paragraphs, headings and items. Knows indents, spacing, bullets and words divided at a line's end.

We are reforming the employ-        →  We are reforming the employment support
ment support system.                   system.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from classifier.readers.building import Piece, Role
from classifier.readers.pdf_furniture import without_furniture
from classifier.readers.pdf_layout import Line, Page, lines_of

_BULLET = re.compile(r"(?:[•●▪■◦‣\uf0b7\uf0a7o–—-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})\)|\d{1,2}\.)\s+(?=\S)")
_DOT = re.compile(r"[•●▪■◦‣\uf0b7\uf0a7o]\s")
_ENDED = re.compile(r"[.!?:;][\"”’')\]]*$")
_DIVIDED = re.compile(r"(\w+)[-\u00ad]$")
_OPEN_ADDRESS = re.compile(r"(?:://|www\.)\S*[-/_=&?]$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SAME_SIZE = 0.08
_HEADING_SIZE = 1.12
_LONGEST_HEADING = 200
_SPACED = 1.3
_SHORT = 0.75
_FULL = 0.85
# First parts that are usually joined to the next by a hyphen of their own, unless what follows is an ending: long-er.
_PREFIXES = frozenset(
    """anti co cross ex face fast fit full half hard high ill large life long low mid multi near new non old one open part
    post real self semi short single small sub two well work year zero""".split()  # noqa: SIM905 - a list reads best as words
)
_ENDING = re.compile(r"(?:ing|er|ed|est|ly|y|s|ner|ness|ship|al|able|ity)(?:s|ly)?$")


def pieces_of_pages(pages: list[Page]) -> Iterator[Piece]:
    """Yield the paragraphs of a PDF in reading order, each with the number of the page on which it begins."""
    numbered = [(n, line) for n, page in enumerate(without_furniture(pages), 1) for line in lines_of(page)]
    if not numbered:
        return
    lines = [line for _, line in numbered]
    body_size, spacing = _body_size(lines), _spacings(lines)
    words = Counter(word.lower() for line in lines for word in _WORD.findall(line.text))
    paragraph = [numbered[0]]
    for (before_page, before), (page, line) in pairwise(numbered):
        if before_page == page and not _is_new_column(before, line):
            goes_on = _goes_on(before, line, paragraph[0][1], spacing)
        else:
            goes_on = _goes_over(before, line)
        if not goes_on:
            yield _piece(paragraph, body_size, words)
            paragraph = []
        paragraph.append((page, line))
    yield _piece(paragraph, body_size, words)


def _body_size(lines: list[Line]) -> float:
    """Return the type size in which most of the text is set."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[_rounded(line.size)] += len(line.text)
    return sizes.most_common(1)[0][0]


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _spacings(lines: list[Line]) -> dict[float, float]:
    """Return the usual distance from one line to the next for each type size."""
    found: dict[float, list[float]] = {}
    for before, line in pairwise(lines):
        distance = before.bottom - line.bottom
        if _is_same_size(before, line) and 0 < distance < 3 * line.size:
            found.setdefault(_rounded(line.size), []).append(distance)
    return {size: sorted(distances)[len(distances) // 3] for size, distances in found.items()}


def _is_new_column(before: Line, line: Line) -> bool:
    return line.bottom >= before.bottom or line.left > before.column_right or line.right < before.column_left


def _is_same_size(before: Line, line: Line) -> bool:
    return abs(before.size - line.size) <= _SAME_SIZE * before.size


def _goes_on(before: Line, line: Line, first: Line, spacing: dict[float, float]) -> bool:
    """Return whether `line` belongs to the paragraph of the line above it, which begins with `first`."""
    usual = spacing.get(_rounded(line.size), 1.3 * line.size)
    if not _is_same_size(before, line) or before.bottom - line.bottom > _SPACED * usual or _is_item(before, line):
        return False
    if _BULLET.match(first.text) and line.left < first.left + 0.3 * line.size and _ENDED.search(before.text):
        return False
    is_indented = line.left > before.left + 0.8 * line.size and not _BULLET.match(before.text)
    return not (_ENDED.search(before.text) and (is_indented or not _reaches(before, _SHORT)))


def _is_item(before: Line, line: Line) -> bool:
    """Return whether a line begins a list item; after an open line, `(a)` is part of its sentence."""
    is_open = not _ENDED.search(before.text) and _reaches(before, _FULL)
    return bool(_DOT.match(line.text) or (_BULLET.match(line.text) and not is_open))


def _reaches(line: Line, share: float) -> bool:
    return line.right >= line.column_left + share * (line.column_right - line.column_left)


def _goes_over(before: Line, line: Line) -> bool:
    """Return whether a sentence goes on over the end of a column or page."""
    is_open = not _ENDED.search(before.text) and _is_same_size(before, line) and not _DOT.match(line.text)
    return is_open and (line.text[:1].islower() or _reaches(before, _FULL))


def _piece(paragraph: list[tuple[int, Line]], body_size: float, words: Counter[str]) -> Piece:
    page, first = paragraph[0]
    text = _joined([line.text for _, line in paragraph], words)
    bullet = _BULLET.match(text)
    return Piece(text[bullet.end() :] if bullet else text, _role(text, first, body_size), page)


def _role(text: str, first: Line, body_size: float) -> Role:
    is_large = first.size >= _HEADING_SIZE * body_size
    if is_large and len(text) <= _LONGEST_HEADING:
        return "heading"
    return "item" if _BULLET.match(text) else "paragraph"


def _joined(lines: list[str], words: Counter[str]) -> str:
    """Return the lines as one text, words that were divided at a line's end made whole."""
    text = lines[0]
    for line in lines[1:]:
        divided = _DIVIDED.search(text)
        if _OPEN_ADDRESS.search(text):
            text += line
        elif divided and line[:1].islower():
            text = text[:-1] + _hyphen(divided.group(1), line, words, is_soft=text.endswith("\u00ad")) + line
        else:
            text = f"{text} {line}"
    return text.replace("\u00ad", "-")


def _hyphen(first: str, line: str, words: Counter[str], *, is_soft: bool) -> str:
    """Return the hyphen that belongs between the parts of a divided word: none, unless the document or custom has one."""
    second = line.split()[0].strip(".,;:!?)”’\"'")
    whole, hyphenated = words[(first + second).lower()], words[f"{first}-{second}".lower()]
    if whole or hyphenated:
        return "-" if hyphenated > whole else ""
    return "-" if first.lower() in _PREFIXES and not _ENDING.match(second) else ""
