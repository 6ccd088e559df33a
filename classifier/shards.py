"""Inputs and outputs as shards, wherever fsspec reaches. Knows addresses, names and renames; scores nothing.

    s3://releases/2026-03.jsonl.gz  →  s3://found/2026-03-5d41402abc4b-9f2c1a7be0d3.jsonl
                                                  name    its address  its state

A part's name follows from its shard's address and state - size, time of change, settings and model - so that every run gives it
the same one. A part is written under another name and renamed when it is whole.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from classifier.errors import InputError, OutputError, UsageError
from classifier.readers import ReadOptions, read_documents, read_stream
from classifier.readers.sources import is_address
from classifier.records import Document, DocumentFailure

_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*(?:::|://)", re.IGNORECASE)
_MAGIC = re.compile(r"[*?\[]")
_DIGITS = 12
_STATE = ("size", "mtime", "ETag", "etag", "LastModified", "last_modified", "updated", "md5Hash", "checksum")


@dataclass(frozen=True, slots=True)
class Shard:
    """One input, and the name of the part that its findings go into."""

    source: str
    part: str


def check_cluster() -> None:
    """Raise `UsageError` that names the extra, where distributed or fsspec is not installed."""
    try:
        import distributed  # noqa: F401
        import fsspec  # noqa: F401
    except ImportError as error:
        raise UsageError("scoring on a cluster needs an extra: pip install 'framing[cluster]'.") from error


def list_shards(inputs: Iterable[str], identity: str) -> list[Shard]:
    """Return every file of the files, folders, globs and URLs in `inputs`, once each, in order; `identity` marks the run's settings.

    What is not there is a shard too: its part will say so.
    """
    sources = {source: info for given in inputs for source, info in _files(given)}
    return [Shard(source, _part_name(source, info, identity)) for source, info in sources.items()]


def _files(given: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if given == "-":
        raise UsageError("a cluster's workers can't read this machine's standard input; put it into a file.")
    if is_address(given):
        yield given, {}
        return
    system, path = _resolve(given)
    if _MAGIC.search(path) and not system.exists(path):
        found = sorted(system.glob(path))
    else:
        found = sorted(system.find(path)) if system.isdir(path) else [path]
    for name in found or [path]:
        below = name[len(path) :] if name.startswith(path) else ""
        if not any(part.startswith(".") for part in below.split("/")):
            yield _address(system, name, given), _info(system, name)


def _resolve(address: str) -> tuple[Any, str]:
    """Return the file system of an address, and its path there."""
    import fsspec.core

    try:
        if _REMOTE.match(address):
            system, path = fsspec.core.url_to_fs(address)
            return system, path
        return fsspec.filesystem("file"), str(Path(address).absolute())
    except (ImportError, ValueError) as error:
        raise UsageError(f"{address}: {error}") from error


def _address(system: Any, name: str, given: str) -> str:
    return str(system.unstrip_protocol(name)) if _REMOTE.match(given) else name


def _info(system: Any, name: str) -> dict[str, Any]:
    try:
        return dict(system.info(name))
    except (OSError, ValueError):
        return {}


def _part_name(source: str, info: dict[str, Any], identity: str) -> str:
    """Return the name of a shard's part: a word to know it by, its address and its state."""
    state = ";".join(f"{key}={info[key]}" for key in _STATE if key in info)
    word = re.sub(r"[^a-z0-9]+", "-", source.rstrip("/").rpartition("/")[2].partition(".")[0].lower())[:40].strip("-")
    return f"{word or 'part'}-{_digest(source)}-{_digest(f'{identity};{state}')}.jsonl"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_DIGITS]


def read_shard(source: str, options: ReadOptions) -> Iterator[Document | DocumentFailure]:
    """Yield the documents of one shard; what can't be read comes as a failure."""
    if not _REMOTE.match(source) or is_address(source):
        yield from read_documents([source], options)
        return
    import fsspec

    try:
        with fsspec.open(source, "rb") as stream:
            yield from read_stream(cast(BinaryIO, stream), source, options)
    except (OSError, ValueError, ImportError, InputError) as error:
        yield DocumentFailure(source, "InputError", f"can't be read ({error}).")


class Parts:
    """The folder that holds the parts."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._system, self._path = _resolve(self.address)

    def names(self) -> set[str]:
        """Return the names of the parts that are there, after making the folder if there is none."""
        try:
            self._system.makedirs(self._path, exist_ok=True)
            self._system.invalidate_cache(self._path)
            return {str(name).rpartition("/")[2] for name in self._system.ls(self._path, detail=False)}
        except OSError as error:
            raise OutputError(f"{self.address}: can't be used as the folder of parts ({error}).") from error

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """Give a stream to write a part to, which appears under its name when all is written, or not at all."""
        unfinished = f"{self._path}/.{name}.{secrets.token_hex(4)}.unfinished"
        try:
            with self._system.open(unfinished, "wb") as stream:
                yield cast(BinaryIO, stream)
                _sync(stream)
            self._system.mv(unfinished, f"{self._path}/{name}")
        except BaseException:
            with suppress(OSError):
                self._system.rm(unfinished)
            raise

    def reading(self, name: str) -> Any:
        """Return a stream of a part's bytes."""
        return self._system.open(f"{self._path}/{name}", "rb")

    def tidy(self, shards: Iterable[Shard], names: set[str]) -> None:
        """Remove what lost workers left unfinished of these shards, and the parts of their earlier states."""
        kept = {shard.part for shard in shards}
        stems = {part[: -_DIGITS - len("-.jsonl")] for part in kept}
        for name in names - kept:
            stem = name.removeprefix(".").partition(".jsonl")[0][: -_DIGITS - 1]
            is_unfinished = name.startswith(".") and name.endswith(".unfinished")
            if stem in stems and (is_unfinished or name.endswith(".jsonl")):
                with suppress(OSError):
                    self._system.rm(f"{self._path}/{name}")


def _sync(stream: Any) -> None:
    """Make a local file's bytes safe before its rename; elsewhere the store does so."""
    stream.flush()
    with suppress(OSError, AttributeError, ValueError):
        os.fsync(stream.fileno())
