"""A real Prefect server of the test run's own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from pipeline.local.prefect import prefect_settings
from pipeline.process.ports import free_port
from tests.support.waiting import PATIENCE, until


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
        return {**prefect_settings(self.home), "PREFECT_API_URL": self.api}

    def ask(self, what: str, **body: Any) -> Any:
        """All objects of a kind: `flow_runs`, `artifacts`, `events`, …"""
        return httpx.post(f"{self.api}/{what}/filter", json=body, timeout=PATIENCE).json()


@contextmanager
def running_server(home: Path) -> Iterator[PrefectServer]:
    """One on a free port, ended afterwards with all of its processes."""
    server = PrefectServer(free_port(), home)
    log = home / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(server.port)],
            env={name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
            | prefect_settings(home)
            | {"PREFECT_SERVER_UI_ENABLED": "false"},  # no test looks at its page
            stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=home, start_new_session=True,
        )  # fmt: skip
    try:
        _await(server, process, log)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # nobody needs what it would put in order
        process.wait(PATIENCE)


def _await(server: PrefectServer, process: subprocess.Popen[bytes], log: Path) -> None:
    def ended_or_answers() -> bool:
        return process.poll() is not None or httpx.get(f"{server.api}/health", timeout=PATIENCE).status_code == 200

    until(ended_or_answers, httpx.HTTPError, every=0.5)
    assert process.poll() is None, log.read_text()[-3000:]
