"""A batch's results on their way to a file, so that a killed run can go on. Knows bytes, offsets and hashes; nothing of texts.

Beside OUT lie two files until the batch is done:

    .OUT.part      the records so far, as lines
    .OUT.journal   {"identity": "…"}, then after each block {"count": …, "chain": …, "offset": …, "sha256": …, "totals": …}

A kill loses nothing that was written. What a loss of power may lose is bounded: both files are synced from time to time, and a
checkpoint whose records did not reach the disk is told by its hash. What lies behind the last sound checkpoint is cut off.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from itertools import accumulate, takewhile
from pathlib import Path
from typing import Any, BinaryIO

from classifier.errors import OutputError, UsageError
from classifier.writers import Entry

_PIECE_BYTES = 1 << 20
_SYNCED_BYTES = 1 << 23  # records that may wait in memory for the disk


@dataclass(slots=True)
class Totals:
    """What a batch has found so far; `flagged` and `unsure` count sentences, `framings` flagged ones by framing."""

    documents: int = 0
    sentences: int = 0
    flagged: int = 0
    unsure: int = 0
    failures: int = 0
    framings: dict[str, int] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Count one entry."""
        head = entry.head
        if head["type"] == "failure":
            self.failures += 1
            return
        self.documents += 1
        self.sentences += head["sentences"]
        self.flagged += head["flagged_sentences"]
        self.unsure += head["unsure_sentences"]
        if head["flagged"]:
            self._add_framings(head["flagged"])

    def merge(self, other: "Totals") -> None:
        """Add the counts of another block."""
        for name in ("documents", "sentences", "flagged", "unsure", "failures"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self._add_framings(other.framings)

    def _add_framings(self, counts: dict[str, int]) -> None:
        for framing, count in counts.items():
            self.framings[framing] = self.framings.get(framing, 0) + count


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a batch has come: `count` inputs, whose names and texts hash to `chain`, made the first `offset` bytes."""

    count: int = 0
    chain: str = ""
    offset: int = 0
    sha256: str = hashlib.sha256().hexdigest()
    totals: Totals = field(default_factory=Totals)


def part_path(out: Path) -> Path:
    """Return where the records of an unfinished batch lie."""
    return out.with_name(f".{out.name}.part")


def journal_path(out: Path) -> Path:
    """Return where the checkpoints of an unfinished batch lie."""
    return out.with_name(f".{out.name}.journal")


class Journal:
    """The two open files of one batch. `last` is the checkpoint that the next block goes on from."""

    def __init__(self, out: Path, part: BinaryIO, journal: BinaryIO, last: Checkpoint, digest: Any) -> None:
        self.out = out
        self.last = last
        self._part = part
        self._journal = journal
        self._digest = digest
        self._synced = last.offset

    def add(self, lines: bytes, count: int, chain: str, totals: Totals) -> None:
        """Append a block of records, then its checkpoint; raise `OutputError` if the disk refuses either."""
        self._digest.update(lines)
        merged = Totals(**asdict(self.last.totals))
        merged.merge(totals)
        point = Checkpoint(count, chain, self.last.offset + len(lines), self._digest.hexdigest(), merged)
        with _telling_of(self.out):
            _append(self._part, lines)
            _append(self._journal, json.dumps(asdict(point)).encode() + b"\n")
            self.last = point
            if point.offset - self._synced >= _SYNCED_BYTES:
                self.sync()

    def sync(self) -> None:
        """Make sure that everything so far is on the disk."""
        for stream in (self._part, self._journal):
            os.fsync(stream.fileno())
        self._synced = self.last.offset


@contextmanager
def open_journal(out: Path, identity: str, resume: bool) -> Iterator[Journal]:
    """Open the journal of a batch that writes `out`: fresh, or at the last sound checkpoint of an interrupted run."""
    points = _checkpoints(out, identity) if resume else []
    with ExitStack() as files:
        with _telling_of(out):
            _take_back(out, points)
            part = files.enter_context(_open(part_path(out)))
            _lock(part, out)
            journal = files.enter_context(_open(journal_path(out)))
            last, journal_end, digest = _last_sound(part, points)
            _cut(part, last.offset)
            _cut(journal, journal_end)
            if not journal_end:
                _append(journal, json.dumps({"identity": identity}).encode() + b"\n")
        opened = Journal(out, part, journal, last, digest)
        yield opened
        with _telling_of(out):
            opened.sync()


def _open(path: Path) -> BinaryIO:
    """Open for reading and writing without cutting anything off: another run may hold it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    return os.fdopen(descriptor, "r+b", buffering=0)


def _cut(stream: BinaryIO, size: int) -> None:
    stream.truncate(size)
    stream.seek(size)


def finish(out: Path, draw: Callable[[Path], None] | None = None) -> None:
    """Put the output in its place, whole: the part itself, or what `draw` makes of it."""
    with _telling_of(out):
        if draw:
            draw(part_path(out))
        else:
            part_path(out).replace(out)
        _sync_folder(out.parent)
    discard(out)


def discard(out: Path) -> None:
    """Remove what an interrupted run left."""
    journal_path(out).unlink(missing_ok=True)
    part_path(out).unlink(missing_ok=True)


def _checkpoints(out: Path, identity: str) -> list[tuple[int, Checkpoint]]:
    """Return an interrupted run's checkpoints, oldest first, each with where its line ends in the journal.

    Raise `UsageError` if it was another kind of run.
    """
    try:
        lines = journal_path(out).read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    rows = [_parsed(line) for line in lines]
    if rows and rows[0].get("identity") != identity:
        raise UsageError(
            f"{journal_path(out)}: the interrupted run had other settings or another model. "
            "Repeat its command with --resume, or start again without --resume."
        )
    ends = list(accumulate(len(line) + 1 for line in lines))
    sound = takewhile(lambda pair: "offset" in pair[1], list(zip(ends, rows, strict=True))[1:])
    return [(end, Checkpoint(**{**row, "totals": Totals(**row["totals"])})) for end, row in sound]


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(line))
    except (ValueError, TypeError):
        return {}


