"""Parsing in a separate process, so that a hostile file costs one failure. Knows processes and clocks; no format."""

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from classifier.errors import InputError, UnsupportedInputError
from classifier.readers.building import Parsed, Piece
from classifier.readers.isolated import from_json, parser_of
from classifier.readers.options import ReadOptions

_ROOT = Path(__file__).resolve().parents[2]


def parse_apart(kind: str, data: bytes, options: ReadOptions) -> Parsed:
    """Return what the parser of this kind finds in `data`; raise `InputError` if it fails, crashes, or takes too much."""
    with TemporaryFile() as given, TemporaryFile() as found:
        given.write(data)
        given.seek(0)
        code = _run(kind, given, found, options)
        found.seek(0)
        if code != 0:
            raise InputError(f"its parser stopped (code {code}); the file is damaged or needs too much memory.")
        return from_json(json.load(found))


def parse_markup_safely(kind: str, data: bytes, options: ReadOptions) -> Parsed:
    """Return what is found in HTML: here if it is harmless, in a separate process if it could take very long."""
    from classifier.readers.markup import is_risky

    return parse_apart(kind, data, options) if is_risky(data) else parser_of(kind)(data)


def pieces_of_fragment(html: str, options: ReadOptions) -> tuple[Piece, ...]:
    """Return the pieces of an HTML fragment, all of it main text.

    >>> [(piece.role, piece.text) for piece in pieces_of_fragment("<h2>Aim</h2><p>We&rsquo;ll <b>act</b>.</p>", ReadOptions())]
    [('heading', 'Aim'), ('paragraph', 'We’ll act.')]
    """
    return parse_markup_safely("fragment", html.encode("utf-8", "replace"), options).pieces if html else ()


def require(library: str, what: str, extra: str) -> None:
    """Raise `UnsupportedInputError`, naming the extra to install, if a format's library isn't there."""
    if find_spec(library) is None:
        raise UnsupportedInputError(f'{what} needs an extra library: pip install "framing[{extra}]"')


def _run(kind: str, given: IO[bytes], found: IO[bytes], options: ReadOptions) -> int:
    import subprocess  # takes as long to load as some hundred rows to read

    limits = [str(options.parse_timeout_seconds), str(options.parse_memory_bytes)]
    # -P: a file in the working folder must never be taken for a library.
    command = [sys.executable, "-P", "-m", "classifier.readers.isolated", kind, *limits]
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    try:
        return subprocess.run(  # noqa: S603 - our own interpreter and module
            command,
            stdin=given,
            stdout=found,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            timeout=options.parse_timeout_seconds,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        raise InputError(
            f"took over {options.parse_timeout_seconds:g} seconds to parse; split or convert it."
        ) from None
