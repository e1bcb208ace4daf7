"""Slow, idle and odd HTTP clients, on real sockets."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from prometheus_client import REGISTRY, generate_latest

from pipeline.process.connections import ConnectionLimits, network_of
from pipeline.process.web import server
from tests.support.waiting import PATIENCE, until

SHORT = ConnectionLimits(total=500, per_address=500, head_seconds=2, answer_seconds=0.4)
"""Long enough for a client of ours that is not slow, on a busy machine."""
HEAD = b"POST /echo HTTP/1.1\r\nHost: x\r\n"
GOOD = b"GET /good HTTP/1.1\r\nHost: x\r\n\r\n"


def _api() -> FastAPI:
    api = FastAPI()
    api.state.waiting, api.state.sent = threading.Event(), threading.Event()

    @api.get("/good")
    async def good() -> PlainTextResponse:
        return PlainTextResponse("good")

    @api.get("/busy")
    async def busy() -> PlainTextResponse:
        """Keeps the loop from its work as soon as it has looked for what came in, until more was sent and its time is over."""
        mine, other = socket.socketpair()

        def work() -> None:
            asyncio.get_running_loop().remove_reader(mine)
            api.state.waiting.set()
            api.state.sent.wait(PATIENCE)
            time.sleep(SHORT.head_seconds * 2)
            mine.close()

        asyncio.get_running_loop().add_reader(mine, work)
        other.close()
        return PlainTextResponse("done")

    @api.get("/large")
    async def large() -> PlainTextResponse:
        return PlainTextResponse("x" * 30_000_000)

    @api.get("/refused")
    @api.post("/refused")
    async def refused() -> PlainTextResponse:
        return PlainTextResponse("no", 401)

    @api.post("/echo")
    async def echo(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(len(await request.body())))

    return api


@contextmanager
def serving(limits: ConnectionLimits) -> Iterator[tuple[Any, int]]:
    made = server(_api(), "127.0.0.1", 0, limits)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    try:
        until(lambda: made.started)
        yield made, made.servers[0].sockets[0].getsockname()[1]
    finally:
        made.should_exit = True
        thread.join(PATIENCE)


def connect(port: int, sent: bytes = b"") -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    made.sendall(sent)
    return made


def read_all(client: socket.socket) -> bytes:
    """Until the server closes. A server that never does fails the test by the socket's own time limit."""
    parts = []
    with client, suppress(ConnectionError):
        while part := client.recv(65536):
            parts.append(part)
    return b"".join(parts)


def trickle(client: socket.socket, piece: bytes) -> None:
    """Send a piece every 50 ms until the server closes."""
    until(lambda: _refuses(client, piece))


def _refuses(client: socket.socket, piece: bytes) -> bool:
    try:
        client.sendall(piece)
    except OSError:
        return True
    return False


def ask(port: int, request: bytes) -> tuple[int, bytes]:
    """Status and body of an answer with a Content-Length."""
    with connect(port, request) as client:
        return answered(client)


def answered(client: socket.socket) -> tuple[int, bytes]:
    """The same on a connection that is open; head and body may come apart."""
    data = b""
    while True:
        head, end, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        if end and (length is None or len(body) >= int(length[1])):
            return int(data.split()[1]), body
        part = client.recv(65536)
        assert part, f"closed after {data!r}"
        data += part


