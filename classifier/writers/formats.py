"""Which writer a format's name or a file's suffix means, and how a caller opens one. Knows every format by name only."""

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from classifier.codebook import unknown_name
from classifier.errors import OutputError, UsageError
from classifier.model import Model
from classifier.records import DocumentFailure, DocumentResult
from classifier.writers.entries import Entry, decode_entries, describe, model_fingerprint
from classifier.writers.json_lines import JsonLinesWriter, JsonWriter
from classifier.writers.lines import GitHubWriter, LineWriter
from classifier.writers.table import CsvWriter
from classifier.writers.terminal import TextWriter
from classifier.writers.writer import WriteOptions, Writer

TEXT_FORMATS: dict[str, Callable[[TextIO, WriteOptions], Writer]] = {
    "text": TextWriter,
    "line": LineWriter,
    "json": JsonWriter,
    "jsonl": JsonLinesWriter,
    "csv": CsvWriter,
    "github": GitHubWriter,
}
_SUFFIXES = {
    ".txt": "text",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
}
FORMATS = tuple(TEXT_FORMATS)


def choose_format(output: Path | None, asked: str | None) -> str:
    """Return the format asked for, or the one that the output's suffix means; text where there is no file."""
    if asked is not None:
        if asked not in FORMATS:
            raise UsageError(unknown_name("format", asked, FORMATS))
        return asked
    if output is None:
        return "text"
    if output.suffix.lower() not in _SUFFIXES:
        raise UsageError(f"{output}: its suffix means no format; name one with --format ({', '.join(FORMATS)}).")
    return _SUFFIXES[output.suffix.lower()]


def draw_file(part: Path, out: Path, format: str, options: WriteOptions) -> Path | None:  # noqa: A002
    """Draw `out` in `format` from the record lines in `part`, beside it; return where, or None if the lines are the output."""
    if format == "jsonl":
        return None
    drawn = out.with_name(f".{out.name}.drawn")
    try:
        with part.open("rb") as lines:
            _draw_text(decode_entries(lines), drawn, format, options)
    except OSError as error:
        drawn.unlink(missing_ok=True)
        advice = "What was scored is kept: make room, then run the same command with --resume."
        raise OutputError(f"{out}: can't be written ({error.strerror}). {advice}") from error
    return drawn


def _draw_text(entries: Iterable[Entry], drawn: Path, format: str, options: WriteOptions) -> None:  # noqa: A002
    with drawn.open("w", encoding="utf-8", errors="replace", newline="") as stream:
        writer = TEXT_FORMATS[format](stream, options)
        writer.begin()
        for entry in entries:
            writer.add(entry)
        writer.end()
        stream.flush()
        os.fsync(stream.fileno())


def options_for(stream: TextIO | None, model: Model) -> WriteOptions:
    """Return what writers need to know: the model's names and, for a terminal, its width and whether to use colour."""
    is_terminal = stream is not None and stream.isatty()
    return WriteOptions(
        names=model.manifest.get("names", {}),
        model=model_fingerprint(model.manifest),
        colour=is_terminal and not os.environ.get("NO_COLOR"),
        width=shutil.get_terminal_size().columns if is_terminal else 80,
    )


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
    model: Model,
    options: WriteOptions | None = None,
) -> ResultWriter:
    """Return a writer of `format` on a text stream, for the results of `model`."""
    if format not in TEXT_FORMATS:
        raise UsageError(unknown_name("format", format, tuple(TEXT_FORMATS)))
    options = options or options_for(stream, model)
    return ResultWriter(TEXT_FORMATS[format](stream, replace(options)), options.model)
