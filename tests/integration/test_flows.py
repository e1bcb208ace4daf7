"""The flows, against a real Prefect server: what they report; what is scheduled runs; a run that was lost holds up nothing."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.process.ports import free_port
from tests.conftest import ROOT, Pipeline
from tests.support.prefect_server import PrefectServer, running_server

_POLL = "import json; from flows.poll_feeds import poll_feeds; print('REPORT', json.dumps(poll_feeds(delay=0.1)))"
_RUN = "import json, sys; from flows.backfill import backfill; print('REPORT', json.dumps(backfill(sys.argv[1], patience_seconds=90)))"


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
_REFUSED = {
    "uri": "urn:w:bad", "headline": "No day", "body_text": "Text.", "pubstatus": "usable", "embargoed": "[x](http://evil.example)",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    with running_server(tmp_path_factory.mktemp("prefect")) as running:
        yield running


@pytest.mark.timeout(300)
def test_a_folder_is_published_watched_and_reported(pipeline: Pipeline, server: PrefectServer, tmp_path: Path) -> None:
    pipeline.start("worker", "indexer")
    environment = pipeline.environment | server.environment
    report = _report(environment, _RUN, "samples")
    assert report == report | {"articles": 8, "comments": 10, "public": 6, "hidden": 2, "merged": 0, "refused": 0}
    assert [one["state_type"] for one in server.ask("flow_runs", flows={"name": {"any_": ["backfill"]}})] == [
        "COMPLETED"
    ]
    shown = [one["data"] for one in server.ask("artifacts") if one["key"] == "backfill"]
    assert len(shown) == 1
    assert "| articles | 8 |" in shown[0]

    # what a stage refuses is named, and not waited for
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "bad.json").write_text(json.dumps(_REFUSED))
    (folder / "good.json").write_text(json.dumps(_REFUSED | {"uri": "urn:w:good", "embargoed": None}))
    report = _report(environment, _RUN, str(folder))
    assert report == report | {"articles": 2, "public": 1, "refused": 1}
    assert report["seconds"] < 60
    text = next(one["data"] for one in server.ask("artifacts") if "## Refused" in str(one["data"]))
    assert "normalize refused it: bad-date" in text
    done = pipeline.command("dead-letters", "list", "--provider", "local", "--json")
    (letter,) = json.loads(done.stdout)["letters"]
    assert (letter["stage"], letter["provider"]) == ("normalize", "local")

    with _feed() as url:
        assert pipeline.command("feeds", "add", url).returncode == 0
        private = {"DATELINE_PRIVATE_NETWORKS": "true"}
        assert _report(environment | private, _POLL) == {"feeds": 1, "events": 1, "refused": 0}
        assert _report(environment | private, _POLL) == {"feeds": 0, "events": 0, "refused": 0}, "none is due"
    assert any(url in str(one["data"]) for one in server.ask("artifacts") if one["key"] == "poll-feeds")
    pipeline.until(lambda: pipeline.count("articles") == 8)


@pytest.mark.timeout(300)
def test_a_scheduled_run_happens_and_a_lost_one_gives_its_slot_back(server: PrefectServer, tmp_path: Path) -> None:
    (tmp_path / "tick.py").write_text(_SERVED)
    ticks = tmp_path / "ticks"
    ticks.touch()
    started: list[subprocess.Popen[bytes]] = []

    def runs() -> list[int]:
        """The processes of the runs so far, in their order."""
        return [int(pid) for pid in ticks.read_text().split()]

    try:
        started.append(first := _serve(server, tmp_path, ticks))
        (run,) = _until(lambda: runs()[:1])
        _until(lambda: _signs_of_life(server))
        # as a container is lost: the runner and the process of its run, at once
        first.kill()
        os.kill(run, signal.SIGKILL)
        first.wait()
        started.append(_serve(server, tmp_path, ticks))
        _until(lambda: len(runs()) > 1)
        states = {
            one["state_type"]
            for one in server.ask("flow_runs", flows={"name": {"any_": ["tick"]}})
            if one["state_type"] != "SCHEDULED"
        }
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


def _signs_of_life(server: PrefectServer) -> list[Any]:
    found = server.ask("events", filter={"event": {"name": ["prefect.flow-run.heartbeat"]}})["events"]
    return [one for one in found if any(related.get("prefect.resource.name") == "tick" for related in one["related"])]


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