def _take_back(out: Path, points: list[tuple[int, Checkpoint]]) -> None:
    """Make a finished output the part again, if the run was killed after moving it and before forgetting its journal."""
    if not points or part_path(out).exists() or not out.exists():
        return
    with out.open("rb") as stream:
        is_ours = _last_sound(stream, points)[0] == points[-1][1]
    if is_ours:
        out.replace(part_path(out))


def _last_sound(stream: BinaryIO, points: list[tuple[int, Checkpoint]]) -> tuple[Checkpoint, int, Any]:
    """Return the last checkpoint whose bytes are all there and unaltered, its end in the journal, and the hash so far."""
    last, journal_end, digest = Checkpoint(), 0, hashlib.sha256()
    for end, point in points:
        trial = digest.copy()
        for piece in _pieces(stream, point.offset - last.offset):
            trial.update(piece)
        if trial.hexdigest() != point.sha256:
            break
        last, journal_end, digest = point, end, trial
    return last, journal_end, digest


def _pieces(stream: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (piece := stream.read(min(size, _PIECE_BYTES))):
        size -= len(piece)
        yield piece


def _append(stream: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[stream.write(view) :]


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _lock(stream: BinaryIO, out: Path) -> None:
    """Hold the journal until it is closed; a lock dies with its process, so a kill leaves none behind."""
    try:
        import fcntl
    except ImportError:  # no such lock on Windows
        return
    try:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise UsageError(f"{out}: another run is writing it. Wait for it, or choose another output.") from error


@contextmanager
def _telling_of(out: Path) -> Iterator[None]:
    """Turn a failure of the disk into an `OutputError` that says what to do."""
    try:
        yield
    except OSError as error:
        kept = "What was scored is kept: make room, then run the same command with --resume."
        advice = kept if part_path(out).exists() else "Choose another output with -o."
        raise OutputError(f"{out}: can't be written ({error.strerror}). {advice}") from error
