"""`.gz` and `.zip` → the documents inside. Knows containers and their tricks: size, ratio, depth and count are bounded.

releases.zip
├── 2025-03-18.html
└── answers.jsonl.gz
"""

import gzip
import zipfile
from io import BufferedReader
from typing import BinaryIO, cast

from classifier.errors import InputError, UnsupportedInputError
from classifier.readers.apart import parse_apart
from classifier.readers.building import build_parsed, one_line
from classifier.readers.nesting import BROKEN_ZIP, Counting, Inflating, one_deeper, seekable
from classifier.readers.options import Found, Reader, ReadOptions
from classifier.readers.plain import read_whole
from classifier.records import DocumentFailure

_BUFFER_BYTES = 1 << 18
_ENCRYPTED = 0x1
_DOCUMENTS = {"word/document.xml": "docx"}
_OTHERS = {
    "xl/workbook.xml": "a spreadsheet (XLSX); save it as CSV.",
    "xl/workbook.bin": "a spreadsheet (XLSB); save it as CSV.",
    "ppt/presentation.xml": "a presentation (PPTX); save it as PDF.",
}
_ODT = b"application/vnd.oasis.opendocument.text"
_OTHER_TYPES = {
    b"application/vnd.oasis.opendocument.spreadsheet": "a spreadsheet (ODS); save it as CSV.",
    b"application/vnd.oasis.opendocument.presentation": "a presentation (ODP); save it as PDF.",
    b"application/epub+zip": "an e-book (EPUB); unpack it and read its pages.",
}


def read_gzip(stream: BinaryIO, name: str, options: ReadOptions, read_inner: Reader) -> Found:
    """Yield the documents of what a gzip file holds, under the file's own name."""
    deeper = one_deeper(options)
    packed = Counting(stream)
    with gzip.GzipFile(fileobj=cast(BinaryIO, packed), mode="rb") as unpacked:
        inflating = Inflating(cast(BinaryIO, unpacked), lambda: packed.count, deeper)
        yield from read_inner(cast(BinaryIO, BufferedReader(inflating, _BUFFER_BYTES)), name, deeper)


def read_zip(stream: BinaryIO, name: str, options: ReadOptions, read_inner: Reader) -> Found:
    """Yield the document that an office file is, or the documents of an archive's members as `name!member`."""
    with seekable(stream, options) as file:
        try:
            archive = zipfile.ZipFile(file)
            kind = _office_kind(archive)
        except BROKEN_ZIP as error:
            raise InputError(f"damaged zip ({error}).") from None
        if kind:
            file.seek(0)
            yield build_parsed(name, parse_apart(kind, read_whole(file, options), options))
        else:
            yield from _read_members(archive, name, one_deeper(options), read_inner)


def _office_kind(archive: zipfile.ZipFile) -> str | None:
    """Return which office format a zip is, or None for an archive; raise `UnsupportedInputError` for one without a reader."""
    members = set(archive.namelist())
    for member, what in _OTHERS.items():
        if member in members:
            raise UnsupportedInputError(what)
    if "mimetype" in members:
        with archive.open("mimetype") as stream:
            mimetype = stream.read(100).strip()
        if mimetype in _OTHER_TYPES:
            raise UnsupportedInputError(_OTHER_TYPES[mimetype])
        if mimetype.startswith(_ODT):
            return "odt"
    return next((kind for member, kind in _DOCUMENTS.items() if member in members), None)


def _read_members(archive: zipfile.ZipFile, name: str, options: ReadOptions, read_inner: Reader) -> Found:
    members = [m for m in archive.infolist() if not m.filename.endswith("/") and not _is_hidden(m.filename)]
    if not members:
        yield DocumentFailure(name, "InputError", "the archive holds no files.")
    for number, member in enumerate(members):
        if options.budget is None or options.budget.members_left < 1:
            left = len(members) - number
            yield DocumentFailure(name, "InputError", f"{left} more files in it than are allowed; unpack it first.")
            return
        options.budget.members_left -= 1
        yield from _read_member(archive, member, f"{name}!{one_line(member.filename)}", options, read_inner)


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, options: ReadOptions, read_inner: Reader
) -> Found:
    if member.flag_bits & _ENCRYPTED:
        yield DocumentFailure(name, "InputError", "protected by a password.")
        return
    try:
        with archive.open(member) as unpacked:
            inflating = Inflating(cast(BinaryIO, unpacked), lambda: member.compress_size, options)
            yield from read_inner(cast(BinaryIO, BufferedReader(inflating, _BUFFER_BYTES)), name, options)
    except BROKEN_ZIP as error:
        yield DocumentFailure(name, "InputError", f"damaged in the archive ({error}).")


def _is_hidden(member: str) -> bool:
    """Return whether a member is a hidden file or lies in a hidden folder; `./a.txt` and `../a.txt` are neither.

    >>> [_is_hidden(member) for member in ("./a.txt", "../a.txt", ".git/a.txt", "__MACOSX/a.txt")]
    [False, False, True, True]
    """
    parts = [part for part in member.split("/") if part not in (".", "..")]
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)
