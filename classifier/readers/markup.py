"""A tree of HTML → pieces of text with their roles. Knows elements; doesn't know which part of a page is its main text.

<h2>Next steps</h2> <ul><li>We will …</li></ul> <blockquote><p>“We must …”</p></blockquote>

The walk is a loop, not a recursion, so that a page nested 100,000 deep is just a page.
"""

import re
from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

from classifier.readers.building import Parsed, Piece, Role
from classifier.readers.table_rows import TableRows
from classifier.remarks import ignored_names

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
_FORMATTING = re.compile(rb"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s>/])", re.IGNORECASE)
_LARGE_BYTES = 256 * 1024
_MOST_UNCLOSED = 2000
_MOST_NODES = 4_000_000
_BREAK = "\x00"
_COMMENT = "-comment"
_NEW_SENTENCE = re.compile(" ?\x00 ?\x00[ \x00]*| ?\x00 ?(?=[^a-z ])")


def is_risky(data: bytes) -> bool:
    """Return whether these bytes could make a tree that takes very long or much memory to build.

    HTML's own rules make it so: a formatting tag that is left open is opened again in each paragraph that follows, and each
    tag looks up through all that are open.
    """
    tags = data.count(b"<")
    unclosed = tags - 2 * data.count(b"</")
    reopened = len(_FORMATTING.findall(data)) * tags
    return len(data) > _LARGE_BYTES or unclosed > _MOST_UNCLOSED or reopened > _MOST_NODES


def parse_markup(data: bytes) -> "LexborHTMLParser":
    """Return the tree of an HTML page or fragment in UTF-8."""
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(data.replace(b"\x00", b" "))


def parse_fragment(data: bytes) -> Parsed:
    """Return the pieces of an HTML fragment in UTF-8, all of it main text."""
    body = parse_markup(data).body
    return Parsed(tuple(pieces_of(body)) if body else ())


def pieces_of(root: "LexborNode", skipped: Container[int] = ()) -> Iterator[Piece]:
    """Yield the text below `root` in order, one piece for each stretch that is a block of its own.

    What a comment asks to ignore goes with the piece it stands in or, between two, with the next.
    """
    text: list[str] = []
    ignored: list[str] = []
    roles: list[Role] = ["paragraph"]
    table = TableRows([], [])
    for node, is_start in walk(root, skipped, with_comments=True):
        tag = node.tag or ""
        if tag == _COMMENT:
            ignored += sorted(ignored_names(node.html or "")) if is_start else ()
        elif tag in _BLOCKS:
            table.cells.extend(_flush(text, roles[-1], ignored))
            if is_start:
                roles.append(_role(tag, roles[-1]))
            else:
                roles.pop()
            if tag == "tr":
                table.turn_row(is_start)
            yield from table.finished()
        elif is_start or tag == "q":
            text.append(_inline(node, tag, is_start))
    yield from [*table.cells, *_flush(text, roles[-1], ignored)]


def _inline(node: "LexborNode", tag: str, is_start: bool) -> str:
    if tag == "-text":
        return node.text_content or ""
    if tag == "q":
        return "“" if is_start else "”"
    return _BREAK if tag == "br" else ""


def _role(tag: str, around: Role) -> Role:
    """Return the role of an element inside one of role `around`: what a quotation holds is quoted."""
    if around == "quote" or tag == "blockquote":
        return "quote"
    if tag in HEADINGS:
        return "heading"
    return "item" if tag in _ITEMS else around


def walk(
    root: "LexborNode", skipped: Container[int] = (), with_comments: bool = False
) -> Iterator[tuple["LexborNode", bool]]:
    """Yield every readable node below `root` but the `skipped`: (node, True) on the way in, (node, False) on the way out."""
    node = root.first_child
    parents: list[LexborNode] = []
    while node is not None:
        if (is_read(node) or (with_comments and node.tag == _COMMENT)) and node.mem_id not in skipped:
            yield node, True
            if (child := node.first_child) is not None:
                parents.append(node)
                node = child
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


def _flush(text: list[str], role: Role, ignored: list[str]) -> Iterator[Piece]:
    """Yield what was gathered; a line break divides it where two stand together or a capital or figure follows."""
    joined = " ".join("".join(text).split())
    text.clear()
    parts = [part for part in _NEW_SENTENCE.split(joined) if part.strip(" \x00")] if joined else []
    for part in parts:
        yield Piece(part.replace(_BREAK, " "), role, None, tuple(ignored))
    if parts:
        ignored.clear()
