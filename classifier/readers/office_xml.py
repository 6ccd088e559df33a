"""The XML inside office files, event by event. Knows zips and namespaces; refuses document types, which only attacks use."""

import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from xml.parsers import expat

from classifier.errors import InputError
from classifier.readers.nesting import BROKEN_ZIP

Event = tuple[str, str, dict[str, str]]
_CHUNK = 1 << 16
_MOST_RATIO = 250  # XML of a real document packs 5 to 30 times
_RATIO_FREE_BYTES = 1 << 22


def open_office(data: bytes) -> zipfile.ZipFile:
    """Return the zip that an office file is; raise `InputError` if it is damaged."""
    try:
        return zipfile.ZipFile(BytesIO(data))
    except BROKEN_ZIP as error:
        raise InputError(f"damaged office file ({error}).") from None


def events(archive: zipfile.ZipFile, member: str) -> Iterator[Event]:
    """Yield ("start", tag, attributes), ("end", tag, {}) and ("text", text, {}) of an XML member; nothing if it is missing.

    Tags and attributes come without their namespace: `p`, not `w:p`.
    """
    if member not in archive.namelist():
        return
    found: list[Event] = []
    parser = _parser(found.append)
    _check_size(archive.getinfo(member))
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
                yield from found
                found.clear()
            parser.Parse(b"", True)
            yield from found
    except (expat.ExpatError, *BROKEN_ZIP) as error:
        raise InputError(f"damaged office file ({member}: {error}).") from None


def _check_size(member: zipfile.ZipInfo) -> None:
    """Raise `InputError` for what unpacks to far more than an honest document; no more than `file_size` is ever unpacked."""
    if member.file_size > max(_RATIO_FREE_BYTES, _MOST_RATIO * member.compress_size):
        raise InputError(f"unpacks to over {_MOST_RATIO} times its size, as a zip bomb does.")


def _parser(add: Callable[[Event], None]) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: add(
        ("start", _local(tag), {_local(name): value for name, value in attributes.items()})
    )
    parser.EndElementHandler = lambda tag: add(("end", _local(tag), {}))
    parser.CharacterDataHandler = lambda text: add(("text", text, {}))
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _refuse(*_: object) -> None:
    raise InputError("its XML declares a document type, which no office program writes.")


def properties(archive: zipfile.ZipFile, member: str) -> dict[str, str]:
    """Return the texts of a flat XML member such as `docProps/core.xml`, by tag: title, creator, created."""
    found: dict[str, str] = {}
    tag = ""
    for kind, value, _ in events(archive, member):
        if kind == "start":
            tag = value
        elif kind == "text" and tag:
            found[tag] = found.get(tag, "") + value
        else:
            tag = ""
    return {key: value.strip() for key, value in found.items() if value.strip()}
