"""Pieces of text with a role → one Document with offsets. The one place where readers normalise text and count characters.

Each piece is normalised, its white space collapsed to single spaces, and the pieces are joined by line ends, so that
`document.text[block.start:block.end]` is the piece and no block holds a line end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from classifier.readers.language import language_note
from classifier.records import Block, Document, DocumentFailure
from classifier.text import normalise

Role = Literal["paragraph", "heading", "item", "quote"]
EMPTY = "empty: it holds no text."


class Piece(NamedTuple):
    """A paragraph, heading, list item or quotation on its way into a document."""

    text: str
    role: Role = "paragraph"
    page: int | None = None
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser found in a file, before it has a name: pieces of text and what is known of them."""

    pieces: tuple[Piece, ...]
    title: str = ""
    date: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def one_line(text: str) -> str:
    r"""Return `text` normalised, with every run of white space as one space.

    >>> one_line(" The\xa0 Rt.\n Hon. ")
    'The Rt. Hon.'
    """
    return " ".join(normalise(text).split())


def build_document(
    name: str,
    pieces: Iterable[Piece],
    *,
    title: str = "",
    date: str = "",
    metadata: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
    empty: str = EMPTY,
) -> Document | DocumentFailure:
    """Return the document that the pieces make, or a failure that says `empty` if they hold no text."""
    texts: list[str] = []
    blocks: list[Block] = []
    at = 0
    for piece in pieces:
        if line := one_line(piece.text):
            blocks.append(Block(at, at + len(line), piece.role, piece.page, piece.ignored))
            texts.append(line)
            at += len(line) + 1
    if not texts:
        return DocumentFailure(name, "InputError", empty)
    text = "\n".join(texts)
    return Document(name, text, one_line(title), date, metadata or {}, tuple(blocks), with_language(text, notes))


def build_parsed(name: str, parsed: Parsed, empty: str = EMPTY) -> Document | DocumentFailure:
    """Return the document that a parser's findings make."""
    return build_document(
        name,
        parsed.pieces,
        title=parsed.title,
        date=parsed.date,
        metadata=parsed.metadata,
        notes=parsed.notes,
        empty=empty,
    )


def with_language(text: str, notes: tuple[str, ...]) -> tuple[str, ...]:
    """Return `notes`, and one more where `text` is clearly not English."""
    note = language_note(text)
    return (*notes, note) if note else notes
