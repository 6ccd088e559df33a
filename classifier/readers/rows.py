"""One row of a table or one JSON object → a document. Knows which field is the text and which one is the name."""

from collections.abc import Iterable, Mapping
from typing import Any

from classifier.errors import FramingError
from classifier.readers.building import with_language
from classifier.readers.options import ReadOptions
from classifier.records import Document, DocumentFailure
from classifier.text import normalise

TEXT_FIELDS = (
    "text",
    "body",
    "content",
    "answer",
    "sentence",
    "full_text",
    "answer_text",
    "speech",
    "article",
    "paragraph",
)
NO_TEXT = "holds no text"
_NAME_FIELDS = ("id", "url", "uri", "link")
_NAMES = (str, int)
_SHORTEST_PROSE = 40
_SHOWN_COLUMNS = 200


def document_from_row(row: dict[str, Any], where: str, text_column: str | None) -> Document | DocumentFailure:
    """Return the row as a document: its text field normalised, everything else kept as metadata.

    An empty cell is nothing that went wrong: the row is a document without sentences, and a note says so.
    """
    if text_column is None or text_column not in row:
        return DocumentFailure(where, "InputError", no_text_column(row, text_column))
    value = row.pop(text_column)
    if value is not None and not isinstance(value, str):
        return DocumentFailure(where, "InputError", f"field '{text_column}' holds {type(value).__name__}, not text.")
    text = normalise(value or "")
    title, date = row.get("title"), row.get("date")
    return Document(
        row_name(row, where),
        text,
        title if isinstance(title, str) else "",
        date if isinstance(date, str) else "",
        row,
        (),
        with_language(text, ()) if text and not text.isspace() else (NO_TEXT,),
    )


def document_from_object(value: dict[str, Any], where: str, options: ReadOptions) -> Document | DocumentFailure:
    """Return a JSON object as a document, whichever of the known shapes it has."""
    column = text_column(value, options.text_column)
    try:
        known = _document_of_known_shape(value, where, options) if column is None else None
    except FramingError as error:
        return DocumentFailure(where, type(error).__name__, str(error))
    return known or document_from_row(value, where, column)


def _document_of_known_shape(
    value: dict[str, Any], where: str, options: ReadOptions
) -> Document | DocumentFailure | None:
    from classifier.readers.govuk import document_from_govuk, is_govuk  # rows with a text need neither
    from classifier.readers.parliament import document_from_question, is_question

    if is_govuk(value):
        return document_from_govuk(value, where, options)
    return document_from_question(value, where, options) if is_question(value) else None


def text_column(columns: Iterable[str], asked: str | None) -> str | None:
    """Return the column that holds the text: the one asked for, or one whose name says so."""
    if asked is not None:
        return asked
    return next((field for field in TEXT_FIELDS if field in columns), None)


def prose_column(sample: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the one column of sample rows whose texts are far longer than any other's, if there is such a column."""
    lengths: dict[str, int] = {}
    count = 0
    for count, row in enumerate(sample, 1):  # noqa: B007 - counts the rows
        for column, value in row.items():
            lengths[column] = lengths.get(column, 0) + (len(value) if isinstance(value, str) and " " in value else 0)
    longest = sorted(lengths, key=lambda column: lengths[column], reverse=True)
    if not longest or lengths[longest[0]] < _SHORTEST_PROSE * count:
        return None
    is_obvious = len(longest) == 1 or lengths[longest[0]] >= 3 * lengths[longest[1]]
    return longest[0] if is_obvious else None


def no_text_column(columns: Iterable[str], asked: str | None) -> str:
    """Return the message for rows in which no text was found."""
    found = ", ".join(map(str, columns))[:_SHOWN_COLUMNS]
    missing = f"no text column '{asked}'" if asked else "no text column"
    return f"{missing}; name it with --text-column (found: {found})."


def row_name(row: Mapping[str, Any], where: str) -> str:
    """Return what the row calls itself, or else where it stands."""
    for field in _NAME_FIELDS:
        value = row.get(field)
        if value and isinstance(value, _NAMES):
            return str(value)
    return where
