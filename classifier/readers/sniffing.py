"""The first bytes of a file → its kind. Knows how each format begins; the name only settles what the bytes leave open."""

import re

from classifier.errors import InputError, UnsupportedInputError
from classifier.readers.plain import BYTE_ORDER_MARKS, decode

SNIFFED_BYTES = 1 << 14
_PDF_WITHIN = 1024

_SIGNATURES = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gzip",
    b"{\\rtf": "rtf",
    b"PAR1": "parquet",
    b"%PDF-": "pdf",
}
# What no reader takes, and what to do about it.
_OTHERS = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old or protected Office file (DOC, XLS, MSG); save it as DOCX or PDF.",
    b"\x89PNG": "a picture (PNG); its text would have to be recognised first.",
    b"\xff\xd8\xff": "a picture (JPEG); its text would have to be recognised first.",
    b"GIF8": "a picture (GIF); its text would have to be recognised first.",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it first.",
    b"Rar!": "a RAR archive; unpack it first.",
    b"BZh": "a bzip2 file; unpack it first.",
    b"\xfd7zXZ": "an xz file; unpack it first.",
    b"\x28\xb5\x2f\xfd": "a Zstandard file; unpack it first.",
    b"SQLite format 3": "a database (SQLite); export the table as CSV.",
    b"\x7fELF": "a program.",
}
_TAR_AT = slice(257, 262)
_BY_ENDING = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "table",
    ".tsv": "table",
    ".md": "markdown",
    ".markdown": "markdown",
    ".eml": "mail",
    ".html": "page",
    ".htm": "page",
    ".xhtml": "page",
}
# "[Check against delivery]", "[1]" and "[a link](/)" begin texts, no JSON that could hold one.
_JSON = re.compile(r'\{\s*["}]|\[\s*(?:[{"\[]|\]\s*\Z)')
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype html|html|head|body|article|main|div|p|h[1-6])[\s>]",
    re.I | re.S,
)
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,40}):[ \t]|[ \t]+\S")
_MAIL_HEADERS = frozenset({"from", "to", "subject", "date", "message-id", "received", "mime-version", "return-path"})
_HEADING = re.compile(r"^#{1,6} \S", re.MULTILINE)
_OTHER_MARKDOWN = re.compile(r"^(?:[-*+] |> |\d+\. )|\]\(|\*\*\S", re.MULTILINE)


def kind_of(head: bytes, name: str, text_column: str | None = None) -> str:
    """Return the kind of a file that begins with `head`; raise `UnsupportedInputError` for one without a reader."""
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            return kind
    for signature, what in _OTHERS.items():
        if head.startswith(signature):
            raise UnsupportedInputError(what)
    if head[_TAR_AT] == b"ustar":
        raise UnsupportedInputError("a tar archive; unpack it first.")
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "pdf"
    return _kind_of_text(_text(head), name, text_column)


def _text(head: bytes) -> str:
    """Return the beginning as text, however it is encoded; a character cut in two at its end does no harm."""
    if not head.startswith(BYTE_ORDER_MARKS):
        return head.decode("utf-8", "replace")
    try:
        return decode(head)[0]
    except InputError:
        return ""


def _kind_of_text(head: str, name: str, text_column: str | None) -> str:
    begun = head.lstrip("\ufeff \t\r\n")
    hint = next((kind for ending, kind in _BY_ENDING.items() if _plain_name(name).endswith(ending)), None)
    if hint in {"jsonl", "table"}:
        return hint
    if begun[:1] in ("{", "[") and (_plain_name(name).endswith(".json") or _JSON.match(begun)):
        return "json"
    if hint:
        return hint
    if _PAGE.match(begun) or "<html" in begun[:2000].lower():
        return "page"
    if _is_mail(begun):
        return "mail"
    from classifier.readers.tables import is_table  # most kinds are told without

    if is_table(begun, text_column):
        return "table"
    return "markdown" if _is_markdown(begun) else "plain"


def _plain_name(name: str) -> str:
    """Return a name in lower case without `.gz` and without the query of an address."""
    return name.lower().split("?")[0].split("#")[0].removesuffix(".gz")


def _is_mail(text: str) -> bool:
    """Return whether text begins with a block of headers, at least two of them an e-mail's."""
    lines = text.split("\n", 40)[:40]
    if lines[0].startswith(("From ", ">From ")):
        lines = lines[1:]
    found = set()
    for line in lines:
        header = _HEADER.match(line)
        if not header:
            break
        found.add((header.group(1) or "").lower())
    return len(found & _MAIL_HEADERS) >= 3 or ("received" in found and "from" in found)


def _is_markdown(text: str) -> bool:
    return bool(_HEADING.search(text) and _OTHER_MARKDOWN.search(text)) or text.startswith("# ")
