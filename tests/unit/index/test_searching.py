"""The client of the search API fails as the usual client does, over a server that answers what it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from elastic_transport._node import NodeApiResponse

from pipeline.errors import Fatal, Reject, Retry
from pipeline.index.client import elasticsearch_client, elasticsearch_errors
from pipeline.index.node import PlainNode
from pipeline.index.searching import SearchClient
from pipeline.search.asking import search_client
from pipeline.settings import Settings, load_settings


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.answer = b""
        self.closes = False
        self.seen: list[dict[str, str]] = []
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["content-length"]))
        self.server.seen.append({name.lower(): value for name, value in self.headers.items()} | {"": f"{self.path} {asked.decode()}"})  # fmt: skip
        self.wfile.write(self.server.answer)
        self.close_connection = self.server.closes

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def settings_of(server: Server, **more: Any) -> Settings:
    return load_settings(elasticsearch_url=f"http://127.0.0.1:{server.server_port}", **more)


def whole(body: bytes, status: str = "200 OK", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


def chunked(*parts: bytes, trailer: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(b"%x;note=1\r\n%s\r\n" % (len(one), one) for one in parts) + b"0\r\n" + trailer + b"\r\n"  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [
        whole(b'{"took":1}'),
        whole(b'{"took":1}', more="Warning: one\r\nWarning: two\r\n"),
        b"HTTP/1.1 100 Continue\r\n\r\n" + whole(b'{"took":1}'),
        chunked(b'{"to', b'ok":1}'),
        chunked(b'{"took":1}', trailer=b"Digest: x\r\n"),
    ],
)
def test_an_answer_is_read_however_it_is_sent_and_the_next_is_its_own(server: Server, answer: bytes) -> None:
    client = search_client(settings_of(server, elasticsearch_api_key="secret"))
    for _ in range(2):
        server.answer = answer
        assert client.search(index="news-articles", body={"size": 1}) == {"took": 1}
        server.answer = whole(b'{"took":2}')
        assert client.search(index="news-articles", body={"size": 1}) == {"took": 2}
    assert server.seen[0]["authorization"] == "ApiKey secret"
    assert server.seen[0][""] == '/news-articles/_search {"size":1}'
    assert "elasticsearch+json" in server.seen[0]["accept"]


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (whole(b'{"error":{"type":"parsing_exception","reason":"no [x]"},"status":400}', "400 Bad Request"), Reject, "no \\[x\\]"),
        (whole(b'{"error":{"type":"security_exception","reason":"no"}}', "401 Unauthorized"), Fatal, "does not accept"),
        (whole(b'{"error":{"type":"security_exception","reason":"no"}}', "403 Forbidden"), Fatal, "don't allow"),
        (whole(b'{"error":{"type":"index_not_found_exception"}}', "404 Not Found"), Retry, "isn't there yet"),
        (whole(b"<h1>busy</h1>", "503 Service Unavailable"), Retry, "is busy"),
        (whole(b'{"error":"too many"}', "429 Too Many Requests"), Retry, "too many"),
        (whole(b"<h1>another server</h1>"), Retry, "does not answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", Retry, "does not answer"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", Retry, "does not answer"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n", Retry, "does not answer"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n", Retry, "does not answer"),
        (b"SSH-2.0\r\n\r\n", Retry, "does not answer"),
        (b"HTTP/1.1 200 OK\r\nno header\r\n\r\n", Retry, "does not answer"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000, Retry, "does not answer"),
    ],
)  # fmt: skip
def test_what_is_no_result_is_an_error_and_the_next_search_is_answered(
    server: Server, answer: bytes, error: type[Exception], said: str
) -> None:
    settings = settings_of(server)
    client = search_client(settings)
    server.answer = answer
    server.closes = True
    with pytest.raises(error, match=said), elasticsearch_errors(settings, bad_request=Reject):
        client.search(index="news-articles", body={})
    server.closes = False
    server.answer = whole(b"{}")
    assert client.search(index="news-articles", body={}) == {}


def test_a_search_may_take_as_long_as_the_client_was_told(server: Server) -> None:
    given: list[Any] = []

    class Noted(PlainNode):
        def perform_request(self, *asked: Any, **more: Any) -> NodeApiResponse:
            given.append(asked[-1])
            return super().perform_request(*asked, **more)

    server.answer = whole(b"{}")
    elasticsearch_client(settings_of(server), timeout=7.5, node=Noted, kind=SearchClient).search(index="a", body={})
    assert given == [7.5]
