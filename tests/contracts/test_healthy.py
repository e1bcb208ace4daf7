"""The check that containers are watched with, run as a container's engine would."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.waiting import PATIENCE

HEALTHY = ROOT / "docker/healthy"


@pytest.fixture
def server() -> Iterator[tuple[int, dict[str, int]]]:
    """A server whose answers the test sets: its port, and the status by path."""
    statuses: dict[str, int] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(statuses.get(self.path, 404))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running.server_port, statuses
        running.shutdown()


def check(port: int, folder: Path, *path: str, **env: str) -> int:
    variables = {"PATH": "/usr/bin:/bin", "HEALTHY_COUNT": str(folder / "failures"), "HEALTHY_START": "0", **env}
    return subprocess.run(
        ["bash", str(HEALTHY), str(port), *path], env=variables, capture_output=True, check=False, timeout=PATIENCE
    ).returncode


def test_the_check_tells_ready_from_not_ready(server: tuple[int, dict[str, int]], tmp_path: Path) -> None:
    port, statuses = server
    statuses |= {"/readyz": 200, "/healthz": 200, "/api/health": 200}
    assert check(port, tmp_path) == 0
    assert check(port, tmp_path, "/api/health") == 0
    statuses["/readyz"] = 503
    assert check(port, tmp_path) == 1
    assert check(port, tmp_path, "/elsewhere") == 1


def test_only_a_process_that_answers_nothing_is_killed(server: tuple[int, dict[str, int]], tmp_path: Path) -> None:
    port, statuses = server
    statuses |= {"/readyz": 503, "/healthz": 200}
    # a number that nothing else has: processes are found by the variable
    variable = {"HEALTHY_KILLS": "0003"}
    process = subprocess.Popen(["sleep", "3600"], env={"PATH": "/usr/bin:/bin", **variable})
    other = subprocess.Popen(["sleep", "3600"], env={"PATH": "/usr/bin:/bin", "HEALTHY_KILLS": "0004"})
    try:
        for _ in range(5):
            assert check(port, tmp_path, **variable) == 1
        assert process.poll() is None, "not ready is no reason: an engine may be away"
        statuses["/healthz"] = 500
        for _ in range(2):
            assert check(port, tmp_path, **variable) == 1
        statuses["/readyz"] = 200
        assert check(port, tmp_path, **variable) == 0
        statuses |= {"/readyz": 500, "/healthz": 500}
        for _ in range(2):
            assert check(port, tmp_path, **variable) == 1
        assert process.poll() is None, "the failures were not in a row"
        assert check(port, tmp_path, **variable) == 1
        assert process.wait(PATIENCE) == -9
        assert other.poll() is None
    finally:
        for one in (process, other):
            one.kill()
            one.wait()


def test_while_a_container_starts_nothing_is_counted(tmp_path: Path) -> None:
    """It is asked every two seconds then: it was killed after twelve."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variable = {"HEALTHY_KILLS": "0005"}
    process = subprocess.Popen(["sleep", "3600"], env={"PATH": "/usr/bin:/bin", **variable})
    try:
        for _ in range(7):  # process 1 is younger than that
            assert check(port, tmp_path, **variable, HEALTHY_START=str(10**9)) == 1
        assert not (tmp_path / "failures").exists()
        assert process.poll() is None
        for _ in range(5):
            assert check(port, tmp_path, **variable) == 1
        assert process.wait(PATIENCE) == -9
    finally:
        process.kill()
        process.wait()
