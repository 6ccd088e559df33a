"""PDF → pieces. Knows pdfium's characters and boxes; how they make columns and paragraphs is for others to say.

Every character has a box in points from the bottom left of its page; runs of them on one line are kept as one `Run`.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from classifier.errors import InputError
from classifier.readers.apart import parse_apart, require
from classifier.readers.building import Parsed, Piece, build_parsed
from classifier.readers.options import Found, ReadOptions
from classifier.readers.pdf_layout import Page, Run
from classifier.readers.pdf_paragraphs import pieces_of_pages
from classifier.readers.plain import read_whole

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_EMPTY = "holds no text; it may be a scan. Recognise its text (OCR) first."
_MOST_PAGES = 5000
_NO_TITLE = re.compile(
    r"\s*(?:untitled|microsoft word|layout \d|document\d*$|.*\.(?:docx?|indd|pdf|odt)$)", re.IGNORECASE
)
_DAY = re.compile(r"D:(\d{4})(\d{2})(\d{2})")
# pdfium marks the hyphen of a divided word with one of these.
_HYPHENS = frozenset({0x02, 0xAD, 0xFFFE})
_SOFT_HYPHEN = "\u00ad"
_COLUMN_GAP = 0.9
_RAISED = 0.78


def read_pdf(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield a PDF's text as one document whose blocks know their page."""
    require("pypdfium2", "PDF", "pdf")
    yield build_parsed(name, parse_apart("pdf", read_whole(stream, options), options), _EMPTY)


def parse_pdf(data: bytes) -> Parsed:
    """Return the paragraphs of a PDF with their pages, its title and its date."""
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(data)
        pages = [_page(document[number]) for number in range(min(len(document), _MOST_PAGES))]
        metadata = document.get_metadata_dict()
    except PdfiumError as error:
        message = "protected by a password." if "assword" in str(error) else f"damaged PDF ({str(error).rstrip('.')})."
        raise InputError(message) from None
    pieces = tuple(pieces_of_pages(pages))
    created = _DAY.match(metadata.get("CreationDate", ""))
    author = metadata.get("Author", "")
    return Parsed(
        pieces,
        _title(metadata.get("Title", ""), pieces),
        "-".join(created.groups()) if created else "",
        {"pages": len(document), **({"author": author} if author else {})},
    )


def _title(named: str, pieces: tuple[Piece, ...]) -> str:
    """Return the title that the file names, or where a program made that up, the first heading."""
    if named.strip() and not _NO_TITLE.match(named):
        return named
    return next((piece.text for piece in pieces if piece.role == "heading"), "")


class _Char(NamedTuple):
    """A character and its box."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


def _page(page: "PdfPage") -> Page:
    runs = [run for chars in _lines(list(_chars(page))) if (run := _run(chars)).text]
    page.close()
    return runs


def _chars(page: "PdfPage") -> Iterator[_Char | None]:
    """Yield a page's characters in the order in which they were written, None where pdfium sees a new line."""
    from ctypes import byref

    from pypdfium2 import raw

    textpage = page.get_textpage()
    box = raw.FS_RECTF()
    for index in range(raw.FPDFText_CountChars(textpage.raw)):
        code = raw.FPDFText_GetUnicode(textpage.raw, index)
        if code in (10, 13):
            yield None
        elif raw.FPDFText_GetLooseCharBox(textpage.raw, index, byref(box)):
            text = _SOFT_HYPHEN if code in _HYPHENS else chr(code) if 0 < code < 0x110000 else "\ufffd"
            yield _Char(text, box.left, box.bottom, box.right, box.top)
    textpage.close()


def _lines(chars: list[_Char | None]) -> Iterator[list[_Char]]:
    """Yield stretches of characters on one line, without gaps wide enough to part columns and without note marks."""
    line: list[_Char] = []
    for char in chars:
        if char is None or (line and _is_apart(line[-1], char)):
            yield line
            line = []
        if char is not None and not (line and _is_note_mark(line[-1], char)):
            line.append(char)
    yield line


def _is_apart(before: _Char, char: _Char) -> bool:
    height = before.top - before.bottom
    is_elsewhere = char.top < before.bottom or char.bottom > before.top
    return not char.text.isspace() and (is_elsewhere or char.left - before.right > _COLUMN_GAP * height)


def _is_note_mark(before: _Char, char: _Char) -> bool:
    """Return whether a character is the raised number of a footnote."""
    is_small = char.top - char.bottom < _RAISED * (before.top - before.bottom)
    return char.text.isdigit() and is_small and char.bottom > before.bottom and not before.text.isspace()


def _run(chars: list[_Char]) -> Run:
    inked = [char for char in chars if not char.text.isspace()]
    if not inked:
        return Run("", 0, 0, 0, 0)
    heights = sorted(char.top - char.bottom for char in inked)
    bottoms = sorted(char.bottom for char in inked)
    size, bottom = heights[len(heights) // 2], bottoms[len(bottoms) // 2]
    text = "".join(char.text for char in chars).strip()
    return Run(text, min(c.left for c in inked), max(c.right for c in inked), bottom, size)
