"""Served flows, against a real Prefect server: what is scheduled runs, and a run that was lost holds up nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.process.ports import free_port
from tests.conftest import ROOT
from tests.support.prefect_server import PrefectServer, running_server

_SERVED = """
import os, sys, time
from datetime import timedelta
from prefect import flow
from flows.serve import Served, serve_flows

@flow(name="tick")
def tick() -> None:
    with open(os.environ["TICKS"], "a") as ticks:
        print(os.getpid(), file=ticks)
    time.sleep(600)

if __name__ == "__main__":
    serve_flows([Served(tick, schedule=5, concurrency=1)], silence=timedelta(seconds=20))
"""


@pytest.mark.timeout(300)
def test_a_scheduled_run_happens_and_a_lost_one_gives_its_slot_back(tmp_path: Path) -> None:
    (tmp_path / "tick.py").write_text(_SERVED)
    ticks = tmp_path / "ticks"
    ticks.touch()
    started: list[subprocess.Popen[bytes]] = []

    def runs() -> list[int]:
        """The processes of the runs so far, in their order."""
        return [int(pid) for pid in ticks.read_text().split()]

    with running_server(tmp_path) as server:
        try:
            started.append(first := _serve(server, tmp_path, ticks))
            (run,) = _until(lambda: runs()[:1])
            alive = {"event": {"name": ["prefect.flow-run.heartbeat"]}}
            _until(lambda: server.ask("events", filter=alive)["events"])
            # as a container is lost: the runner and the process of its run, at once
            first.kill()
            os.kill(run, signal.SIGKILL)
            first.wait()
            started.append(_serve(server, tmp_path, ticks))
            _until(lambda: len(runs()) > 1)
            states = {one["state_type"] for one in server.ask("flow_runs") if one["state_type"] != "SCHEDULED"}
            assert "CRASHED" in states
        finally:
            for runner in started:
                runner.kill()
                runner.wait()
            for pid in runs():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def test_without_a_server_serving_says_what_to_do() -> None:
    for url, code, text in (
        (f"http://127.0.0.1:{free_port()}/api", 4, "does not answer"),
        ("", 3, "set PREFECT_API_URL"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", "flows", "serve"], cwd=ROOT, capture_output=True, text=True, timeout=90,
            env=os.environ | {"PREFECT_API_URL": url}, check=False,
        )  # fmt: skip
        assert (done.returncode, text in done.stderr) == (code, True), done.stderr
        assert "Traceback" not in done.stderr


def _serve(server: PrefectServer, folder: Path, ticks: Path) -> subprocess.Popen[bytes]:
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = os.environ | server.environment | {"TICKS": str(ticks), "PYTHONPATH": paths}
    with (folder / "serve.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "tick.py"], cwd=folder, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )


def _until(condition: Callable[[], Any], patience: float = 100.0) -> Any:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.25)
    return pytest.fail(f"not within {patience:.0f} s")
