"""A stream → runs of whole lines, in bounded memory whatever the stream holds. Knows line ends; parses nothing."""

from collections.abc import Iterator, Sequence
from io import BufferedReader
from typing import BinaryIO, cast

_RUN_BYTES = 1 << 20
_PIECE_BYTES = 1 << 18


def runs_of_lines(stream: BinaryIO, limit: int, begun: Sequence[bytes] = ()) -> Iterator[bytes]:
    """Yield the lines in runs of about a megabyte, those in `begun` first; only the last may lack its line end.

    Of a line longer than `limit` bytes no more than its beginning is kept, which is longer too. Where reading fails, the whole
    lines before come first, and then the failure.
    """
    waiting = list(begun)
    size = sum(map(len, waiting))
    unfinished = len(b"".join(waiting).rpartition(b"\n")[2])  # bytes of the last line, which is not whole yet
    try:
        for data in _pieces(stream):
            if unfinished > limit:
                if b"\n" not in data:
                    continue
                data = data[data.find(b"\n") :]
            end = data.rfind(b"\n") + 1
            if end and size + end >= _RUN_BYTES:
                yield b"".join([*waiting, memoryview(data)[:end]])
                waiting, size = [data[end:]], len(data) - end
            else:
                waiting.append(data)
                size += len(data)
            unfinished = len(data) - end if end else unfinished + len(data)
    except Exception:
        if size > unfinished:
            yield b"".join(waiting)[: size - unfinished]
        raise
    if size:
        yield b"".join(waiting)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what the stream has ready, whenever it has something."""
    buffered = cast(BufferedReader, stream)
    while data := buffered.read1(_PIECE_BYTES):
        yield data
