"""The flows, run against a real Prefect server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from pipeline.process.ports import free_port
from tests.conftest import ROOT, Pipeline

_POLL = "import json; from flows.poll_feeds import poll_feeds; print('REPORT', json.dumps(poll_feeds(delay=0.1)))"
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
        report = _report(environment, _RUN, "samples")
        assert report == report | {"articles": 8, "comments": 10, "public": 6, "hidden": 2, "refused": 0}
        api = f"http://127.0.0.1:{port}/api"
        runs = httpx.post(f"{api}/flow_runs/filter", json={}).json()
        assert [one["state_type"] for one in runs] == ["COMPLETED"]
        artifacts = httpx.post(f"{api}/artifacts/filter", json={}).json()
        shown = [one["data"] for one in artifacts if one["key"] == "backfill"]
        assert len(shown) == 1
        assert "| articles | 8 |" in shown[0]

        with _feed() as url:
            assert pipeline.command("feeds", "add", url).returncode == 0
            private = {"DATELINE_PRIVATE_NETWORKS": "true"}
            assert _report(environment | private, _POLL) == {"feeds": 1, "events": 1, "refused": 0}
            assert _report(environment | private, _POLL) == {"feeds": 0, "events": 0, "refused": 0}, "none is due"
        artifacts = httpx.post(f"{api}/artifacts/filter", json={}).json()
        assert any(url in str(one["data"]) for one in artifacts if one["key"] == "poll-feeds")
        pipeline.until(lambda: pipeline.count("articles") == 7)
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def _report(environment: dict[str, str], code: str, *arguments: str) -> dict[str, int]:
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    row = next(row for row in run.stdout.splitlines() if row.startswith("REPORT"))
    report: dict[str, int] = json.loads(row.removeprefix("REPORT "))
    return report


@contextmanager
def _feed() -> Iterator[str]:
    content = b"<rss version='2.0'><channel><title>T</title><item><title>From a feed</title><guid>g1</guid></item></channel></rss>"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/feed"
        server.shutdown()


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
