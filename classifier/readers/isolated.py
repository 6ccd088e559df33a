"""The separate process in which risky files are parsed: `python -m classifier.readers.isolated KIND SECONDS BYTES`.

Reads the file's bytes from standard input and writes what it found, or why not, as JSON to standard output:

{"pieces": [["We will publish …", "paragraph", 3, []]], "title": "…", "date": "", "metadata": {}, "notes": []}
{"error": "InputError", "message": "protected by a password."}

It limits its own memory, processor time and output before it loads a parser. It opens no file and no connection.
"""

import json
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from classifier.errors import FramingError, InputError
from classifier.readers.building import Parsed

# Where the parser of each kind lives: a function `(bytes) -> Parsed`, loaded only when needed.
_PARSERS = {
    "pdf": ("classifier.readers.pdf", "parse_pdf"),
    "docx": ("classifier.readers.docx", "parse_docx"),
    "odt": ("classifier.readers.odt", "parse_odt"),
    "rtf": ("classifier.readers.rtf", "parse_rtf"),
    "page": ("classifier.readers.pages", "parse_page"),
    "fragment": ("classifier.readers.markup", "parse_fragment"),
    "markdown": ("classifier.readers.markdown", "parse_markdown"),
}
LARGEST_OUTPUT_BYTES = 256 * 1024 * 1024


def main(arguments: list[str]) -> None:
    """Parse standard input as the kind named first, within the seconds and bytes named next."""
    kind, seconds, memory = arguments
    _limit(float(seconds), int(memory))
    try:
        found = _to_json(parser_of(kind)(sys.stdin.buffer.read()))
    except FramingError as error:
        found = {"error": type(error).__name__, "message": str(error)}
    except MemoryError:
        found = {"error": "InputError", "message": f"needs more than {int(memory):,} bytes of memory to parse."}
    except RecursionError:
        found = {"error": "InputError", "message": "nested too deeply to be a document."}
    json.dump(found, sys.stdout)


def parser_of(kind: str) -> Callable[[bytes], Parsed]:
    """Return the function that parses files of this kind."""
    module, function = _PARSERS[kind]
    parser: Callable[[bytes], Parsed] = getattr(import_module(module), function)
    return parser


def from_json(found: Any) -> Parsed:
    """Return what the other process found; raise the failure that it met."""
    from classifier.readers.building import Piece

    if "error" in found:
        raise InputError(found["message"])
    pieces = tuple(Piece(text, role, page, tuple(ignored)) for text, role, page, ignored in found["pieces"])
    return Parsed(pieces, found["title"], found["date"], found["metadata"], tuple(found["notes"]))


def _to_json(parsed: Parsed) -> dict[str, Any]:
    return {
        "pieces": parsed.pieces,
        "title": parsed.title,
        "date": parsed.date,
        "metadata": dict(parsed.metadata),
        "notes": parsed.notes,
    }


def _limit(seconds: float, memory: int) -> None:
    """Bound this process where the system can; elsewhere the parent's clock is the only bound."""
    try:
        import resource
    except ImportError:
        return
    bounds = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: int(seconds) + 1,
        resource.RLIMIT_FSIZE: LARGEST_OUTPUT_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    for what, bound in bounds.items():
        try:
            _, most = resource.getrlimit(what)
            resource.setrlimit(what, (bound if most < 0 else min(bound, most), most))
        except (ValueError, OSError):
            continue


if __name__ == "__main__":
    main(sys.argv[1:])
