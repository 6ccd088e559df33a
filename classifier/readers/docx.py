"""Word documents (DOCX) → pieces. Knows paragraphs, styles, lists, tracked changes and notes.

<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Next steps</w:t></w:r></w:p>

Read from the XML itself: tracked insertions, content controls and text boxes are text too, deletions aren't.
"""

import re
import zipfile
from collections.abc import Iterator

from classifier.readers.building import Parsed, Piece, Role
from classifier.readers.office_xml import Event, events, open_office, properties
from classifier.readers.table_rows import TableRows

_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
# Deleted or moved text, field codes, and the second rendering of a text box.
_UNREAD = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText"})
_SPACES = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-", "ptab": " "}
_HEADING = re.compile(r"(?:heading|title|subtitle)\b", re.IGNORECASE)
_QUOTE = re.compile(r"quot", re.IGNORECASE)
_LIST = re.compile(r"list|bullet", re.IGNORECASE)


def parse_docx(data: bytes) -> Parsed:
    """Return the paragraphs of a Word document, its notes last, and its title and date."""
    archive = open_office(data)
    styles = _style_roles(archive)
    pieces = [piece for part in _PARTS for piece in _paragraphs(events(archive, part), styles)]
    core = properties(archive, "docProps/core.xml")
    author = core.get("creator")
    return Parsed(tuple(pieces), core.get("title", ""), _day(core), {"author": author} if author else {})


def _day(core: dict[str, str]) -> str:
    return (core.get("modified") or core.get("created") or "")[:10]


def _style_roles(archive: zipfile.ZipFile) -> dict[str, Role]:
    """Return the roles of the styles that have one, by id: a style's name tells it, or that of the style it is based on."""
    names: dict[str, str] = {}
    bases: dict[str, str] = {}
    style = ""
    for kind, tag, attributes in events(archive, "word/styles.xml"):
        if kind == "start" and tag == "style":
            style = attributes.get("styleId", "")
        elif kind == "start" and tag == "name" and style:
            names.setdefault(style, attributes.get("val", ""))
        elif kind == "start" and tag == "basedOn" and style:
            bases[style] = attributes.get("val", "")
    roles = {style: _role_of(name) or _role_of(names.get(bases.get(style, ""), "")) for style, name in names.items()}
    return {style: role for style, role in roles.items() if role}


def _role_of(name: str) -> Role | None:
    if _HEADING.match(name):
        return "heading"
    if _QUOTE.search(name):
        return "quote"
    return "item" if _LIST.search(name) else None


def _paragraphs(found: Iterator[Event], styles: dict[str, Role]) -> Iterator[Piece]:
    """Yield a piece for each paragraph; one inside another, as in a text box, comes first."""
    texts: list[list[str]] = [[]]
    roles: list[Role] = ["paragraph"]
    table = TableRows([], [])
    unread = 0
    is_text = False
    for kind, value, attributes in found:
        if kind == "text":
            if is_text and not unread:
                texts[-1].append(value)
        elif value in _UNREAD:
            unread += 1 if kind == "start" else -1
        elif value == "t":
            is_text = kind == "start"
        elif value == "p":
            if kind == "start":
                texts.append([])
                roles.append("paragraph")
            else:
                table.cells.append(Piece("".join(texts.pop()), roles.pop()))
                yield from table.finished()
        elif value == "tr":
            table.turn_row(kind == "start")
            yield from table.finished()
        elif kind == "start":
            texts[-1].append(_SPACES.get(value, ""))
            roles[-1] = _role(value, attributes, styles, roles[-1])


def _role(tag: str, attributes: dict[str, str], styles: dict[str, Role], role: Role) -> Role:
    if tag == "pStyle":
        return styles.get(attributes.get("val", ""), role)
    if tag == "outlineLvl":
        return "heading"
    return "item" if tag == "numPr" and role == "paragraph" else role
