"""What breaks is found: a dead indexer, a worker that hangs, an Elasticsearch that takes no writes."""

from __future__ import annotations

import json
import signal

import pytest

from pipeline.index.families import ITEMS
from pipeline.operations.watch.measure import measure
from schemas.report import Kind, Report, Severity
from tests.conftest import ROOT, Pipeline

SAMPLES = ROOT / "samples"


def report(pipeline: Pipeline) -> Report:
    return measure(pipeline.settings.model_copy(update={"local_dir": pipeline.folder}))


def critical(found: Report) -> dict[Kind, str]:
    return {one.kind: one.subject for one in found.findings if one.severity is Severity.CRITICAL}


def until(pipeline: Pipeline, expected: dict[Kind, str]) -> Report:
    """The first report with just these critical findings."""
    found: list[Report] = []

    def seen() -> bool:
        found.append(report(pipeline))
        return critical(found[-1]) == expected

    pipeline.until(seen)
    return found[-1]


@pytest.mark.engines
def test_what_breaks_is_found(pipeline: Pipeline) -> None:
    found = report(pipeline)
    assert critical(found) == {Kind.PROCESS_AWAY: "indexer"}, "and the worker: one kind, the last subject"
    assert found.headline.startswith("no worker is running"), found.headline

    pipeline.start("worker", "indexer")
    found = until(pipeline, {})
    pipeline.until(lambda: all(one.condition.value == "ready" for one in report(pipeline).processes))
    found = until(pipeline, {})
    assert [one.name for one in found.processes] == ["indexer", "worker"]
    assert all(one.address for one in found.processes)
    assert all(stage.started for stage in found.stages.values())
    assert len(found.documents) > 7
    assert {one.health for one in found.indices.values()} == {"green"}
    assert found.elasticsearch.version
    assert found.elasticsearch.clock_ahead is not None, "it tells its time"
    assert {one.place.split()[0] for one in found.disks} > {"kafka", "elasticsearch"}

    with pipeline.client() as client:
        index, block = pipeline.settings.named("articles-1"), "index.blocks.read_only_allow_delete"
        client.indices.put_settings(index=index, settings={block: True})
        found = until(pipeline, {Kind.ELASTICSEARCH_READ_ONLY: "elasticsearch"})
        assert f"({block} of articles), as its disk is nearly full" in found.headline
        client.indices.put_settings(index=index, settings={block: None})
    until(pipeline, {})

    pipeline.kill("indexer")
    found = until(pipeline, {Kind.PROCESS_AWAY: "indexer"})
    assert "it was killed" in found.headline
    shown = pipeline.command("status", "--json")
    assert shown.returncode == 4
    assert not json.loads(shown.stdout)["ok"]
    pipeline.start("indexer")
    until(pipeline, {})

    pipeline.children["worker"].send_signal(signal.SIGSTOP)
    found = until(pipeline, {Kind.PROCESS_NOT_READY: "worker"})
    assert "worker hangs" in found.headline
    pipeline.kill("worker")


@pytest.mark.engines
def test_an_elasticsearch_that_lost_its_data_is_found_and_repaired(pipeline: Pipeline) -> None:
    pipeline.start("worker", "indexer")
    pipeline.command("publish", str(SAMPLES / "events"))
    pipeline.until_quiet()
    before = until(pipeline, {}).documents

    pipeline.kill("indexer")
    lost = [pipeline.settings.named(f"{alias}-1") for alias in ITEMS["articles.current"]]
    with pipeline.client() as client:
        client.indices.delete(index=lost)
    pipeline.until(lambda: critical(report(pipeline)).get(Kind.INDEX_MISSING) == "articles")

    pipeline.start("indexer")  # it makes them anew, and empty
    found = until(pipeline, {Kind.INDEX_LOST: "articles"})
    assert "dateline reindex" in found.headline
    assert pipeline.command("status", "--json").returncode == 4
    assert pipeline.command("reindex", "--json").returncode == 0
    found = until(pipeline, {})
    assert found.documents["articles"] == before["articles"]
