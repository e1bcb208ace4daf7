"""Spans of a sink: from the header of a record to its bulk request, and to what the indexer says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from kafka import TopicPartition
from opentelemetry.trace import StatusCode

from pipeline.bundles import bundle
from pipeline.errors import Reject
from pipeline.index.batch import write_batch
from pipeline.index.bulk import Bulk
from pipeline.index.sink import Indexer
from pipeline.sinks.spans import SinkSpans, consumed
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_INDEXED, ConsumedRecord
from pipeline.topology import INDEX
from pipeline.tracing.context import context, contexts, with_contexts
from schemas.saved_search import IndexEvent
from tests.support.builders import article_event, id_of, kill_event
from tests.support.memory import settings_with
from tests.support.spans import Spans, header, trace_of
from tests.unit.index.test_bulk import Server, failure
from tests.unit.index.test_hidden import records
from tests.unit.sinks.world import World

SETTINGS = settings_with(traces="otlp")


def _given(number: int, flags: str = "01") -> str:
    return f"00-{number:032x}-{number:016x}-{flags}"


def _written(server: Server, *events: Any, flags: str = "01") -> tuple[Spans, Any]:
    """Their current records, each of a trace of its own, written as the indexer does."""
    spans = Spans("indexer")
    batch = [(record, with_contexts((), [_given(n, flags)])) for n, (record, _) in enumerate(records(*events), 1)]
    waits: list[float] = []
    bulk = Bulk(cast(Any, server), lambda name: name, 1000, lambda *_: waits.append(0), tracer=spans.tracer)
    try:
        with SinkSpans(spans.tracer, INDEX, SETTINGS, "index") as own:
            outcome = write_batch(own.begin(iter(batch)), bulk, announce=True)
            own.refused(outcome.rejected)
    finally:
        bulk.close()
    return spans, outcome


def test_a_record_has_its_bulk_request_inside_and_says_so_to_who_follows() -> None:
    spans, outcome = _written(Server(), article_event("a"), article_event("b"))
    processed, bulks = spans.named("process articles.current"), spans.named("bulk articles")
    assert [trace_of(span) for span in processed] == [f"{1:032x}", f"{2:032x}"]
    assert [span.parent.span_id for span in processed if span.parent] == [1, 2]
    assert {header(span) for span in processed} == {
        f"00-{trace_of(span)}-{span.parent.span_id:016x}-01".encode() for span in bulks if span.parent
    }
    for span in bulks:
        assert span.attributes
        assert span.attributes["db.operation.batch.size"] == 2
        assert span.attributes["db.response.status_code"] == "201"
        assert span.attributes["dateline.verdict"] == "done"
    assert [context(told.headers) for told in outcome.announced] == [header(span).decode() for span in processed]


def test_each_try_is_seen_with_its_fault() -> None:
    spans, _ = _written(Server(failure(429), 503, 201), article_event("a"))
    tries = spans.named("bulk articles")
    assert [span.status.status_code is StatusCode.ERROR for span in tries] == [True, True, False]
    assert all(span.attributes and span.attributes["dateline.verdict"] for span in tries)
    assert spans.one("process articles.current").status.status_code is not StatusCode.ERROR


def test_what_can_not_be_indexed_is_an_error() -> None:
    spans, outcome = _written(Server(400, 400), article_event("a"))
    assert len(outcome.rejected) == 1
    span = spans.one("process articles.current")
    assert span.attributes
    assert span.attributes["error.type"] == "not-indexable"
    ((record, _),) = outcome.rejected
    assert context(record.headers) == header(span).decode(), "its dead letter goes on in the trace"


def test_a_kill_takes_two_operations() -> None:
    spans, _ = _written(Server(), article_event("a"), kill_event("a", at=5))
    article, kill = spans.named("process articles.current")
    assert spans.children(article) == [], "superseded in its own batch"
    assert {"bulk articles", "bulk articles-hidden"} <= set(spans.children(kill))


def test_what_is_not_sampled_has_no_spans_and_is_told_so() -> None:
    spans, outcome = _written(Server(), article_event("a"), flags="00")
    assert spans.all() == []
    assert [context(told.headers) for told in outcome.announced] == [_given(1, "00")]


def test_each_value_of_a_bundle_has_a_span() -> None:
    spans = Spans("alerts")
    events = [IndexEvent(article_id=id_of(str(n)), version=1, public=True, status="public") for n in range(3)]
    told = [
        replace(ARTICLES_INDEXED.record(event), headers=with_contexts((), [_given(n)]))
        for n, event in enumerate(events, 1)
    ]
    (made,) = bundle(told, lambda key: 0)
    record = ConsumedRecord(made.topic, 0, 7, made.key, made.encoded())
    with SinkSpans(spans.tracer, INDEX, SETTINGS, "alerts") as own:
        ((seen, headers),) = own.begin(iter([(record, made.headers)]))
        second = replace(record, value=(made.encoded() or b"").split(b"\n")[1], further=True)
        own.refused([(second, Reject("bad", "it is bad"))])
    found = spans.named("process articles.indexed")
    assert [trace_of(span) for span in found] == [f"{n:032x}" for n in (1, 2, 3)]
    assert contexts(headers) == contexts(seen.headers) == [header(span).decode() for span in found]
    assert [span.status.status_code is StatusCode.ERROR for span in found] == [False, True, False]


def test_a_batch_that_fails_is_an_error() -> None:
    spans = Spans("indexer")
    record = ConsumedRecord(ARTICLES_CURRENT, 0, 0, b"key", b"value")

    def fails() -> None:
        with SinkSpans(spans.tracer, INDEX, SETTINGS, "index") as own:
            list(own.begin(iter([(record, [])])))
            raise KeyError("away")

    with pytest.raises(KeyError):
        fails()
    span = spans.one("process articles.current")
    assert span.attributes
    assert span.attributes["error.type"] == "KeyError"
    assert span.parent is None, "of a record of before traces were on"


def test_the_loop_puts_a_dead_letter_into_the_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    spans = Spans("indexer")
    monkeypatch.setattr("pipeline.tracing.sdk.tracer", lambda settings: spans.tracer)
    monkeypatch.setattr("tests.unit.sinks.world.SETTINGS", SETTINGS)
    world = World(monkeypatch, [[b"a", b"bad"]])
    world.loop.run()
    good, bad = spans.named("process articles.current")
    assert good.status.status_code is not StatusCode.ERROR
    assert bad.attributes
    assert bad.attributes["error.type"] == "bad"
    assert context(world.producer.sent[0].headers) == header(bad).decode()


def test_an_index_that_is_filled_again_has_no_spans() -> None:
    assert Indexer(SETTINGS, {"articles": "articles-2"}, "reindex")._spans is None


def test_off_a_record_is_what_it_was() -> None:
    partition = TopicPartition("articles.current", 0)
    raw = ConsumedRecord(ARTICLES_CURRENT, 0, 3, b"key", b"value")
    ((record, headers),) = consumed(
        {partition: [replace(raw, headers=[("x", b"1")])]}, {"articles.current": ARTICLES_CURRENT}
    )
    assert (record, list(record.headers), list(headers)) == (raw, [], [("x", b"1")])
