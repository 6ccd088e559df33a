"""Web addresses → bytes, politely: one at a time, not too fast, again if it may help, never for ever. Knows HTTP, no service.

It says who is asking, waits as long as `Retry-After` says, and bounds the time and the size of every answer.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import NamedTuple
from urllib import request
from urllib.error import HTTPError

import classifier

_PIECE_BYTES = 1 << 16
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})
_GONE = frozenset({404, 410})
_HANDLERS = (
    request.ProxyHandler,
    request.HTTPHandler,
    request.HTTPSHandler,
    request.HTTPDefaultErrorHandler,
    request.HTTPRedirectHandler,
    request.HTTPErrorProcessor,
    request.UnknownHandler,
)


@dataclass(frozen=True, slots=True)
class Manners:
    """How to ask. Waits double from `first_wait_seconds`; a longer one than `longest_wait_seconds` ends the asking."""

    interval_seconds: float = 0.5
    timeout_seconds: float = 30.0
    attempts: int = 5
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 120.0
    max_bytes: int = 4 * 1024 * 1024
    user_agent: str = f"framing/{classifier.__version__}"


class Reply(NamedTuple):
    """What came of asking: a body, or a problem in words, and whether it lies with this address or with the service."""

    body: bytes = b""
    problem: str = ""
    is_gone: bool = False
    asks_to_stop: bool = False


class _Try(NamedTuple):
    reply: Reply
    is_worth_another: bool = False
    wait_seconds: float | None = None


class Fetcher:
    """Asks for one address after another with the same manners. `is_whole` tells a whole body from one cut short."""

    def __init__(
        self,
        manners: Manners | None = None,
        is_whole: Callable[[bytes], bool] = bool,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._manners = manners or Manners()
        self._is_whole, self._sleep, self._clock = is_whole, sleep, clock
        self._asked_last = -math.inf
        self._opener = request.OpenerDirector()  # http and https only: no ftp:, file: or data: after a redirect
        for handler in _HANDLERS:
            self._opener.add_handler(handler())

    def fetch(self, url: str) -> Reply:
        """Return the body at `url`, or what stood in the way after every attempt."""
        found = _Try(Reply())
        for attempt in range(self._manners.attempts):
            found = self._try(url)
            wait = self._wait_seconds(found, attempt)
            if not found.is_worth_another or attempt + 1 == self._manners.attempts:
                break
            if wait > self._manners.longest_wait_seconds:
                problem = f"{found.reply.problem} and asks to come back in {wait:.0f} seconds"
                return Reply(problem=problem, asks_to_stop=True)
            self._sleep(wait)
        return found.reply

    def _wait_seconds(self, found: _Try, attempt: int) -> float:
        backing_off = min(self._manners.first_wait_seconds * 2.0**attempt, self._manners.longest_wait_seconds)
        return max(found.wait_seconds or 0.0, backing_off)

    def _try(self, url: str) -> _Try:
        self._keep_interval()
        headers = {"User-Agent": self._manners.user_agent, "Accept": "application/json", "Accept-Encoding": "identity"}
        try:
            asked = request.Request(url, headers=headers)  # noqa: S310 - the opener knows http and https only
            with self._opener.open(asked, timeout=self._manners.timeout_seconds) as response:
                body = self._read(response)
        except HTTPError as error:
            error.close()
            return _refused(error)
        except (OSError, HTTPException) as error:
            return _Try(Reply(problem=_in_words(error)), is_worth_another=True)
        except ValueError as error:
            return _Try(Reply(problem=str(error)))
        if not self._is_whole(body):
            return _Try(Reply(problem="the answer was cut short or is not what was asked for"), is_worth_another=True)
        return _Try(Reply(body))

    def _keep_interval(self) -> None:
        early = self._asked_last + self._manners.interval_seconds - self._clock()
        if early > 0:
            self._sleep(early)
        self._asked_last = self._clock()

    def _read(self, response: HTTPResponse) -> bytes:
        """Return the whole body; the time-out holds for all of it, not only for each piece."""
        body, deadline = bytearray(), self._clock() + self._manners.timeout_seconds
        while piece := response.read1(_PIECE_BYTES):
            body += piece
            if len(body) > self._manners.max_bytes:
                raise ValueError(f"the answer is larger than {self._manners.max_bytes:,} bytes")
            if self._clock() > deadline:
                raise TimeoutError
        promised = response.headers.get("Content-Length", "")
        if promised.isdecimal() and len(body) < int(promised):
            raise IncompleteRead(bytes(body), int(promised) - len(body))
        return bytes(body)


def _refused(error: HTTPError) -> _Try:
    problem = f"the service answered {error.code} {error.reason}".rstrip()
    wait = retry_after_seconds(error.headers.get("Retry-After", ""), datetime.now(UTC))
    return _Try(Reply(problem=problem, is_gone=error.code in _GONE), error.code in _WORTH_ANOTHER_TRY, wait)


def retry_after_seconds(value: str, now: datetime) -> float | None:
    """Return the seconds that a `Retry-After` header asks to wait, from a number or a date; None if it says neither.

    >>> retry_after_seconds("120", datetime.now(UTC))
    120.0
    """
    if value.strip().isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())


def _in_words(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return "no answer within the time allowed"
    if isinstance(reason, IncompleteRead):
        return "the answer was cut short"
    return f"no connection ({getattr(reason, 'strerror', None) or reason or type(reason).__name__})"
