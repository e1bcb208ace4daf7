"""The flows, run against a real Prefect server."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import ROOT, Pipeline
from tests.support.prefect_server import running_server

_POLL = "import json; from flows.poll_feeds import poll_feeds; print('REPORT', json.dumps(poll_feeds(delay=0.1)))"
_RUN = "import json, sys; from flows.backfill import backfill; print('REPORT', json.dumps(backfill(sys.argv[1], patience_seconds=90)))"


_REFUSED = {
    "uri": "urn:w:bad", "headline": "No day", "body_text": "Text.", "pubstatus": "usable", "versioncreated": "[x](http://evil.example)",
}  # fmt: skip


@pytest.mark.timeout(300)
def test_a_folder_is_published_watched_and_reported(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline.start("worker", "indexer")
    with running_server(tmp_path) as server:
        environment = pipeline.environment | server.environment
        report = _report(environment, _RUN, "samples")
        assert report == report | {"articles": 8, "comments": 10, "public": 6, "hidden": 2, "merged": 0, "refused": 0}
        assert [one["state_type"] for one in server.ask("flow_runs")] == ["COMPLETED"]
        shown = [one["data"] for one in server.ask("artifacts") if one["key"] == "backfill"]
        assert len(shown) == 1
        assert "| articles | 8 |" in shown[0]

        # what a stage refuses is named, and not waited for
        folder = tmp_path / "news"
        folder.mkdir()
        (folder / "bad.json").write_text(json.dumps(_REFUSED))
        (folder / "good.json").write_text(
            json.dumps(_REFUSED | {"uri": "urn:w:good", "versioncreated": "2026-03-14T10:00:00Z"})
        )
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
