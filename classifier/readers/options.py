"""What a caller can ask of the readers. Knows no format.

Every limit exists because somebody's file may be hostile: a limit that is reached costs one document, not the run.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from classifier.records import Document, DocumentFailure

_MIB = 1024 * 1024


@dataclass(slots=True)
class Budget:
    """What the archives of one source may still hold, shared by all that are nested in it. The one mutable thing here."""

    bytes_left: int
    members_left: int


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Limits and hints. None means: find out (`text_column`, `charset`). Sizes are in bytes.

    `max_document_bytes` bounds one text (a file, a row, an archive's member that is read whole); files of rows may be larger.
    `output` is the file that the results go to: where it lies in a folder or matches a pattern, it is no input.
    """

    text_column: str | None = None
    max_document_bytes: int = 64 * _MIB
    charset: str | None = None
    max_archive_bytes: int = 4096 * _MIB
    max_archive_members: int = 10_000
    max_archive_ratio: int = 250
    max_archive_depth: int = 3
    parse_timeout_seconds: float = 60.0
    parse_memory_bytes: int = 1024 * _MIB
    download_timeout_seconds: float = 30.0
    max_redirects: int = 5
    allow_local_network: bool = False
    output: Path | None = None
    budget: Budget | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class UnreadRows:
    """Whole lines of a file of JSON Lines that nobody has parsed yet; `first` is the number of the first.

    They are handed from process to process far more cheaply than the documents that they hold. `jsonl.parse_rows` has these.
    """

    lines: bytes
    name: str
    first: int
    options: ReadOptions


Found = Iterator[Document | DocumentFailure | UnreadRows]
Reader = Callable[[BinaryIO, str, ReadOptions], Found]
