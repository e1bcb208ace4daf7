"""`dateline status` and what breaks: a dead indexer, a worker that hangs, an Elasticsearch that takes no writes."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest

from tests.conftest import Pipeline


def report(pipeline: Pipeline) -> tuple[int, dict[str, Any]]:
    ran = pipeline.command("status", "--json")
    return ran.returncode, json.loads(ran.stdout)


def kinds(found: dict[str, Any]) -> dict[str, str]:
    return {one["kind"]: one["subject"] for one in found["findings"] if one["severity"] == "critical"}


@pytest.mark.engines
@pytest.mark.timeout(500)
def test_what_breaks_is_found(pipeline: Pipeline) -> None:
    code, found = report(pipeline)
    assert code == 4
    assert found["headline"].startswith("no worker is running"), found["headline"]

    pipeline.start("worker", "indexer")
    pipeline.until(lambda: not kinds(report(pipeline)[1]) and len(report(pipeline)[1]["documents"]) > 7)
    code, found = report(pipeline)
    assert {one["name"]: one["condition"] for one in found["processes"]} == {"indexer": "ready", "worker": "ready"}
    assert all(stage["started"] for stage in found["stages"].values())
    assert all(one["address"] for one in found["processes"])
    assert code in (0, 1), found["headline"]  # 1: this machine's disk

    with pipeline.client() as client:
        block = {"index.blocks.read_only_allow_delete": True}
        client.indices.put_settings(index=pipeline.settings.named("articles-1"), settings=block)
        code, found = report(pipeline)
        assert (code, kinds(found)) == (4, {"elasticsearch-read-only": "elasticsearch"})
        client.indices.put_settings(index=pipeline.settings.named("articles-1"), settings=dict.fromkeys(block))
    assert report(pipeline)[0] in (0, 1)

    pipeline.kill("indexer")
    found = pipeline.until(lambda: "process-away" in kinds(report(pipeline)[1]) and report(pipeline)[1])
    assert kinds(found) == {"process-away": "indexer"}
    assert "killed" in found["headline"]
    pipeline.start("indexer")
    pipeline.until(lambda: not kinds(report(pipeline)[1]))

    pipeline.children["worker"].send_signal(signal.SIGSTOP)
    found = pipeline.until(lambda: "process-not-ready" in kinds(report(pipeline)[1]) and report(pipeline)[1])
    assert kinds(found) == {"process-not-ready": "worker"}
    assert "worker hangs" in found["headline"]
    pipeline.kill("worker")
