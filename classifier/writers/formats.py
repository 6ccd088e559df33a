"""Which writer a format's name or a file's suffix means, and how a caller opens one. Knows every format by name only."""

import os
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

from classifier.errors import UsageError
from classifier.records import DocumentFailure, DocumentResult
from classifier.writers.encoding import decode_entries
from classifier.writers.entries import Entry, describe, model_fingerprint
from classifier.writers.writer import WriteOptions, Writer

if TYPE_CHECKING:
    from classifier.model import Model

# Where the writer of each format lives; it is loaded when it is first asked for.
_TEXT_FORMATS = {
    "text": ("terminal", "TextWriter"),
    "line": ("lines", "LineWriter"),
    "json": ("json_lines", "JsonWriter"),
    "jsonl": ("json_lines", "JsonLinesWriter"),
    "csv": ("table", "CsvWriter"),
    "markdown": ("markdown", "MarkdownWriter"),
    "sarif": ("sarif", "SarifWriter"),
    "github": ("lines", "GitHubWriter"),
}
_FILE_FORMATS = {"parquet": ("parquet", "draw_parquet"), "sqlite": ("sqlite", "draw_sqlite")}
_SUFFIXES = {
    ".txt": "text",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
    ".sarif": "sarif",
    ".parquet": "parquet",
    ".db": "sqlite",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
}
_COLUMNS = 80
FORMATS = (*_TEXT_FORMATS, *_FILE_FORMATS)


def choose_format(output: Path | None, asked: str | None) -> str:
    """Return the format asked for, or the one that the output's suffix means; text where there is no file.

    Raise `UsageError` for a format that does not exist, can't be printed, or needs an extra that is not installed.
    """
    name = asked or ("text" if output is None else _by_suffix(output))
    if name not in FORMATS:
        raise _no_such_format("format", name, FORMATS)
    if output is None and name in _FILE_FORMATS:
        raise UsageError(f"{name} can't be printed; name a file with -o.")
    if name == "parquet":
        import_module("classifier.writers.parquet").check_parquet()
    return name


def _load(module: str, name: str) -> Any:
    return getattr(import_module(f"classifier.writers.{module}"), name)


def _no_such_format(kind: str, name: str, known: Iterable[str]) -> UsageError:
    from classifier.codebook import unknown_name

    return UsageError(unknown_name(kind, name, tuple(known)))


def _by_suffix(output: Path) -> str:
    name = _SUFFIXES.get(output.suffix.lower())
    if name is None:
        raise UsageError(f"{output}: its suffix means no format; name one with --format ({', '.join(FORMATS)}).")
    return name


def place_file(lines: Path, out: Path, format: str, options: WriteOptions) -> None:  # noqa: A002
    """Draw `out` in `format` from the record lines in the file `lines`: whole, or not at all.

    A database that exists is added to; any other file is replaced.
    """
    if format == "sqlite" and out.exists():
        _draw(lines, out, format, options)
        return
    drawn = out.with_name(f".{out.name}.drawn")
    drawn.unlink(missing_ok=True)
    try:
        _draw(lines, drawn, format, options)
        drawn.replace(out)
    finally:
        drawn.unlink(missing_ok=True)


def _draw(lines: Path, path: Path, format: str, options: WriteOptions) -> None:  # noqa: A002
    with lines.open("rb") as stream:
        entries = decode_entries(stream)
        if format in _FILE_FORMATS:
            _load(*_FILE_FORMATS[format])(entries, path, options)
        else:
            _draw_text(entries, path, _load(*_TEXT_FORMATS[format]), options)


def _draw_text(entries: Iterable[Entry], path: Path, kind: type[Writer], options: WriteOptions) -> None:
    with path.open("w", encoding="utf-8", errors="replace", newline="") as stream:
        writer = kind(stream, options)
        writer.begin()
        for entry in entries:
            writer.add(entry)
        writer.end()
        stream.flush()
        os.fsync(stream.fileno())


def options_for(stream: TextIO | None, model: "Model") -> WriteOptions:
    """Return what writers need to know: the model's names and, for a terminal, its width and whether to use colour."""
    terminal = stream if stream is not None and stream.isatty() else None
    return WriteOptions(
        names=model.manifest.get("names", {}),
        model=model_fingerprint(model.manifest),
        colour=terminal is not None and not os.environ.get("NO_COLOR"),
        width=_columns(terminal) if terminal else _COLUMNS,
    )


def _columns(stream: TextIO) -> int:
    """Return how wide a terminal is; the environment may say otherwise (shutil would say the same, but loads slowly)."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked):
        return int(asked)
    try:
        return os.get_terminal_size(stream.fileno()).columns or _COLUMNS
    except (ValueError, OSError):
        return _COLUMNS


class ResultWriter:
    """Takes results one at a time and writes them in one format. A context manager: leaving it ends the output."""

    def __init__(self, writer: Writer, model: str) -> None:
        self._writer = writer
        self._model = model

    def __enter__(self) -> Self:
        self._writer.begin()
        return self

    def write(self, item: DocumentResult | DocumentFailure | Entry) -> None:
        """Write one result, failure or ready entry."""
        self._writer.add(item if isinstance(item, Entry) else describe(item, self._model))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._writer.end()


def open_writer(
    stream: TextIO,
    format: str,  # noqa: A002
    model: "Model",
    options: WriteOptions | None = None,
) -> ResultWriter:
    """Return a writer of `format` on a text stream, for the results of `model`."""
    if format not in _TEXT_FORMATS:
        raise _no_such_format("text format", format, _TEXT_FORMATS)
    options = options or options_for(stream, model)
    return ResultWriter(_load(*_TEXT_FORMATS[format])(stream, options), options.model)
