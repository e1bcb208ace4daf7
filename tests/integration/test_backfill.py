"""The backfill flow, run against a real Prefect server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from pipeline.local.processes import free_port
from tests.conftest import ROOT, Pipeline

_RUN = "import json, sys; from flows.backfill import backfill; print('REPORT', json.dumps(backfill(sys.argv[1], patience_seconds=90)))"


@pytest.mark.timeout(300)
def test_a_folder_is_published_watched_and_reported(pipeline: Pipeline, tmp_path: Path) -> None:
    port = free_port()
    environment = pipeline.environment | {
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    pipeline.start("worker", "indexer")
    with (tmp_path / "server.log").open("wb") as log:
        server_environment = {name: value for name, value in environment.items() if name != "PREFECT_API_URL"}
        server = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
            env=server_environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=tmp_path, start_new_session=True,
        )  # fmt: skip
    try:
        _await_server(port, server, tmp_path / "server.log")
        run = subprocess.run(
            [sys.executable, "-c", _RUN, "samples"],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
        assert run.returncode == 0, run.stderr[-3000:]
        report = json.loads(
            next(row for row in run.stdout.splitlines() if row.startswith("REPORT")).removeprefix("REPORT ")
        )
        assert report == report | {"articles": 8, "comments": 10, "public": 6, "hidden": 2, "refused": 0}
        api = f"http://127.0.0.1:{port}/api"
        runs = httpx.post(f"{api}/flow_runs/filter", json={}).json()
        assert [one["state_type"] for one in runs] == ["COMPLETED"]
        artifacts = httpx.post(f"{api}/artifacts/filter", json={}).json()
        shown = [one["data"] for one in artifacts if one["key"] == "backfill"]
        assert len(shown) == 1
        assert "| articles | 8 |" in shown[0]
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def _await_server(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()[-3000:]
        try:
            if httpx.get(f"http://127.0.0.1:{port}/api/health", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    pytest.fail(f"no Prefect server:\n{log.read_text()[-3000:]}")