def test_slow_and_silent_clients_are_let_go_and_others_are_served_meanwhile() -> None:
    with serving(SHORT) as (made, port):
        connections = made.server_state.connections
        silent: list[socket.socket] = []

        def crowded() -> bool:
            silent.append(connect(port))
            return len(connections) > 50

        slow = connect(port, b"GET /good HTTP/1.1\r\nHost: x\r\nX: ")
        after_an_answer = connect(port, GOOD)
        deaf = connect(port, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        deaf_too = connect(port, GOOD * 3000)
        until(crowded, every=0.001)
        assert ask(port, GOOD) == (200, b"good")
        threads = [
            threading.Thread(target=trickle, args=arguments)
            for arguments in [
                (slow, b"x"),
                (connect(port, b"POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n"), b"x"),
                (
                    connect(port, b"POST /refused HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"),
                    b"1\r\nx\r\n",
                ),
            ]
        ]
        for thread in threads:
            thread.start()
        assert all(read_all(client) == b"" for client in silent)
        for thread in threads:
            thread.join()
        assert read_all(after_an_answer).endswith(b"good")
        until(lambda: not connections)
        assert len(read_all(deaf)) < 30_000_000
        deaf_too.close()
        assert ask(port, GOOD) == (200, b"good")


def test_who_sent_while_the_server_was_busy_is_answered() -> None:
    with serving(SHORT) as (made, port):
        waiting = made.config.app.state.waiting
        early = connect(port, b"GET /good HT")
        until(lambda: made.server_state.connections)
        busy = connect(port, b"GET /busy HTTP/1.1\r\nHost: x\r\n\r\n")
        assert waiting.wait(PATIENCE)
        early.sendall(b"TP/1.1\r\nHost: x\r\n\r\n")
        made.config.app.state.sent.set()
        assert ask(port, GOOD) == (200, b"good")
        assert read_all(early).endswith(b"good")
        assert read_all(busy).endswith(b"done")


def test_a_head_that_comes_slowly_is_answered_408() -> None:
    with serving(SHORT) as (_, port):
        head, _, body = read_all(connect(port, b"GET /good HTTP/1.1\r\nHost: x\r\n")).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert b"connection: close" in head.lower()
        assert json.loads(body)["type"] == "urn:dateline:problem:too-slow"


@pytest.mark.parametrize("limits", [ConnectionLimits(total=5), ConnectionLimits(per_address=5)])
def test_who_waits_makes_room_and_who_is_busy_does_not(limits: ConnectionLimits) -> None:
    with serving(limits) as (made, port):
        idle = [connect(port) for _ in range(40)]
        assert ask(port, GOOD) == (200, b"good"), "idle connections keep nobody out"
        until(lambda: len(made.server_state.connections) <= 5)
        for client in idle:
            client.close()
        busy = [connect(port, HEAD + b"Content-Length: 3\r\n\r\n") for _ in range(5)]
        until(lambda: sum(not one.waits for one in made.server_state.connections) == 5)
        head, _, body = read_all(connect(port, GOOD)).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 5" in head.lower()
        assert json.loads(body)["type"] == "urn:dateline:problem:busy"
        for client in busy:
            client.sendall(b"abc")
            assert answered(client)[1] == b"3", "whoever was there is served"
        assert ask(port, GOOD) == (200, b"good")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (HEAD + b"Content-Length: abc\r\n\r\n", 400),
        (HEAD + b"Content-Length: -1\r\n\r\n", 400),
        (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400),
        (HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", 400),
        (b"GET /good HTTP/1.1\r\n\r\n", 400),
        (b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /good HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01", 400),
        (b"hello\r\n\r\n", 400),
        (b"GET /good HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 3_000_000, 431),
        (b"GET /good HTTP/1.1\r\nHost: x\r\n" + b"X: 1\r\n" * 500_000, 431),
    ],
)
def test_what_is_no_http_is_answered_with_a_problem(
    request_: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(ConnectionLimits()) as (made, port):
        client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        with suppress(ConnectionError):  # the answer comes, and the connection ends, while the rest is sent
            client.sendall(request_)
        head, _, body = read_all(client).partition(b"\r\n\r\n")
        if head or len(request_) < 100_000:
            assert head.startswith(b"HTTP/1.1 %d " % status)
            assert json.loads(body)["status"] == status
        until(lambda: not made.server_state.tasks)
        assert ask(port, GOOD) == (200, b"good")
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /good HTTP/1.0\r\n\r\n", 200),
        (b"GET /good HTTP/3.7\r\nHost: x\r\n\r\n", 200),
        (GOOD * 2, 200),
        (b"GET /good HTTP/1.1\r\nHost: x\r\nX: \xff\r\nX: \xfe\r\n\r\n", 200),
        (b"GET /good HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", 200),
        (b"BREW /good HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"GET /%00%ff%ed%a0%80/../.. HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (HEAD + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n", 100),
    ],
)
def test_odd_but_valid_requests_are_answered(request_: bytes, status: int) -> None:
    with serving(ConnectionLimits()) as (_, port):
        assert ask(port, request_)[0] == status
        assert ask(port, GOOD) == (200, b"good")


def test_one_client_is_one_address_or_one_ipv6_network() -> None:
    assert network_of("192.0.2.1") == network_of("::ffff:192.0.2.1") != network_of("192.0.2.2")
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1%eth0") != network_of("2001:db8:0:1::1")
    assert network_of("") == ""


def test_requests_are_timed_by_route_and_an_address_is_no_label() -> None:
    def count(route: str, status: int) -> float:
        labels = {"route": route, "status": str(status)}
        return REGISTRY.get_sample_value("dateline_http_seconds_count", labels) or 0.0

    before = count("/good", 200), count("other", 404)
    with serving(ConnectionLimits()) as (_, port):
        for path in ("good", "made-up-1", "made-up-2"):
            read_all(connect(port, f"GET /{path}?q=x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()))
    assert (count("/good", 200), count("other", 404)) == (before[0] + 1, before[1] + 2)
    assert "made-up" not in generate_latest().decode()
