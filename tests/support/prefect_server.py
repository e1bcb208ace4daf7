"""A real Prefect server of the test run's own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.process.ports import free_port


@dataclass(frozen=True)
class PrefectServer:
    """A server that answers."""

    port: int
    home: Path

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def environment(self) -> dict[str, str]:
        """For processes that use it."""
        return {**_quiet(self.home), "PREFECT_API_URL": self.api}

    def ask(self, what: str, **body: Any) -> Any:
        """All objects of a kind: `flow_runs`, `artifacts`, `events`, …"""
        return httpx.post(f"{self.api}/{what}/filter", json=body, timeout=30).json()


@contextmanager
def running_server(home: Path) -> Iterator[PrefectServer]:
    """One on a free port, ended afterwards with all of its processes."""
    server = PrefectServer(free_port(), home)
    log = home / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(server.port)],
            env={name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"} | _quiet(home),
            stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=home, start_new_session=True,
        )  # fmt: skip
    try:
        _await(server, process, log)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # nobody needs what it would put in order
        process.wait(30)


def _quiet(home: Path) -> dict[str, str]:
    return {"PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}


def _await(server: PrefectServer, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            if httpx.get(f"{server.api}/health", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    pytest.fail(f"no Prefect server:\n{log.read_text()[-3000:]}")
