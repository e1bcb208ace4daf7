"""The flows, on a real Prefect server with real engines: each is run by its API, and shows what it did; what is broken is
told, and repaired by a flow; a run that was lost holds up nothing."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.support.keeper import run_processes
from pipeline.process.ports import free_port
from tests.conftest import ROOT, Pipeline
from tests.faults import LONG
from tests.support.prefect_server import PrefectServer, running_server
from tests.support.waiting import PATIENCE, until

_TICK = """
import os, time
from prefect import flow
from flows.serve import Served, serve_flows

@flow(name="tick")
def tick() -> None:
    with open(os.environ["TICKS"], "a") as ticks:
        print(os.getpid(), file=ticks)
    time.sleep(600)

if __name__ == "__main__":
    serve_flows([Served(tick, schedule=5, concurrency=1)])
"""
_REFUSED = {
    "uri": "urn:w:bad", "headline": "No day", "body_text": "Text.", "pubstatus": "usable", "embargoed": "[x](http://evil.example)",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    with running_server(tmp_path_factory.mktemp("prefect")) as running:
        yield running


@pytest.mark.skipif(not LONG, reason="in the long form (DATELINE_FAULTS=long): it runs each flow on real engines")
def test_every_flow_is_run_by_its_api(pipeline: Pipeline, server: PrefectServer, tmp_path: Path) -> None:
    pipeline.start("worker", "indexer")
    port = free_port()
    with _site() as (site, told):
        variables = {
            "DATELINE_FLOWS_PORT": str(port),
            "DATELINE_PRIVATE_NETWORKS": "true",
            "DATELINE_NOTIFY_WEBHOOK": f"{site}/very-secret-hook",
        }
        log = tmp_path / "flows.log"
        with _served(server, pipeline.environment | variables, log):
            _until(lambda: "watch" in _deployments(server))
            _until(lambda: httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE).status_code == 200)

            # the past, of which one item is refused by a stage
            folder = tmp_path / "news"
            folder.mkdir()
            (folder / "bad.json").write_text(json.dumps(_REFUSED))
            (folder / "good.json").write_text(json.dumps(_REFUSED | {"uri": "urn:w:good", "embargoed": None}))
            past = _run(server, "backfill", source=str(ROOT / "samples"))
            some = _run(server, "backfill", source=str(folder), delay=0)
            assert pipeline.command("feeds", "add", f"{site}/feed").returncode == 0
            assert _ended(server, past)["state_name"] == "Completed"
            ended = _ended(server, some)
            assert (ended["state_type"], ended["state_name"]) == ("COMPLETED", "Completed with refusals")
            assert "normalize refused it: bad-date" in ended["state"]["message"]
            reports = [str(one["data"]) for one in _artifacts(server, "backfill")]
            assert any("| articles | 8 |" in text and "| refused | 0 |" in text for text in reports)
            assert any("## Refused" in text and "` normalize refused it: bad-date" in text for text in reports)
            assert _artifacts(server, "backfill-progress")

            # the rest, at once
            killed = next(iter(pipeline.documents("articles")))
            author = next(one["author"] for one in pipeline.documents("comments").values() if one.get("author"))
            runs = {
                "poll-feeds": _run(server, "poll-feeds", every=True, delay=0),
                "reconcile": _run(server, "reconcile"),
                "snapshot": _run(server, "snapshot"),
                "retention": _run(server, "retention"),
                "replay-dead-letters": _run(server, "replay-dead-letters", reason="bad-date"),
                "kill": _run(server, "kill", article_id=killed, reason="a test", wait=120),
                "erase": _run(server, "erase", author=author, confirm=True, wait=120),
            }
            states = {name: _ended(server, run) for name, run in runs.items()}
            names = {name: one["state_name"] for name, one in states.items()}
            messages = {name: one["state"]["message"] for name, one in states.items()}
            # what was killed, erased or polled at the same time may differ for a moment
            assert names.pop("reconcile") in ("Completed", "Completed with repairs"), messages
            assert set(names.values()) == {"Completed"}, messages
            assert author not in json.dumps(states["erase"]["parameters"])
            keys = {one["key"] for one in server.ask("artifacts", limit=200)}
            assert {"poll-feeds", "reconcile", "snapshot", "retention", "kill-receipt", "erase-receipt"} <= keys
            assert any(site in str(one["data"]) for one in _artifacts(server, "poll-feeds"))
            assert _ended(server, _run(server, "erase", author=author))["state_type"] == "FAILED", (
                "it was not confirmed"
            )
            assert _ended(server, _run(server, "reindex"))["state_name"] == "Completed"

            # watch runs by itself, sees that the indexer is away, and tells it once; and once more when it is back
            pipeline.kill("indexer")
            began = _until(lambda: [one for one in told if any("index" in str(f) for f in one["began"])])
            assert _breaches(server, "dateline.breach.began")
            pipeline.start("indexer")
            _until(lambda: [one for one in told if one["over"]])
            assert _breaches(server, "dateline.breach.over")
            told_of = [finding["kind"] + finding["subject"] for one in told for finding in one["began"]]
            assert len(set(told_of)) == len(told_of), told_of
            assert {"watch", "watch-stages", "watch-caught-up", "watch-findings"} <= {
                one["key"] for one in server.ask("artifacts", limit=200)
            }
            assert began

            # a process that is killed: its run has crashed, and the next one isn't held up
            slow = _run(server, "backfill", addresses=[f"{site}/slow"], delay=0)
            process = _until(lambda: {str(run): pid for run, pid in run_processes().items()}.get(slow))
            _until(lambda: _state(server, slow)["state_type"] == "RUNNING")
            os.kill(process, signal.SIGKILL)
            assert _ended(server, slow)["state_type"] == "CRASHED"
            again = _ended(server, _run(server, "backfill", addresses=[f"{site}/page"], delay=0))
            assert again["state_name"] == "Completed", again["state"]["message"]
        text = log.read_text()
        assert "very-secret" not in text
        assert "kafka.net" not in text, "a library fills the log"
        logs = server.ask("logs", limit=200)
        assert "very-secret" not in json.dumps(logs)


def test_a_scheduled_run_happens_and_a_lost_one_gives_its_slot_back(server: PrefectServer, tmp_path: Path) -> None:
    (tmp_path / "tick.py").write_text(_TICK)
    ticks = tmp_path / "ticks"
    ticks.touch()
    environment = os.environ | {"TICKS": str(ticks), "DATELINE_LOCAL_DIR": str(tmp_path / "local")}

    def runs() -> list[int]:
        """The processes of the runs so far, in their order."""
        return [int(pid) for pid in ticks.read_text().split()]

    command = [sys.executable, str(tmp_path / "tick.py")]
    try:
        with _served(server, environment, tmp_path / "serve.log", command) as first:
            (run,) = _until(lambda: runs()[:1])
            _until(lambda: [one for one in _ticks(server) if one["infrastructure_pid"]])
            # as a container is lost: the runner and the process of its run, at once
            first.kill()
            os.kill(run, signal.SIGKILL)
            first.wait()
        with _served(server, environment, tmp_path / "serve.log", command):
            _until(lambda: len(runs()) > 1)
            _until(lambda: "CRASHED" in {one["state_type"] for one in _ticks(server)})
            # a cancel, that the runner doesn't hear of: the server has lost its connection to it
            (live,) = [one for one in _ticks(server) if one["state_type"] == "RUNNING"]
            _ask(server, "POST", f"flow_runs/{live['id']}/set_state", state={"type": "CANCELLING"}, force=True)
            assert _ended(server, live["id"])["state_type"] == "CANCELLED"
    finally:
        for pid in runs():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_without_a_server_serving_says_what_to_do() -> None:
    for url, code, text in (
        (f"http://127.0.0.1:{free_port()}/api", 4, "does not answer"),
        ("", 3, "set PREFECT_API_URL"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", "flows", "serve"], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE,
            env=os.environ | {"PREFECT_API_URL": url}, check=False,
        )  # fmt: skip
        assert (done.returncode, text in done.stderr) == (code, True), done.stderr
        assert "Traceback" not in done.stderr


def _ticks(server: PrefectServer) -> list[Any]:
    found: list[Any] = server.ask("flow_runs", flows={"name": {"any_": ["tick"]}})
    return [one for one in found if one["state_type"] != "SCHEDULED"]


def _ask(server: PrefectServer, method: str, path: str, **body: Any) -> Any:
    """Asks again while the server's database is busy."""

    def answered() -> httpx.Response | None:
        answer = httpx.request(method, f"{server.api}/{path}", json=body or None, timeout=PATIENCE)
        return answer if answer.status_code < 500 else None

    answer: httpx.Response = _until(answered)
    assert answer.is_success, answer.text
    return answer.json()


