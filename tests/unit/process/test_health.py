"""What the health routes answer."""

from __future__ import annotations

import socket
import urllib.request
from functools import partial

import pytest
from prometheus_client import REGISTRY

from pipeline.process.health import NotReady, probe, serve_health
from tests.support.waiting import PATIENCE


def _raise(error: Exception) -> bool:
    raise error


def test_ready_and_not() -> None:
    assert probe("/readyz", lambda: True)[:2] == (200, b"ready\n")
    assert probe("/readyz", lambda: False)[:2] == (503, b"not ready\n")
    assert probe("/healthz", lambda: False).status == 200
    assert probe("/other", lambda: True).status == 404


def test_the_last_answer_is_a_metric() -> None:
    for ready in (True, False):
        probe("/readyz", partial(bool, ready))
        probe("/healthz", lambda: True)
        assert REGISTRY.get_sample_value("dateline_ready") == float(ready)


@pytest.mark.parametrize(
    ("error", "body"),
    [
        (NotReady("Elasticsearch is away"), b"not ready: Elasticsearch is away\n"),
        (RuntimeError("http://secret:9200"), b"not ready\n"),  # what isn't meant for outside stays inside
    ],
)
def test_only_a_reason_that_is_meant_to_be_shown_is(error: Exception, body: bytes) -> None:
    assert probe("/readyz", lambda: _raise(error))[:2] == (503, body)


def test_it_is_served_on_ipv6_too() -> None:
    try:
        socket.socket(socket.AF_INET6).bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 here")
    server = serve_health("::1", 0, lambda: True, "DATELINE_WORKER_PORT")
    try:
        with urllib.request.urlopen(f"http://[::1]:{server.server_port}/healthz", timeout=PATIENCE) as answer:
            assert answer.status == 200
    finally:
        server.shutdown()
        server.server_close()


def test_whoever_hung_up_before_the_answer_leaves_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    server = serve_health("127.0.0.1", 0, lambda: True, "DATELINE_WORKER_PORT")
    try:
        for error, tracebacks in ((BrokenPipeError(), 0), (ConnectionResetError(), 0), (KeyError("a bug"), 1)):
            try:
                raise error
            except Exception:
                server.handle_error(socket.socket(), ("127.0.0.1", 1))
            assert capsys.readouterr().err.count("Traceback") == tracebacks
    finally:
        server.shutdown()
        server.server_close()
