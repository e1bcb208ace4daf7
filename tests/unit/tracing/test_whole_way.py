"""One story from a push to its bulk request in one trace, over the code of every process and a collector that is asked by
HTTP; Kafka and Elasticsearch are in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

from pipeline.index.batch import write_batch
from pipeline.index.bulk import Bulk
from pipeline.sinks.spans import SinkSpans
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_RAW, DEAD_LETTERS, ConsumedRecord, Record
from pipeline.topology import INDEX, worker_stages
from pipeline.tracing import sdk
from tests.support.broker import Broker, Worker
from tests.support.collector import Collector, Seen
from tests.support.ingest import Door
from tests.support.memory import settings_with
from tests.support.samples import ninjs
from tests.unit.index.test_bulk import Server

WAY = [
    ("dateline-ingest-api", "POST /v1/items"),
    ("dateline-ingest-api", "send articles.raw"),
    ("dateline-worker", "process articles.raw"),
    ("dateline-indexer", "process articles.current"),
    ("dateline-indexer", "bulk articles"),
]
"""Of a story, each inside of the one before."""


class World:
    """Three processes and a collector."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, collector: Collector) -> None:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
        self.collector = collector
        self._made = {name: sdk.build(OTLPSpanExporter, name) for name in ("ingest-api", "worker", "indexer")}
        self._now = "worker"
        monkeypatch.setattr(sdk, "tracer", lambda settings: self._made[self._now])
        settings = settings_with(partitions=3, traces="otlp")
        self.broker, self._settings = Broker(settings), settings
        self._worker = Worker(self.broker, worker_stages(settings))
        self._server, self._read = Server(), 0
        self._desk = Door(traces="otlp")
        send = self._desk.producer.send

        def into_broker(topic: str, **record: Any) -> Any:
            where = next(one for one in (ARTICLES_RAW, DEAD_LETTERS) if one.name == topic)
            self.broker.append(Record(where, record["key"], record["value"], record["headers"]))
            return send(topic, **record)

        self._desk.producer.send = into_broker  # type: ignore[method-assign]

    def ask(self, method: str, path: str, body: bytes = b"") -> Any:
        async def request() -> Any:
            async with self._desk.desk() as desk:
                return (await desk.request(method, path, content=body)).json()

        self._now = "ingest-api"
        return asyncio.run(request())

    def run(self) -> list[Seen]:
        """All that is there goes through the worker and into the index. The spans since the last time."""
        before = len(self.collector.spans)
        self._worker.run()
        bulk = Bulk(cast(Any, self._server), lambda name: name, 1000, lambda *_: None, tracer=self._made["indexer"])
        new: list[ConsumedRecord] = self.broker.records(ARTICLES_CURRENT)[self._read :]
        self._read += len(new)
        with SinkSpans(self._made["indexer"], INDEX, self._settings, "index") as spans:
            write_batch(spans.begin((one, one.headers) for one in new), bulk)
        bulk.close()
        for made in self._made.values():
            made._provider.force_flush()
        return self.collector.spans[before:]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with Collector() as collector:
        yield World(monkeypatch, collector)


def _ways(spans: list[Seen], name: str) -> list[list[tuple[str, str]]]:
    """From where a trace began to each span of this name."""
    by_id, found = {span.span: span for span in spans}, []
    for leaf in spans:
        if leaf.name == name:
            way, at = [], by_id.get(leaf.span)
            while at is not None:
                way.append((at.service, at.name))
                at = by_id.get(at.parent)
            found.append(way[::-1])
    return found


def test_a_story_its_revision_its_kill_and_what_is_refused(world: World) -> None:
    def story(headline: str, at: str) -> bytes:
        return json.dumps(ninjs("urn:wire:1", headline=headline, versioncreated=at)).encode()

    traces = set()
    for headline, at in (("It rained", "2026-03-14T08:20:00Z"), ("It snowed", "2026-03-14T09:20:00Z")):
        world.ask("POST", "/v1/items", story(headline, at))
        spans = world.run()
        ways = _ways(spans, "bulk articles")
        assert ways
        assert all(way == WAY for way in ways)
        assert len({span.trace for span in spans}) == 1, "one story, one trace"
        known = {span.span for span in spans}
        assert [span.name for span in spans if span.parent not in known] == ["POST /v1/items"], "no gap"
        assert not any(span.failed for span in spans)
        assert {"normalize", "enrich", "revise"} <= {span.name for span in spans}
        traces.add(spans[0].trace)
    world.ask("DELETE", "/v1/items/urn:wire:1")
    spans = world.run()
    assert [way[1:] for way in _ways(spans, "bulk articles")] == [WAY[1:]]
    assert _ways(spans, "bulk articles-hidden")[0][0] == ("dateline-ingest-api", "DELETE /v1/items")
    removed = next(span for span in spans if span.name == "bulk articles")
    assert removed.attributes["dateline.operation"] == "delete"
    traces.add(removed.trace)
    assert len(traces) == 3

    world.ask("POST", "/v1/items", b"{ not json")
    (refused,) = [span for span in world.run() if span.failed]
    assert (refused.service, refused.name) == ("dateline-ingest-api", "send dead-letters")
    assert refused.attributes["error.type"] == "unknown-format"


def test_what_the_worker_refuses_is_an_error_of_its_own(world: World) -> None:
    given = f"00-{9:032x}-{9:016x}-01"
    world.broker.append(Record(ARTICLES_RAW, b"some-id", b"{ not json", [("traceparent", given.encode())]))
    (refused,) = world.run()
    assert (refused.service, refused.name, refused.failed) == ("dateline-worker", "process articles.raw", True)
    assert (refused.trace, refused.parent) == (given[3:35], given[36:52])
    assert refused.attributes["error.type"] == "not-json"
    assert refused.attributes["messaging.kafka.offset"] == 0
