"""One story from push to searchable, in one trace: the real processes, and a collector that takes what they export."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast
from uuid import uuid4

from kafka import KafkaProducer

from pipeline.kafka.clients import partition_of
from pipeline.process.ports import free_port
from pipeline.topics import ARTICLES_RAW
from pipeline.tracing.context import with_contexts
from tests.conftest import Pipeline
from tests.integration.test_push import Desk, story
from tests.support.collector import Collector, Seen

WAY = [
    ("dateline-ingest-api", "POST /v1/items"),
    ("dateline-ingest-api", "send {}articles.raw"),
    ("dateline-worker", "process {}articles.raw"),
    ("dateline-indexer", "process {}articles.current"),
    ("dateline-indexer", "bulk {}articles"),
]
"""Of a story, each inside of the one before."""


def _context() -> tuple[str, str]:
    """A sender's own: its trace, and the header that says so."""
    trace = uuid4().hex
    return trace, f"00-{trace}-{uuid4().hex[:16]}-01"


def _way(spans: list[Seen], leaf: Seen) -> list[tuple[str, str]]:
    """From where the trace came in to this span."""
    by_id = {span.span: span for span in spans}
    found, at = [], by_id.get(leaf.span)
    while at is not None:
        found.append((at.service, at.name))
        at = by_id.get(at.parent)
    return found[::-1]


def test_a_story_its_revision_its_kill_and_what_is_refused(make_pipeline: Callable[..., Pipeline]) -> None:
    pipeline = make_pipeline(saved_searches=1)
    port, prefix = free_port(), pipeline.settings.named("")
    with Collector() as collector:
        on = {
            "DATELINE_TRACES": "otlp",
            "DATELINE_SAVED_SEARCHES": "1",
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address,
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        pipeline.start("worker", "indexer", "alerts", **on)
        pipeline.start("ingest-api", DATELINE_INGEST_PORT=str(port), **on)
        desk = Desk(pipeline, "wire", port)
        pipeline.until(lambda: desk.http.get("/readyz").status_code == 200)
        pipeline.until(lambda: desk.post(b" ").status_code == 400)  # it knows the key

        def followed(trace: str, *names: str) -> list[Seen]:
            """The trace, once it has come to all of these."""
            wanted = {name.format(prefix) for name in names}
            pipeline.until(lambda: wanted <= {span.name for span in collector.trace(trace)})
            return collector.trace(trace)

        def came(trace: str, leaf: str, way: list[tuple[str, str]], least: int = 0) -> list[Seen]:
            """The trace, once one of its spans of this name has come all this way: processes export each at its own time."""
            name = f"{leaf.format(prefix)}"

            def there() -> list[Seen]:
                spans = collector.trace(trace)
                ways = [_way(spans, one)[least:] for one in spans if one.name == name]
                return spans if way[least:] in ways else []

            return cast("list[Seen]", pipeline.until(there))

        # a story: from its request to the index, and to who follows that
        trace, header = _context()
        pushed = desk.post(story("1"), traceparent=header).json()["items"][0]
        wanted = [(service, name.format(prefix)) for service, name in WAY]
        followed(trace, "bulk {}articles", "process {}articles.indexed")
        spans = came(trace, "bulk {}articles", wanted)
        told = next(span for span in spans if span.name == f"process {prefix}articles.indexed")
        assert told.service == "dateline-alerts"
        assert _way(spans, told)[:4] == wanted[:4]
        assert {"normalize", "enrich", "revise"} <= {span.name for span in spans}
        known = {span.span for span in spans} | {header[36:52]}
        assert [span.name for span in spans if span.parent not in known] == [], "no gap"
        assert not any(span.failed for span in spans)
        sent = next(span for span in spans if span.name == f"send {prefix}articles.raw")
        read = next(span for span in spans if span.name == f"process {prefix}articles.raw")
        for place in ("messaging.destination.partition.id", "messaging.kafka.offset", "cloudevents.event_id"):
            assert sent.attributes[place] == read.attributes[place]
        assert read.attributes["cloudevents.event_id"] == pushed["event_id"]
        assert read.attributes["dateline.provider"] == "wire"
        assert read.attributes["dateline.outcome"] == "applied"

        # a revision, and a kill
        trace, header = _context()
        revised = story("1", headline="Another", versioncreated="2026-03-14T09:20:00Z")
        desk.post(revised, traceparent=header)
        followed(trace, "bulk {}articles", "bulk {}history")
        came(trace, "bulk {}articles", wanted)
        trace, header = _context()
        answer = desk.http.delete(f"/v1/items/{pushed['id']}", headers={"traceparent": header})
        assert answer.status_code == 202, answer.text
        spans = came(trace, "bulk {}articles", wanted, 1)
        (removed, *_) = [span for span in spans if span.name == f"bulk {prefix}articles"]
        assert removed.attributes["dateline.operation"] == "delete"

        # what is refused: at the door, and by the worker
        trace, header = _context()
        desk.post(b"{ not json", traceparent=header)
        spans = followed(trace, "send {}dead-letters", "bulk {}dead-letters")
        assert {span.name for span in spans if span.failed} == {f"send {prefix}dead-letters"}
        trace, header = _context()
        _send(pipeline, b"{ not json", header)
        spans = followed(trace, "process {}articles.raw", "bulk {}dead-letters")
        (refused,) = [span for span in spans if span.failed]
        assert (refused.service, refused.name) == ("dateline-worker", f"process {prefix}articles.raw")
        assert refused.attributes["error.type"] == "not-json"
        assert refused.attributes["dateline.outcome"] == "dead-lettered"

        # not sampled: nothing, while the story goes on
        trace, header = _context()
        name = desk.post(story("2"), traceparent=header[:-1] + "0").json()["items"][0]["id"]
        pipeline.until(lambda: desk.told(name).get("searchable"))
        assert collector.trace(trace) == []


def _send(pipeline: Pipeline, value: bytes, header: str) -> None:
    """A record of a producer of others."""
    producer = KafkaProducer(bootstrap_servers=pipeline.settings.kafka_servers)
    key = json.dumps(str(uuid4())).strip('"').encode()
    partition = partition_of(key, pipeline.settings.partitions)
    topic = ARTICLES_RAW.full_name(pipeline.settings)
    producer.send(topic, value, key, headers=with_contexts((), [header]), partition=partition).get(timeout=60)
    producer.close()
