"""Tables of values separated by commas or tabs → one document a row. Knows delimiters, quoting and headers.

id,date,department,text
1655766,2023-09,Work and Pensions,"We are identifying …"
"""

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import chain, islice
from typing import Any, BinaryIO

from classifier.errors import InputError
from classifier.readers.options import Found, ReadOptions
from classifier.readers.plain import BYTE_ORDER_MARKS, decode
from classifier.readers.rows import TEXT_FIELDS, document_from_row, no_text_column, prose_column, text_column
from classifier.records import DocumentFailure

_DELIMITERS = ",\t;|"
_SAMPLE_ROWS = 20
_LONGEST_NAME = 60

Row = tuple[int, dict[str, Any]]


def read_table(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield one document a row; columns other than the text are carried through as metadata."""
    lines = _text_lines(stream, options)
    header_line = next(lines, "")
    delimiter = find_delimiter(header_line) or ("\t" if name.lower().endswith(".tsv") else ",")
    csv.field_size_limit(options.max_document_bytes)
    reader = csv.reader(chain([header_line], lines), delimiter=delimiter)
    try:
        columns = [column.strip() for column in next(reader, [])]
        rows = _rows(reader, columns)
        sample = list(islice(rows, _SAMPLE_ROWS))
        column = _column(columns, sample, options)
        for number, row in chain(sample, rows):
            yield document_from_row(row, f"{name}:{number}", column)
    except csv.Error as error:
        yield DocumentFailure(f"{name}:{reader.line_num}", "InputError", f"not a table from here on ({error}).")


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


def _rows(reader: Any, columns: list[str]) -> Iterator[Row]:
    """Yield the rows that hold anything, with the line on which each begins; cells beyond the header have numbered names."""
    start = reader.line_num + 1
    for cells in reader:
        if any(cells):
            row = dict(zip(columns, cells, strict=False))
            row.update((f"column {n}", cell) for n, cell in enumerate(cells[len(columns) :], len(columns) + 1))
            yield start, row
        start = reader.line_num + 1


def _column(columns: list[str], sample: list[Row], options: ReadOptions) -> str:
    """Return the name of the text's column as the header writes it; raise `InputError` if it isn't obvious."""
    if not columns or not sample:
        raise InputError("empty: the table has no rows.")
    by_lower = {column.lower(): column for column in columns}
    asked = options.text_column
    wanted = asked if asked in columns else by_lower.get(text_column(by_lower, asked and asked.lower()) or "")
    found = wanted or (None if asked else prose_column(row for _, row in sample))
    if found is None:
        raise InputError(no_text_column(columns, asked))
    return found
