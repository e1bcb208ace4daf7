"""Fetching from a real server of the test's own: limits, and addresses that are not connected to."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import httpcore
import pytest

from pipeline.ingest import addresses, fetching
from pipeline.ingest.fetching import Fetcher, Unfetchable, is_public, retry_after
from tests.support.waiting import PATIENCE

GZIP_BOMB = gzip.compress(bytes(50_000_000), compresslevel=1)
BROTLI_BOMB = brotli.compress(bytes(50_000_000), quality=1)
"""Made beforehand: packing takes longer than the fetcher waits."""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path
        if path.startswith("/redirect/"):
            number = int(path.rpartition("/")[2])
            self._answer(301 if number % 2 else 302, {"Location": f"/redirect/{number - 1}" if number else "/plain"})
        elif path == "/moved":
            self._answer(301, {"Location": "/plain"})
        elif path == "/plain":
            self._answer(200, {}, b"plain")
        elif path == "/gzip":
            self._answer(200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 1000))
        elif path == "/br":
            self._answer(200, {"Content-Encoding": "br"}, brotli.compress(b"x" * 1000))
        elif path == "/deflate":
            packer = zlib.compressobj(wbits=-15)
            self._answer(200, {"Content-Encoding": "deflate"}, packer.compress(b"x" * 1000) + packer.flush())
        elif path == "/bomb":
            self._answer(200, {"Content-Encoding": "gzip"}, GZIP_BOMB)
        elif path == "/br-bomb":
            self._answer(200, {"Content-Encoding": "br"}, BROTLI_BOMB)
        elif path == "/broken":
            self._answer(200, {"Content-Encoding": "gzip"}, b"no gzip at all")
        elif path == "/large":
            self._answer(200, {}, b"x" * 2_000_000)
        elif path == "/slow":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.1)
        elif path == "/slow-head":
            self.send_response(200)
            self.flush_headers()
            for _ in range(100):
                self.wfile.write(b"X: 1\r\n")
                self.wfile.flush()
                time.sleep(0.1)
        elif path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b"<html><p>Half a sto")
        elif path.startswith("/cut-"):
            coding = path.removeprefix("/cut-")
            page = b"".join(b"%d ways " % number for number in range(500))
            packed = {"gzip": gzip.compress(page), "br": brotli.compress(page), "deflate": zlib.compress(page)}[coding][
                :-90
            ]
            self._answer(200, {"Content-Encoding": coding}, packed)
        elif path == "/inside":
            self._answer(302, {"Location": "http://169.254.169.254/latest/meta-data"})
        elif path == "/file":
            self._answer(302, {"Location": "file:///etc/passwd"})
        else:
            self._answer(429, {"Retry-After": "120"})

    def do_POST(self) -> None:
        self.send_response(202)
        self.end_headers()
        with suppress(OSError):
            while True:
                self.wfile.write(b"x" * 100_000)

    def _answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(1_000_000, private_networks=True, seconds=PATIENCE) as made:
        yield made


@pytest.mark.parametrize("path", ["/gzip", "/br", "/deflate"])
def test_packed_answers(server: str, fetcher: Fetcher, path: str) -> None:
    assert fetcher.get(server + path).content == b"x" * 1000


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/bomb", "larger than 1000000 bytes"),
        ("/br-bomb", "larger than 1000000 bytes"),
        ("/large", "larger than 1000000 bytes"),
        ("/broken", "can't be unpacked"),
        ("/cut", "can't fetch"),
        ("/cut-gzip", "is cut off"),
        ("/cut-br", "is cut off"),
        ("/cut-deflate", "is cut off"),
        ("/redirect/9", "redirects more than 5 times"),
        ("/file", "is not an http(s) address"),
        ("/nothing", "answered 429"),
    ],
)
def test_limits(server: str, fetcher: Fetcher, path: str, why: str) -> None:
    with pytest.raises(Unfetchable, match=why.replace("(", "\\(").replace(")", "\\)")):
        fetcher.get(server + path)


@pytest.mark.parametrize("path", ["/slow", "/slow-head"])
def test_what_comes_slowly_is_given_up(server: str, path: str) -> None:
    with Fetcher(1_000_000, private_networks=True, seconds=1) as hasty, pytest.raises(Unfetchable, match="took longer"):
        hasty.get(server + path)


def test_of_a_post_only_the_status_is_read(server: str, fetcher: Fetcher) -> None:
    assert fetcher.post(server + "/hub", {"hub.mode": "subscribe"}) == 202


@pytest.mark.parametrize(
    "value", ["\u00b2", "9" * 5000, "-5", "soon", "Mon, 99 Foo 2026", "Fri, 31 Dec 9999 23:59:59 -2400", ""]
)
def test_an_odd_retry_after_is_none(value: str) -> None:
    assert retry_after(value) is None


def test_permanent_redirects_are_told_and_temporary_ones_are_not(server: str, fetcher: Fetcher) -> None:
    assert fetcher.get(server + "/moved").moved_to == server + "/plain"
    assert fetcher.get(server + "/redirect/0").moved_to is None
    assert fetcher.get(server + "/plain").moved_to is None


def test_what_the_server_asks_for_is_kept(server: str, fetcher: Fetcher) -> None:
    with pytest.raises(Unfetchable) as refused:
        fetcher.get(server + "/limit")
    assert (refused.value.status, refused.value.retry_after) == (429, 120.0)


def test_private_networks_are_not_connected_to(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Fetcher(1000) as careful:
        for url in (server + "/plain", "http://localhost/", "http://[::1]/", "http://2130706433/"):
            with pytest.raises(Unfetchable, match="private network|can't find"):
                careful.get(url)
        # a name that stands for an address inside, and a public page that leads there
        monkeypatch.setattr(fetching, "resolve", lambda host, port, seconds: iter(["10.0.0.7"]))
        with pytest.raises(Unfetchable, match="private network"):
            careful.get("http://news.example/")


def test_a_redirect_into_a_private_network_is_not_followed(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1")
    with Fetcher(1000) as careful, pytest.raises(Unfetchable, match="private network"):
        careful.get(server + "/inside")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1",
     "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1", "fec0::1", "240.0.0.1", "255.255.255.255", "not an address"],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_addresses_that_are_public() -> None:
    assert is_public("93.184.215.14")
    assert is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


def test_retry_after_in_both_forms() -> None:
    assert retry_after("30") == 30.0
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert retry_after("soon") is None
    assert retry_after(None) is None


def test_a_name_that_is_looked_for_too_long_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    may_end = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: may_end.wait(PATIENCE) and [])
    try:
        with pytest.raises(httpcore.ConnectTimeout):
            list(addresses.resolve("slow.example", 443, 0.01))
        with Fetcher(1000, seconds=0.05) as careful, pytest.raises(Unfetchable):
            careful.post("http://slow.example/", content=b"x")
    finally:
        may_end.set()
