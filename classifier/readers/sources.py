"""What a caller names → streams: files, folders, globs, web addresses and `-`. Knows places; looks at no bytes."""

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from classifier.readers.dispatch import parsed, read_unparsed_stream
from classifier.readers.options import Found, ReadOptions
from classifier.records import Document, DocumentFailure

STDIN = "-"
_BUFFER_BYTES = 1 << 16


def read_documents(sources: Iterable[str], options: ReadOptions | None = None) -> Iterator[Document | DocumentFailure]:
    """Yield every document of the files, folders, globs, URLs and `-` in `sources`, in order.

    What can't be read comes as a `DocumentFailure`, in its place.
    """
    return parsed(read_unparsed(sources, options))


def read_unparsed(sources: Iterable[str], options: ReadOptions | None = None) -> Found:
    """Yield the same, but rows of JSON Lines as they are, many at a time: for who has several processes to parse them."""
    options = options or ReadOptions()
    for source in sources:
        if source == STDIN:
            yield from read_unparsed_stream(sys.stdin.buffer, "<stdin>", options)
        elif is_address(source):
            from classifier.readers.web import read_address  # takes as long to load as some thousand answers to read

            yield from read_address(source, options)
        else:
            yield from _read_path(source, options)


def is_address(source: str) -> bool:
    """Return whether `source` is a web address rather than a path."""
    return source.lower().startswith(("http://", "https://"))


def _read_path(source: str, options: ReadOptions) -> Found:
    path = Path(source)
    if "\0" in source:
        yield DocumentFailure(source, "InputError", "no such file or folder.")
    elif path.is_dir():
        yield from _read_folder(path, options)
    elif glob.has_magic(source) and not path.exists():
        yield from _read_matches(source, options)
    else:
        yield from _read_file(path, options)


def _read_matches(pattern: str, options: ReadOptions) -> Found:
    matches = sorted(glob.iglob(pattern, recursive=True))  # noqa: PTH207 - pathlib's globs follow other rules
    if not matches:
        yield DocumentFailure(pattern, "InputError", "no file matches this pattern.")
    for match in map(Path, matches):
        if match.is_dir():
            yield from () if "**" in pattern else _read_folder(match, options)  # with ** its files match too
        elif not _is_output(match, options):
            yield from _read_file(match, options)


def _read_file(path: Path, options: ReadOptions) -> Found:
    try:
        with path.open("rb", buffering=_BUFFER_BYTES) as stream:
            yield from read_unparsed_stream(stream, _shown(path), options)
    except FileNotFoundError:
        yield DocumentFailure(_shown(path), "InputError", "no such file or folder.")
    except OSError as error:
        yield DocumentFailure(_shown(path), "InputError", f"can't be read ({error.strerror}).")


def _read_folder(folder: Path, options: ReadOptions) -> Found:
    is_empty = True
    for found in _files_below(folder):
        if isinstance(found, Path) and _is_output(found, options):
            continue
        is_empty = False
        if isinstance(found, OSError):
            yield DocumentFailure(_shown(Path(found.filename)), "InputError", f"can't be read ({found.strerror}).")
        else:
            yield from _read_file(found, options)
    if is_empty:
        yield DocumentFailure(_shown(folder), "InputError", "the folder holds no files.")


def _is_output(path: Path, options: ReadOptions) -> bool:
    """Return whether a file that nobody named is what an earlier run of the same command wrote."""
    output = options.output
    if output is None or path.name != output.name:
        return False
    return path.exists() and output.exists() and path.samefile(output)


def _files_below(folder: Path) -> Iterator[Path | OSError]:
    """Yield the files of a folder and its folders, sorted, without hidden ones; a folder that can't be listed as its error."""
    errors: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=errors.append):
        yield from errors
        errors.clear()
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(place, name) for name in sorted(files) if not name.startswith("."))
        yield from (path for path in paths if path.is_file() or not path.exists())  # a link may lead nowhere
    yield from errors


def _shown(path: Path) -> str:
    """Return a path as text that every output can hold, whatever bytes its name is made of."""
    return os.fsencode(path).decode("utf-8", "replace")
