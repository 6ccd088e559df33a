"""Documents inside documents: how deep, how many, how much. Knows counts; reads nothing."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import RawIOBase
from lzma import LZMAError
from tempfile import TemporaryFile
from typing import BinaryIO

from classifier.errors import InputError
from classifier.readers.options import Budget, ReadOptions

_RATIO_FREE_BYTES = 4 * 1024 * 1024
_COPIED_BYTES = 1 << 20
# All that the standard library raises for a zip that breaks the rules.
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    LookupError,
    OverflowError,
    EOFError,
    OSError,
    struct.error,
    zlib.error,
    LZMAError,
)


def one_deeper(options: ReadOptions) -> ReadOptions:
    """Return the options for what lies inside a document, which share one budget; raise `InputError` if it is too deep."""
    if options.max_archive_depth < 1:
        raise InputError("archives inside archives, too deep to follow; unpack it first.")
    budget = options.budget or Budget(options.max_archive_bytes, options.max_archive_members)
    return replace(options, max_archive_depth=options.max_archive_depth - 1, budget=budget)


class Inflating(RawIOBase):
    """A stream that unpacks another and counts: it stops with `InputError` where more comes out than an honest file holds."""

    def __init__(self, unpacked: BinaryIO, packed_bytes: Callable[[], int], options: ReadOptions) -> None:
        self._unpacked = unpacked
        self._packed_bytes = packed_bytes
        self._ratio = options.max_archive_ratio
        self._budget = options.budget or Budget(options.max_archive_bytes, options.max_archive_members)
        self._count = 0

    def readable(self) -> bool:
        """Return True: it can be read, and only that."""
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        """Fill the buffer with unpacked bytes and return how many; raise `InputError` beyond a limit."""
        data = self._unpacked.read(len(buffer))
        buffer[: len(data)] = data
        self._count += len(data)
        self._budget.bytes_left -= len(data)
        if self._budget.bytes_left < 0:
            raise InputError("unpacks to more bytes than are allowed; unpack it yourself if you trust it.")
        if self._count > _RATIO_FREE_BYTES and self._count > self._ratio * max(1, self._packed_bytes()):
            raise InputError(f"unpacks to over {self._ratio} times its size, as a zip bomb does.")
        return len(data)


class Counting:
    """A stream that counts the bytes read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes."""
        data = self._stream.read(size)
        self.count += len(data)
        return data


@contextmanager
def seekable(stream: BinaryIO, options: ReadOptions) -> Iterator[BinaryIO]:
    """Give the stream itself if one can move about in it, else a copy on disk."""
    if stream.seekable():
        yield stream
        return
    with TemporaryFile() as copy:
        size = 0
        while data := stream.read(_COPIED_BYTES):
            size += copy.write(data)
            if size > options.max_archive_bytes:
                raise InputError(f"larger than {options.max_archive_bytes:,} bytes.")
        copy.seek(0)
        yield copy
