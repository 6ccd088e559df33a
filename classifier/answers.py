"""Ministers' written answers, from a file of answers or from the Parliament's written-questions service. Knows both shapes.

A file holds one answer a line, `{"url": "https://…", "text": "We …"}`, plain or gzipped; the service answers

    {"value": {"id": 1655850, "uin": "196123", "answerText": "<p>We …</p>", "dateAnswerCorrected": null, …}, "links": […]}

What the service gave is kept in a folder, so that asking again starts where it stopped.
"""

import gzip
import json
import os
import re
import sys
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from io import BufferedReader
from pathlib import Path
from typing import Any

from classifier.errors import InputError, OutputError, UsageError
from classifier.fetching import Fetcher, Reply

SERVICE = "https://questions-statements-api.parliament.uk"
PATIENCE = 3  # so many addresses in a row that fail mean that the service is down
_QUESTIONS = "/api/writtenquestions/questions/"
_ADDRESSES = (
    re.compile(r"https?://questions-statements-api\.parliament\.uk/api/writtenquestions/questions/(\d+)/?"),
    re.compile(
        r"https?://questions-statements\.parliament\.uk/written-questions/detail/(\d{4}-\d\d-\d\d/[A-Za-z]{0,4}\d+)/?"
    ),
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<![^<>]*>")
_TAG_IN_A_LINE = re.compile(r"</?(?:a|abbr|b|em|i|small|span|strong|sub|sup|u)(?:\s[^<>]*)?>", re.IGNORECASE)
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as text (its HTML can be read in more than one way), or the problem that stands in its place."""

    url: str
    texts: tuple[str, ...] = ()
    problem: str = ""
    remark: str = ""


def answers_from_file(path: Path, urls: Collection[str], note: Callable[[str], None]) -> Iterator[Answer]:
    """Yield the answers to `urls` from JSON lines, one line at a time; `note` hears of lines that hold no answer."""
    try:
        with _opened(path) as stream:
            for number, line in enumerate(stream, 1):
                if not line.isspace() and (answer := _parse_line(line, f"{path}:{number}", urls, note)):
                    yield answer
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: damaged or cut short ({error}). Fetch it again.") from error
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror or error}).") from error


def texts_from_folder(folder: Path, urls: Collection[str]) -> Iterator[Answer]:
    """Yield the texts of a folder that `urls` name as `file:NAME`; a file that can't be read stands there as its problem."""
    for url in sorted(set(urls)):
        name = url.removeprefix("file:")
        if name == url or name in ("", ".", "..") or Path(name).name != name:
            continue
        try:
            yield Answer(url, ((folder / name).read_text(encoding="utf-8"),))
        except (OSError, UnicodeDecodeError) as error:
            yield Answer(url, problem=f"{folder / name} can't be read ({getattr(error, 'strerror', None) or error})")


def _opened(path: Path) -> gzip.GzipFile | BufferedReader:
    with path.open("rb") as stream:
        is_gzipped = stream.read(2) == _GZIP
    return gzip.open(path) if is_gzipped else path.open("rb")


def _parse_line(line: bytes, where: str, urls: Collection[str], note: Callable[[str], None]) -> Answer | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        note(f"{where}: not valid JSON ({error}); skipped.")
        return None
    url, text = (row.get("url"), row.get("text")) if isinstance(row, dict) else (None, None)
    if not isinstance(url, str) or not isinstance(text, str):
        note(f"{where}: needs the fields 'url' and 'text'; skipped.")
        return None
    return Answer(url, (text,)) if url in urls else None


def service_path(url: str) -> str | None:
    """Return what the service calls the question at `url`: its number, or the day it was put and its UIN; else None.

    >>> service_path("https://questions-statements.parliament.uk/written-questions/detail/2026-07-07/16607")
    '2026-07-07/16607'
    """
    found = next((match for pattern in _ADDRESSES if (match := pattern.fullmatch(url))), None)
    return found and found[1]


class Service:
    """The written-questions service, asked only for what `cache` does not hold, and left alone once it is down.

    `patience` is the number of addresses that may fail in a row. `address` can be that of another service of the same shape.
    """

    def __init__(self, fetcher: Fetcher, cache: Path, address: str = SERVICE, patience: int = PATIENCE) -> None:
        if not re.match(r"https?://[^/\s]+", address):
            raise UsageError(f"'{address}' is not a web address; the service's own is {SERVICE}.")
        self._fetcher, self._cache, self._patience = fetcher, cache, patience
        self._questions = address.rstrip("/") + _QUESTIONS
        self._failures, self._stopped = 0, ""

    def answers(self, urls: Iterable[str]) -> Iterator[Answer]:
        """Yield, for each of `urls` in turn, its answer or the problem that stands in its place."""
        for url in urls:
            path = service_path(url)
            value = path and _kept(self._cache, path)
            if path is None:
                yield Answer(url, problem="not an address of the written-questions service")
            elif value:
                yield answer_of(url, value)
            elif self._stopped:
                yield Answer(url, problem=f"not asked for: {self._stopped}")
            else:
                yield self._ask(url, path)

    def _ask(self, url: str, path: str) -> Answer:
        reply = self._fetcher.fetch(self._questions + path)
        self._failures = self._failures + 1 if reply.problem and not reply.is_gone else 0
        if reply.asks_to_stop or self._failures >= self._patience:
            self._stopped = reply.problem
        value = parse_question(reply.body)
        if value is None:
            return Answer(url, problem=reply.problem)
        answer = answer_of(url, value)
        if not answer.problem:
            _keep(self._cache, path, reply)
        return answer


def parse_question(body: bytes) -> Mapping[str, Any] | None:
    """Return the question in a response of the service, or None where the bytes hold no whole one."""
    try:
        response = json.loads(body)
    except (ValueError, RecursionError):
        return None
    value = response.get("value") if isinstance(response, dict) else None
    return value if isinstance(value, dict) and "answerText" in value else None


def is_question(body: bytes) -> bool:
    """Return whether `body` is a whole response of the service: the judgement that a `Fetcher` needs."""
    return parse_question(body) is not None


def answer_of(url: str, value: Mapping[str, Any]) -> Answer:
    """Return the answer to a question as text: with a space for every tag, then with none for the tags within a line."""
    html, corrected = value.get("answerText"), value.get("dateAnswerCorrected")
    if not isinstance(html, str) or not html.strip():
        return Answer(url, problem="the service has no answer to this question")
    remark = f" (corrected on {corrected[:10]})" if isinstance(corrected, str) else ""
    return Answer(url, (text_of(html), text_of(_TAG_IN_A_LINE.sub("", html))), remark=remark)


def text_of(html: str) -> str:
    """Return the text of HTML with a space for every tag.

    >>> text_of("<p>It is <b>not</b> &pound;5.</p>")
    ' It is  not  £5. '
    """
    return unescape(_TAG.sub(" ", html))


def cache_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return the folder for answers in the user's cache, where the platform wants it.

    >>> cache_folder({"XDG_CACHE_HOME": "/home/me/kept"}, "linux").as_posix()
    '/home/me/kept/framing/answers'
    """
    if chosen := environment.get("XDG_CACHE_HOME"):
        base = Path(chosen)
    elif platform == "win32" and environment.get("LOCALAPPDATA"):
        base = Path(environment["LOCALAPPDATA"])
    else:
        base = Path.home() / ("Library/Caches" if platform == "darwin" else ".cache")
    return base / "framing" / "answers"


def _file_of(cache: Path, path: str) -> Path:
    return cache / f"{path.replace('/', '-')}.json"


def _kept(cache: Path, path: str) -> Mapping[str, Any] | None:
    with suppress(OSError):
        return parse_question(_file_of(cache, path).read_bytes())
    return None


def _keep(cache: Path, path: str, reply: Reply) -> None:
    """Keep a response, whole or not at all, so that a kill at any moment leaves nothing that misleads."""
    kept = _file_of(cache, path)
    beside = kept.with_suffix(".part")
    try:
        cache.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(reply.body)
        beside.replace(kept)
    except OSError as error:
        raise OutputError(f"{kept}: can't be kept ({error.strerror}). Choose another folder with --cache.") from error
