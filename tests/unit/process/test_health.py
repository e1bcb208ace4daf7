from __future__ import annotations

import socket
import urllib.request

import pytest

from pipeline.errors import Retry
from pipeline.process.health import probe, serve_health


def test_readyz_says_what_is_wrong_and_nothing_of_an_unexpected_error() -> None:
    def away() -> bool:
        raise Retry("Kafka doesn't answer")

    def broken() -> bool:
        raise RuntimeError("password=secret")

    assert probe("/readyz", lambda: True)[:2] == (200, b"ready\n")
    assert probe("/readyz", lambda: False)[:2] == (503, b"not ready\n")
    assert probe("/readyz", away)[:2] == (503, b"not ready: Kafka doesn't answer\n")
    assert probe("/readyz", broken)[:2] == (503, b"not ready\n")


def test_it_is_served_on_ipv6_too() -> None:
    try:
        socket.socket(socket.AF_INET6).bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 here")
    server = serve_health("::1", 0, lambda: True, "DATELINE_WORKER_PORT")
    try:
        with urllib.request.urlopen(f"http://[::1]:{server.server_port}/healthz", timeout=5) as answer:
            assert answer.status == 200
    finally:
        server.shutdown()
        server.server_close()
