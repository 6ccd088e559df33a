"""Tables of values separated by commas or tabs → one document a row. Knows delimiters, quoting and headers.

id,date,department,text
1655766,2023-09,Work and Pensions,"We are identifying …"
"""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import chain, islice
from typing import Any, BinaryIO

from classifier.errors import InputError
from classifier.readers.options import Found, ReadOptions
from classifier.readers.plain import BYTE_ORDER_MARKS, decode
from classifier.readers.rows import TEXT_FIELDS, document_from_row, no_text_column, prose_column, text_column
from classifier.records import Document, DocumentFailure

_DELIMITERS = ",\t;|"
_SAMPLE_ROWS = 20
_LONGEST_NAME = 60
_SHORTEST_PROSE = 40
_FIGURE = re.compile(r"[\d.,:/ -]*\d[\d.,:/ -]*")

Row = tuple[int, list[str]]


def read_table(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield one document a row; columns other than the text are carried through as metadata."""
    lines = _text_lines(stream, options)
    header_line = next(lines, "")
    delimiter = find_delimiter(header_line) or ("\t" if name.lower().endswith(".tsv") else ",")
    csv.field_size_limit(options.max_document_bytes)
    reader = csv.reader(chain([header_line], lines), delimiter=delimiter)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        rows = _rows(reader)
        sample = list(islice(rows, _SAMPLE_ROWS))
        columns = _distinct(header)
        column = _column(columns, [_as_mapping(columns, cells) for _, cells in sample], options)
        if options.text_column is None and _is_a_row(header, column):
            columns, column, sample = [], f"column {columns.index(column) + 1}", [(1, header), *sample]
        for number, cells in chain(sample, rows):
            yield _document(_as_mapping(columns, cells), f"{name}:{number}", column)
    except csv.Error as error:
        yield DocumentFailure(f"{name}:{reader.line_num}", "InputError", f"not a table from here on ({error}).")


def _document(row: dict[str, Any], where: str, column: str) -> Document | DocumentFailure:
    if column not in row:
        return DocumentFailure(where, "InputError", f"the row ends before its column '{column}'.")
    return document_from_row(row, where, column)


def _distinct(header: list[str]) -> list[str]:
    """Return the names in a header, made different from each other, so that no column hides another.

    >>> _distinct(["id", "note", "", "note"])
    ['id', 'note', 'column 3', 'note (column 4)']
    """
    names: dict[str, None] = {}
    for number, cell in enumerate(header, 1):
        name = cell or f"column {number}"
        while name in names:
            name = f"{name} (column {number})"
        names[name] = None
    return list(names)


def _is_a_row(header: list[str], column: str) -> bool:
    """Return whether the first line names no columns: it has prose in the text's column, and figures or nothing beside it.

    >>> _is_a_row(["1", "We will act."], "We will act."), _is_a_row(["id", "What do you think of this?"], "What do you think of this?")
    (True, False)
    """
    is_prose = " " in column and (column.endswith(".") or len(column) >= _SHORTEST_PROSE)
    return is_prose and (len(header) == 1 or any(_FIGURE.fullmatch(cell) for cell in header))


def find_delimiter(header: str) -> str | None:
    """Return the character that divides a table's header, or None if the line can't be a header.

    >>> find_delimiter("id,date,text")
    ','
    >>> find_delimiter("Ministers met, talked, and left.") is None
    True
    """
    delimiter = max(_DELIMITERS, key=header.count)
    names = [name.strip().strip('"') for name in header.rstrip("\r\n").split(delimiter)]
    is_header = len(names) > 1 and len(set(names)) == len(names) and all(_is_name(name) for name in names)
    return delimiter if is_header else None


def is_table(head: str, asked_column: str | None) -> bool:
    """Return whether text that begins with `head` is surely a table: its header has a column for the text."""
    first, _, rest = head.partition("\n")
    delimiter = find_delimiter(first)
    if delimiter is None or delimiter not in rest:
        return False
    names = {name.strip().strip('"').lower() for name in first.split(delimiter)}
    return bool(names.intersection(TEXT_FIELDS)) or asked_column in names


def _is_name(name: str) -> bool:
    return bool(name) and len(name) <= _LONGEST_NAME and not name.endswith((".", "!", "?", ":")) and name.count(" ") < 6


def _text_lines(stream: BinaryIO, options: ReadOptions) -> Iterator[str]:
    """Yield the lines of a table as text, each decoded by itself, so that a table may be larger than memory."""
    limit = options.max_document_bytes
    first = stream.readline(limit + 1)
    if first.startswith(BYTE_ORDER_MARKS) and not first.startswith(b"\xef\xbb\xbf"):
        yield from StringIO(decode(first + stream.read(limit))[0], newline="")
        return
    for line in chain([first.removeprefix(b"\xef\xbb\xbf")], iter(lambda: stream.readline(limit + 1), b"")):
        if len(line) > limit:
            raise InputError(f"a line of over {limit:,} bytes.")
        yield _decode_line(line, options.charset)


def _decode_line(line: bytes, charset: str | None) -> str:
    try:
        return line.decode(charset or "utf-8")
    except (UnicodeError, LookupError):
        return decode(line, charset)[0]


def _rows(reader: Any) -> Iterator[Row]:
    """Yield the rows that hold anything, with the line on which each begins."""
    start = reader.line_num + 1
    for cells in reader:
        if any(cells):
            yield start, cells
        start = reader.line_num + 1


def _as_mapping(columns: list[str], cells: list[str]) -> dict[str, Any]:
    """Return the cells by their columns' names; those beyond the header have numbered names."""
    row = dict(zip(columns, cells, strict=False))
    row.update((f"column {n}", cell) for n, cell in enumerate(cells[len(columns) :], len(columns) + 1))
    return row


def _column(columns: list[str], sample: list[dict[str, Any]], options: ReadOptions) -> str:
    """Return the name of the text's column as the header writes it; raise `InputError` if it isn't obvious."""
    if not columns or not sample:
        raise InputError("empty: the table has no rows.")
    by_lower = {column.lower(): column for column in columns}
    asked = options.text_column
    wanted = asked if asked in columns else by_lower.get(text_column(by_lower, asked and asked.lower()) or "")
    found = wanted or (None if asked else prose_column(sample))
    if found is None:
        raise InputError(no_text_column(columns, asked))
    return found
