"""`https://` addresses → streams. Knows redirects, limits and manners; what came is for the other readers.

GET /government/speeches/… HTTP/1.1
User-Agent: framing/0.1.0

Connects itself, and only to an address that `network` found public: a name can't change its mind between check and use.
"""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from io import BytesIO
from socket import SHUT_RDWR, create_connection, socket
from threading import Timer
from time import monotonic
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from classifier.errors import InputError
from classifier.readers.dispatch import read_unparsed_stream
from classifier.readers.network import addresses_of
from classifier.readers.options import Found, ReadOptions
from classifier.records import DocumentFailure

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK_BYTES = 1 << 16
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,30})", re.IGNORECASE)
_ACCEPT = "text/html, application/xhtml+xml, application/json, application/pdf, text/*;q=0.9, */*;q=0.5"
_SAFE = "/%:=&?~#+!$,;'@()*[]"


def read_address(address: str, options: ReadOptions) -> Found:
    """Yield the documents behind a web address, under the address as it was given."""
    try:
        data, charset = _fetch(address, options)
    except InputError as error:
        yield DocumentFailure(address, "InputError", str(error))
        return
    yield from read_unparsed_stream(BytesIO(data), address, replace(options, charset=options.charset or charset))


def _fetch(address: str, options: ReadOptions) -> tuple[bytes, str | None]:
    """Return the bytes behind an address and their character encoding, if the server names one."""
    deadline = monotonic() + options.download_timeout_seconds
    for _ in range(options.max_redirects + 1):
        with _get(_parse(address), deadline, options) as response:
            target = response.getheader("Location")
            if response.status not in _REDIRECTS or not target:
                return _body(response, deadline, options), _charset(response)
        following = urljoin(address, target)
        if _is_encrypted(address) and not _is_encrypted(following):
            raise InputError("redirects to an address that isn't encrypted.")
        address = following
    raise InputError(f"redirects more than {options.max_redirects} times.")


def _is_encrypted(address: str) -> bool:
    return address.lower().startswith("https:")


def _parse(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise InputError(f"not a web address ({error}).") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise InputError("not a web address; it should begin with https://")
    if parts.username or parts.password:
        raise InputError("holds a user name or password; leave it out.")
    return parts


@contextmanager
def _get(parts: SplitResult, deadline: float, options: ReadOptions) -> Iterator[HTTPResponse]:
    """Give the server's answer; every failure, and running out of time, becomes an `InputError`."""
    connection = _connection(parts, deadline, options)
    watch = Timer(max(0.01, deadline - monotonic()), _hang_up, [connection.sock])
    watch.daemon = True
    watch.start()
    try:
        connection.request("GET", _target(parts), headers=_headers())
        yield connection.getresponse()
    except (OSError, HTTPException, ValueError, AttributeError) as error:
        raise InputError(_reason(error, deadline, options)) from None
    finally:
        watch.cancel()
        connection.close()


def _connection(parts: SplitResult, deadline: float, options: ReadOptions) -> HTTPConnection:
    """Return a connection to the host's checked address that speaks to it by its name."""
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    addresses = addresses_of(host, port, allow_local=options.allow_local_network)
    seconds = max(0.01, deadline - monotonic())
    connection = (
        HTTPSConnection(host, port, timeout=seconds) if is_secure else HTTPConnection(host, port, timeout=seconds)
    )
    try:
        plain = _connect(addresses, port, seconds)
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if is_secure else plain
    except (OSError, ValueError) as error:
        raise InputError(_reason(error, deadline, options)) from None
    return connection


def _connect(addresses: list[str], port: int, seconds: float) -> socket:
    for address in addresses[:-1]:
        try:
            return create_connection((address, port), timeout=seconds / len(addresses))
        except OSError:
            continue
    return create_connection((addresses[-1], port), timeout=seconds)


def _hang_up(sock: socket) -> None:
    with suppress(OSError):
        sock.shutdown(SHUT_RDWR)


def _reason(error: Exception, deadline: float, options: ReadOptions) -> str:
    if isinstance(error, TimeoutError) or monotonic() >= deadline:
        return f"took over {options.download_timeout_seconds:g} seconds to answer."
    return f"can't be fetched ({str(error) or type(error).__name__})."


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=_SAFE)
    return f"{path}?{quote(parts.query, safe=_SAFE)}" if parts.query else path


def _headers() -> dict[str, str]:
    from classifier import __version__

    return {
        "User-Agent": f"framing/{__version__}",
        "Accept": _ACCEPT,
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def _body(response: HTTPResponse, deadline: float, options: ReadOptions) -> bytes:
    if response.status != 200:
        raise InputError(f"the server answered {response.status} {response.reason}".strip()[:100] + ".")
    limit = options.max_document_bytes
    data = bytearray()
    while chunk := response.read(_CHUNK_BYTES):
        data += chunk
        if len(data) > limit:
            raise InputError(f"larger than {limit:,} bytes.")
    if monotonic() >= deadline:
        raise TimeoutError
    if response.length:
        raise InputError(f"cut short: {response.length:,} bytes are missing.")
    return bytes(data)


def _charset(response: HTTPResponse) -> str | None:
    found = _CHARSET.search(response.getheader("Content-Type") or "")
    return found.group(1) if found else None
