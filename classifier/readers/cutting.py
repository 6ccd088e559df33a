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
    waiting = bytearray().join(begun)
    begin = waiting.rfind(b"\n") + 1  # of the last line, which is not whole yet
    try:
        for data in _pieces(stream):
            if len(waiting) - begin > limit:
                del waiting[begin + limit + 1 :]
                data = data[data.find(b"\n") :] if b"\n" in data else b""
            end = data.rfind(b"\n") + 1
            if end and len(waiting) + end >= _RUN_BYTES:
                yield bytes(waiting + data[:end])
                waiting, begin = bytearray(data[end:]), 0
            else:
                begin = len(waiting) + end if end else begin
                waiting += data
    except Exception:
        if begin:
            yield bytes(waiting[:begin])
        raise
    if waiting:
        yield bytes(waiting)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what the stream has ready, whenever it has something."""
    buffered = cast(BufferedReader, stream)
    while data := buffered.read1(_PIECE_BYTES):
        yield data
