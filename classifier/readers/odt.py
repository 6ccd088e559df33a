"""OpenDocument texts (ODT) → pieces. Knows paragraphs, headings, lists, notes and tracked changes.

<text:h text:outline-level="1">Next steps</text:h><text:p text:style-name="Quotations">“We must …”</text:p>
"""

import re
import zipfile
from collections.abc import Iterator

from classifier.readers.building import Parsed, Piece, Role
from classifier.readers.office_xml import Event, events, open_office, properties
from classifier.readers.table_rows import TableRows

# Deleted text, comments, and the marks of notes.
_UNREAD = frozenset({"tracked-changes", "annotation", "note-citation", "sequence-decls", "forms", "table-of-content"})
_QUOTE = re.compile(r"quot", re.IGNORECASE)
_SPACES = {"tab": " ", "line-break": " ", "s": " "}


def parse_odt(data: bytes) -> Parsed:
    """Return the paragraphs of an OpenDocument text, and its title and date."""
    archive = open_office(data)
    quotes = _quote_styles(archive)
    meta = properties(archive, "meta.xml")
    pieces = tuple(_paragraphs(events(archive, "content.xml"), quotes))
    author = meta.get("creator") or meta.get("initial-creator")
    day = (meta.get("date") or meta.get("creation-date") or "")[:10]
    return Parsed(pieces, meta.get("title", ""), day, {"author": author} if author else {})


def _quote_styles(archive: zipfile.ZipFile) -> set[str]:
    """Return the names of the styles for quotations and of the automatic styles made from them."""
    found = set()
    for member in ("styles.xml", "content.xml"):
        for kind, tag, attributes in events(archive, member):
            names = (attributes.get("name", ""), attributes.get("parent-style-name", ""))
            if kind == "start" and tag == "style" and any(map(_QUOTE.search, names)):
                found.add(names[0])
    return found


def _paragraphs(found: Iterator[Event], quotes: set[str]) -> Iterator[Piece]:
    """Yield a piece for each paragraph; one inside another, as in a note, comes first."""
    texts: list[list[str]] = [[]]
    roles: list[Role] = ["paragraph"]
    table = TableRows([], [])
    unread = items = 0
    for kind, value, attributes in found:
        step = 1 if kind == "start" else -1
        if kind == "text":
            texts[-1].append("" if unread else value)
        elif value in _UNREAD:
            unread += step
        elif value == "list-item":
            items += step
        elif value in {"p", "h"}:
            if kind == "start":
                texts.append([])
                roles.append(_role(value, attributes, quotes, items))
            elif len(texts) > 1:
                table.cells.append(Piece("".join(texts.pop()), roles.pop()))
                yield from table.finished()
        elif value == "table-row":
            table.turn_row(kind == "start")
            yield from table.finished()
        elif kind == "start":
            texts[-1].append(_SPACES.get(value, ""))


def _role(tag: str, attributes: dict[str, str], quotes: set[str], items: int) -> Role:
    style = attributes.get("style-name", "")
    if tag == "h":
        return "heading"
    if style in quotes or _QUOTE.search(style):
        return "quote"
    return "item" if items else "paragraph"
