"""A tree of HTML → pieces of text with their roles. Knows elements; doesn't know which part of a page is its main text.

<h2>Next steps</h2> <ul><li>We will …</li></ul> <blockquote><p>“We must …”</p></blockquote>

The walk is a loop, not a recursion, so that a page nested 100,000 deep is just a page.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from classifier.errors import InputError
from classifier.readers.building import Piece, Role

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ITEMS = frozenset({"li", "dd", "dt"})
_UNREAD = frozenset(
    """audio button canvas datalist embed head iframe input math meter noscript object option progress rp rt script select
    style svg template textarea title video""".split()  # noqa: SIM905 - a list of words reads best as words
)
_BLOCKS = frozenset(
    """address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section summary table tbody td tfoot th
    thead tr ul""".split()  # noqa: SIM905
)
_UNREAD_CLASS = re.compile(
    r"(?:^|\s)(?:attachment|gem-c-attachment|js-hidden|(?:govuk-)?visually-?hidden|sr-only|screen-reader-text|reversefootnote"
    r"|footnote-backref|govuk-skip-link)(?:\s|$)"
)
_NOTE_REFERENCE = re.compile(r"^#(?:fn|footnote|_ftn|cite_note)", re.IGNORECASE)
_FORMATTING = re.compile(rb"<(/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s>/])", re.IGNORECASE)
_MOST_UNCLOSED = 1000
_BREAK = "\x1f"
_NEW_SENTENCE = re.compile(r"\s*\x1f\s*\x1f[\s\x1f]*|\s*\x1f\s*(?=[^a-z\s])")
_SHORT_CELL = 60


def parse_markup(source: bytes | str) -> "LexborHTMLParser":
    """Return the tree of an HTML page or fragment; raise `InputError` where its tags would multiply without end."""
    from selectolax.lexbor import LexborHTMLParser

    data = source.encode("utf-8", "replace") if isinstance(source, str) else source
    marks = _FORMATTING.findall(data)
    if len(marks) - 2 * sum(map(bool, marks)) > _MOST_UNCLOSED:
        raise InputError(
            "its HTML leaves over 1,000 tags such as <b> or <a> unclosed; no program could show it as meant."
        )
    return LexborHTMLParser(data.replace(b"\x00", b" "))


def pieces_of_fragment(html: str) -> list[Piece]:
    """Return the pieces of an HTML fragment, all of it main text.

    >>> pieces_of_fragment("<h2>Aim</h2><p>We&rsquo;ll <b>act</b>.</p>")
    [Piece(text='Aim', role='heading', page=None), Piece(text='We’ll act.', role='paragraph', page=None)]
    """
    body = parse_markup(html).body
    return list(pieces_of(body)) if body else []


def pieces_of(root: "LexborNode") -> Iterator[Piece]:
    """Yield the text below `root` in order, one piece for each stretch that is a block of its own."""
    text: list[str] = []
    opened: list[str] = []
    for node, is_start in walk(root):
        tag = node.tag or ""
        if tag == "-text":
            text.append((node.text_content or "") if is_start else "")
        elif tag == "br":
            text.append(_BREAK if is_start else "")
        elif tag == "q":
            text.append("“" if is_start else "”")
        elif tag in _BLOCKS:
            yield from _flush(text, opened)
            if is_start:
                opened.append(tag)
            else:
                opened.pop()
    yield from _flush(text, opened)


def walk(root: "LexborNode") -> Iterator[tuple["LexborNode", bool]]:
    """Yield every node below `root`, readable ones only: (node, True) on the way in, (node, False) on the way out."""
    node, depth = root.first_child, 0
    parents: list[LexborNode] = []
    while node is not None:
        if is_read(node):
            yield node, True
            if (child := node.first_child) is not None:
                parents.append(node)
                node, depth = child, depth + 1
                continue
            yield node, False
        while (following := node.next) is None and parents:
            node = parents.pop()
            yield node, False
        node = following


def is_read(node: "LexborNode") -> bool:
    """Return whether a reader of the page would see this node as part of its prose."""
    tag = node.tag
    if tag == "-text":
        return True
    if tag is None or tag in _UNREAD or tag[0] in "-!":
        return False
    attributes = node.attributes
    if not attributes:
        return True
    if "hidden" in attributes or _UNREAD_CLASS.search(attributes.get("class") or ""):
        return False
    return not (tag == "a" and _NOTE_REFERENCE.match(attributes.get("href") or "") and _is_note_mark(node))


def _is_note_mark(node: "LexborNode") -> bool:
    parent = node.parent
    return len(node.text()) < 16 and (parent is not None and parent.tag == "sup")


def _flush(text: list[str], opened: list[str]) -> Iterator[Piece]:
    joined = "".join(text)
    text.clear()
    if joined.strip():
        role = _role(opened)
        for part in _NEW_SENTENCE.split(joined):
            if part.strip(" \n\t\x1f"):
                yield Piece(part.replace(_BREAK, " "), role)


def _role(opened: list[str]) -> Role:
    if "blockquote" in opened:
        return "quote"
    innermost = next((tag for tag in reversed(opened) if tag in HEADINGS or tag in _ITEMS), "")
    if innermost in HEADINGS:
        return "heading"
    return "item" if innermost else "paragraph"
