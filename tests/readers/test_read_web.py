"""Web addresses, from a server of our own on this machine."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from classifier import __version__
from classifier.errors import InputError
from classifier.readers import ReadOptions, network, read_documents, web
from classifier.readers.network import addresses_of, is_public
from classifier.records import Document, DocumentFailure

PAGE = "<html><head><title>Café – Site</title></head><body><main><h1>Café</h1><p>We will act – at once.</p></main></body></html>"


class Office(BaseHTTPRequestHandler):
    """Answers each path with one kind of behaviour."""

    protocol_version = "HTTP/1.1"
    agents: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.agents.append(self.headers["User-Agent"])
        getattr(self, "give_" + self.path.strip("/").split("?")[0].split("/")[0].split(".")[0], self.give_nothing)()

    def give(self, data: bytes, kind: str = "text/html; charset=utf-8", **headers: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def give_page(self) -> None:
        self.give(PAGE.encode())

    def give_old(self) -> None:
        self.give(PAGE.encode("iso-8859-15", "replace"), "text/html; charset=ISO-8859-15")

    def give_packed(self) -> None:
        self.give(gzip.compress(PAGE.encode()), Content_Encoding="gzip")

    def give_rows(self) -> None:
        self.give(b"id,text\n1,One.\n2,Two.\n", "text/csv")

    def give_short(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"We act.")
        self.close_connection = True

    def give_nothing(self) -> None:
        self.send_error(404)

    def redirect(self, target: str) -> None:
        self.send_response(302)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def give_moved(self) -> None:
        self.redirect("/page?a=caf%C3%A9")

    def give_round(self) -> None:
        self.redirect("/round")

    def give_inward(self) -> None:
        self.redirect("http://169.254.169.254/latest/meta-data")

    def give_file(self) -> None:
        self.redirect("file:///etc/passwd")

    def give_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"We act. " * 8192)
        except OSError:
            self.close_connection = True

    def give_slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"x")
                time.sleep(0.1)
        except OSError:
            self.close_connection = True

    def give_rubbish(self) -> None:
        self.wfile.write(b"\x00\xff nothing like HTTP\r\n\r\n")
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def office() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Office)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def get(address: str, **options) -> list[Document | DocumentFailure]:
    return list(read_documents([address], ReadOptions(**{"allow_local_network": True, **options})))


def message(address: str, **options) -> str:
    [found] = get(address, **options)
    assert isinstance(found, DocumentFailure)
    assert found.name == address
    return found.message


def test_a_page_is_fetched_and_named_by_its_address(office):
    [document] = get(f"{office}/page")
    assert (document.name, document.text) == (f"{office}/page", "Café\nWe will act – at once.")


def test_we_say_who_we_are(office):
    get(f"{office}/page")
    assert Office.agents[-1] == f"framing/{__version__}"


def test_the_charset_of_the_server_is_used(office):
    assert get(f"{office}/old")[0].text.startswith("Café")


def test_a_packed_answer_is_unpacked(office):
    assert get(f"{office}/packed")[0].text.startswith("Café")


def test_a_table_behind_an_address_is_read_row_by_row(office):
    assert [item.name for item in get(f"{office}/rows.csv?x=1")] == ["1", "2"]


def test_redirects_are_followed_up_to_a_limit(office):
    assert get(f"{office}/moved")[0].text.startswith("Café")
    assert "redirects more than 5 times" in message(f"{office}/round")


def test_no_redirect_leads_out_of_encryption_however_the_address_is_written(monkeypatch):
    class Moved:
        status = 301

        def getheader(self, _: str) -> str:
            return "http://office.example/"

    monkeypatch.setattr(web, "_get", lambda *_: nullcontext(Moved()))
    for address in ("https://office.example/a", "HTTPS://office.example/a"):
        assert "isn't encrypted" in message(address)


def test_the_local_network_is_refused_unless_allowed(office):
    assert "on the local network" in message(f"{office}/page", allow_local_network=False)
    assert "on the local network" in message(
        office.replace("127.0.0.1", "localhost") + "/page", allow_local_network=False
    )


def test_a_redirect_to_the_local_network_is_refused(office, monkeypatch):
    """The first host passes as public; where it sends us is checked anew."""
    real = network.is_public
    monkeypatch.setattr(network, "is_public", lambda address: address == "127.0.0.1" or real(address))
    assert "169.254.169.254 is on the local network" in message(f"{office}/inward", allow_local_network=False)


def test_a_name_that_leads_to_the_local_network_is_refused(monkeypatch):
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("151.101.0.144", "10.0.0.1")]
    monkeypatch.setattr(network.socket, "getaddrinfo", lambda *_, **__: answer)
    assert "on the local network" in message("https://office.example/", allow_local_network=False)


def test_the_checked_address_is_the_one_connected_to(monkeypatch):
    """A name that changes its mind after the check can't lead anywhere else: it is asked for once."""
    asked = []

    def answer(*_, **__):
        asked.append(1)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("151.101.0.144", 80))]

    seen = []
    monkeypatch.setattr(network.socket, "getaddrinfo", answer)
    monkeypatch.setattr(
        web, "create_connection", lambda where, timeout: seen.append(where) or (_ for _ in ()).throw(OSError("no"))
    )
    assert "can't be fetched" in message("http://office.example/", allow_local_network=False)
    assert (seen, len(asked)) == ([("151.101.0.144", 80)], 1)


@pytest.mark.parametrize("path", ["nothing", "rubbish", "file", "short"])
def test_every_other_answer_is_a_failure(office, path):
    assert message(f"{office}/{path}")


def test_an_endless_answer_is_cut_off(office):
    assert "larger than 1,000,000 bytes" in message(f"{office}/endless", max_document_bytes=1_000_000)


def test_a_slow_answer_is_cut_off(office):
    began = time.monotonic()
    assert "took over 0.5 seconds" in message(f"{office}/slow", download_timeout_seconds=0.5)
    assert time.monotonic() - began < 3


def test_a_server_that_is_not_there_is_a_failure():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert "can't be fetched" in message(f"http://127.0.0.1:{unused.getsockname()[1]}/")


@pytest.mark.parametrize(
    "address", ["https://", "http://[", "https://user:pw@office.example/", "https://a:99999/", "http://:80/"]
)
def test_what_is_no_address_is_a_failure(address):
    assert message(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::127.0.0.1",
    ],
)
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["151.101.0.144", "2a04:4e42::144", "64:ff9b::9765:90", "::ffff:151.101.0.144"])
def test_addresses_that_are_public(address):
    assert is_public(address)


def test_a_host_without_an_address_is_a_failure(monkeypatch):
    def nothing(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(network.socket, "getaddrinfo", nothing)
    with pytest.raises(InputError, match="no such host"):
        addresses_of("nowhere.example", 443, allow_local=False)