def _deployments(server: PrefectServer) -> dict[str, str]:
    return {one["name"]: one["id"] for one in server.ask("deployments")}


def _run(server: PrefectServer, name: str, **parameters: Any) -> str:
    """Start a run as Prefect's page does; its id."""
    wanted = _deployments(server)[name]
    started: str = _ask(server, "POST", f"deployments/{wanted}/create_flow_run", parameters=parameters)["id"]
    return started


def _state(server: PrefectServer, run: str) -> Any:
    return _ask(server, "GET", f"flow_runs/{run}")


def _ended(server: PrefectServer, run: str) -> Any:
    ends = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
    return _until(lambda: one if (one := _state(server, run))["state_type"] in ends else None)


def _artifacts(server: PrefectServer, key: str) -> list[Any]:
    found: list[Any] = server.ask("artifacts", artifacts={"key": {"any_": [key]}})
    return found


def _breaches(server: PrefectServer, event: str) -> list[Any]:
    found: list[Any] = _until(lambda: server.ask("events", filter={"event": {"name": [event]}})["events"])
    return found


@contextmanager
def _served(
    server: PrefectServer, environment: dict[str, str], log: Path, command: list[str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """`dateline flows serve`, or another command that serves flows."""
    paths = os.pathsep.join(filter(None, [str(ROOT), environment.get("PYTHONPATH")]))
    command = command or [sys.executable, "-m", "pipeline.cli", "flows", "serve"]
    with log.open("ab") as out:
        serving = subprocess.Popen(
            command, cwd=log.parent, env=environment | server.environment | {"PYTHONPATH": paths},
            stdout=out, stderr=out, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        yield serving
    except BaseException:
        print(log.read_text()[-4000:])
        raise
    finally:
        serving.terminate()
        try:
            serving.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            serving.kill()
            serving.wait()


def _until(condition: Callable[[], Any]) -> Any:
    return until(condition, httpx.TransportError, every=0.5)


@contextmanager
def _site() -> Iterator[tuple[str, list[Any]]]:
    """A site with a feed, a page, and one that takes its time; and what was posted to it."""
    feed = b"<rss version='2.0'><channel><title>T</title><item><title>From a feed</title><guid>g1</guid></item></channel></rss>"
    text = "A long enough text of a story that is fetched from its page. " * 10
    page = f"<html><body><article><h1>From a page</h1><p>{text}</p></article></body></html>".encode()
    told: list[Any] = []
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/slow":
                over.wait(PATIENCE)
            content = {"/feed": feed, "/page": page, "/slow": page}.get(self.path)
            self.send_response(200 if content else 404)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", told
        over.set()
        server.shutdown()
