import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from elastic_transport import ConnectionError, ConnectionTimeout, HttpHeaders, NodeConfig, TlsError

from pipeline.index.node import PlainNode
from tests.support.waiting import PATIENCE, until


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, bytes, dict[str, str]]] = []
        self.opened = self.closed = 0
        self.slow = threading.Event()
        """Set when what is slow may be answered."""
        self.ports: set[int] = set()
        super().__init__(("127.0.0.1", 0), Handler)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.closed += 1


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.opened += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, body, dict(self.headers)))
        match self.path.rpartition("/")[2]:
            case "slow":
                self.server.slow.wait(PATIENCE)
            case "half":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
                self.close_connection = True
                return
            case "closes":  # without saying so
                self.close_connection = True
            case "nonsense":
                self.wfile.write(b"what?\r\n\r\n")
                self.close_connection = True
                return
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body) + 2))
        self.end_headers()
        self.wfile.write(b"<" + body + b">")

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def node(server: Server, **more: Any) -> PlainNode:
    given: dict[str, Any] = {"request_timeout": 10, "connections_per_node": 2} | more
    return PlainNode(NodeConfig("http", "127.0.0.1", server.server_port, **given))


def test_a_request_is_sent_as_it_is_and_its_answer_read(server: Server) -> None:
    own = node(server, headers=HttpHeaders({"authorization": "ApiKey x"}), path_prefix="/behind")
    meta, body = own.perform_request("POST", "/a/_search", b"{}", HttpHeaders({"Content-Type": "application/json"}))
    assert (meta.status, meta.headers["content-type"], body) == (200, "application/json", b"<{}>")
    method, path, sent, headers = server.seen[0]
    assert (method, path, sent) == ("POST", "/behind/a/_search", b"{}")
    found = {name.lower(): value for name, value in headers.items()}
    assert (found["authorization"], found["content-type"], found["content-length"]) == ("ApiKey x", "application/json", "2")  # fmt: skip


def test_what_is_no_success_is_an_answer_all_the_same(server: Server) -> None:
    assert node(server).perform_request("GET", "/missing").meta.status == 404


def test_one_connection_does_for_requests_one_after_the_other(server: Server) -> None:
    own = node(server)
    for _ in range(5):
        own.perform_request("GET", "/a")
    assert server.opened == 1


def test_a_connection_that_the_server_closed_is_opened_anew(server: Server) -> None:
    own = node(server)
    for _ in range(3):
        assert own.perform_request("GET", "/closes").body == b"<>"
        until(lambda: server.closed == server.opened)
    assert server.opened == 3


@pytest.mark.parametrize("path", ["/half", "/nonsense"])
def test_after_an_answer_that_is_none_the_next_request_gets_its_own(server: Server, path: str) -> None:
    own = node(server, connections_per_node=1)
    with pytest.raises(ConnectionError):
        own.perform_request("GET", path)
    assert own.perform_request("POST", "/a", b"mine").body == b"<mine>"


def test_after_a_time_out_the_next_request_gets_its_own_answer(server: Server) -> None:
    own = node(server, connections_per_node=1, request_timeout=0.2)
    with pytest.raises(ConnectionTimeout):
        own.perform_request("POST", "/slow", b"late")
    server.slow.set()
    assert own.perform_request("POST", "/a", b"mine", request_timeout=10).body == b"<mine>"


def test_more_threads_than_connections_wait_for_one(server: Server) -> None:
    own = node(server)
    answers: dict[int, bytes] = {}

    def ask(n: int) -> None:
        answers[n] = own.perform_request("POST", "/a", str(n).encode()).body

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: f"<{n}>".encode() for n in range(12)}
    assert server.opened <= 2


def test_a_server_that_is_away_is_a_connection_error(server: Server) -> None:
    own = node(server)
    server.shutdown()
    server.server_close()
    with pytest.raises(ConnectionError):
        own.perform_request("GET", "/a")


def test_a_server_without_tls_is_a_tls_error(server: Server) -> None:
    own = PlainNode(NodeConfig("https", "127.0.0.1", server.server_port, request_timeout=10, connections_per_node=1))
    with pytest.raises((TlsError, ConnectionError)) as failed:
        own.perform_request("GET", "/a")
    assert not isinstance(failed.value, http.client.HTTPException)


def test_closing_closes_what_is_open(server: Server) -> None:
    own = node(server)
    own.perform_request("GET", "/a")
    own.close()
    assert own._free.empty()
