"""Spans of the worker: one story, its revision, its kill, its comments and what is refused, each in its own trace to the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

from pipeline.topics import (
    ARTICLES_CURRENT,
    ARTICLES_HISTORY,
    ARTICLES_RAW,
    COMMENTS_CURRENT,
    COMMENTS_RAW,
    DEAD_LETTERS,
    IDENTITIES,
    VISIBILITY_TIMERS,
    ConsumedRecord,
    Record,
    Topic,
)
from pipeline.topology import worker_stages
from pipeline.tracing.context import context, with_contexts
from schemas.events import RawArticleEvent
from schemas.visibility_timer import VisibilityTimer
from tests.support.broker import Broker, Died, Worker
from tests.support.builders import raw_article, raw_comment, raw_kill, raw_patch
from tests.support.memory import settings_with
from tests.support.spans import header, switch_on, trace_of
from tests.support.streams import Event

FORMS = pytest.mark.parametrize("form", ["chained", "apart"])
TEXT = (
    "PARIS (AFP) - The mayor of Paris resigned on Monday after 40 ships had asked for shelter from the storm, she said."
)


class World:
    """A worker whose spans are seen."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, form: str = "chained") -> None:
        self.broker = Broker(settings_with(stages=form, partitions=3, traces="otlp"))
        self.spans = switch_on(monkeypatch)
        self.worker = Worker(self.broker, worker_stages(self.broker.settings))

    def send(self, number: int, *events: Event, flags: str = "01", by: str = "header") -> str:
        """Events as a publisher sends them, in one trace. Its id."""
        trace = f"{number:032x}"
        given = f"00-{trace}-{number:016x}-{flags}"
        for event in events:
            topic = ARTICLES_RAW if isinstance(event, RawArticleEvent) else COMMENTS_RAW
            record = topic.record(event.model_copy(update={"traceparent": given}) if by == "event" else event)
            self.broker.append(replace(record, headers=with_contexts((), [given])) if by == "header" else record)
        return trace

    def run(self) -> None:
        self.worker.run()

    def made(self, topic: Topic) -> list[ConsumedRecord]:
        return self.broker.records(topic)

    def writer(self, record: ConsumedRecord) -> ReadableSpan:
        """The span that a record says it was written by."""
        return next(span for span in self.spans.all() if header(span).decode() == context(record.headers))

    def traces(self, topic: Topic) -> list[str]:
        return [(context(record.headers) or "-none-")[3:35] for record in self.made(topic)]


def _attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


@pytest.mark.parametrize("by", ["header", "event"])
def test_a_record_has_a_span_with_its_steps_inside(monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    world = World(monkeypatch)
    event = raw_article("a", text=TEXT)
    trace = world.send(1, event, by=by)
    world.run()
    span = world.spans.one("process articles.raw")
    assert trace_of(span) == trace
    assert span.parent is not None
    assert span.parent.span_id == 1
    assert world.spans.children(span)[:3] == ["normalize", "enrich", "revise"]
    steps = [one for name in ("normalize", "enrich", "revise") for one in world.spans.named(name)]
    assert (span.start_time or 0) <= (steps[0].start_time or 0)
    assert [one.end_time for one in steps[:2]] == [one.start_time for one in steps[1:]]
    assert steps[2].end_time == span.end_time, "until everything is delivered"
    about = _attributes(span)
    assert about["messaging.system"] == "kafka"
    assert about["messaging.destination.name"] == "articles.raw"
    assert about["messaging.kafka.offset"] == 0
    assert about["messaging.consumer.group.name"] == "worker"
    assert about["cloudevents.event_id"] == event.id
    assert about["dateline.provider"] == event.data.provider
    assert about["dateline.outcome"] == "applied"
    (current,) = world.made(ARTICLES_CURRENT)
    assert world.writer(current) is span or header(world.writer(current)) == header(span)


@FORMS
def test_no_gap_from_raw_to_current(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    world = World(monkeypatch, form)
    first = world.send(1, raw_article("a", text=TEXT), raw_comment("a", 1))
    second = world.send(2, raw_article("b", text=f"{TEXT} It rained."))
    world.run()
    spans = world.spans.all()
    known = {span.context.span_id for span in spans if span.context} | {1, 2}
    assert all(span.parent is not None and span.parent.span_id in known for span in spans), "none is lost on the way"
    stages = {_attributes(span)["dateline.stage"] for span in spans}
    assert stages == {stage.name for stage in worker_stages(world.broker.settings)}, "stories, trends and all"
    assert {trace_of(span) for span in spans} == {first, second}
    for topic, records in world.broker.logs.items():
        for record in records:
            assert context(record.headers), f"a record of {topic} doesn't say of which trace it is"


def test_a_bundle_does_not_mix_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    sent = {str(event.data.article_id): world.send(n, event) for n, event in _many()}
    world.run()
    found = world.made(IDENTITIES) or world.made(ARTICLES_CURRENT)
    assert len(found) >= len(sent)
    for record in found:
        value = record.topic.decode(record)
        article = str(getattr(value, "article_id", None) or value.data.article_id)
        assert (context(record.headers) or "")[3:35] == sent[article]


def _many() -> list[tuple[int, RawArticleEvent]]:
    return [(n, raw_article(f"story {n}", text=f"It rained in town {n}.")) for n in range(1, 9)]


def test_a_revision_a_patch_and_a_kill_are_in_their_own_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    article = world.send(1, raw_article("a", text="It rained."))
    comment = world.send(2, raw_comment("a", 1))
    world.run()
    assert set(world.traces(ARTICLES_CURRENT)) == {article}
    assert set(world.traces(COMMENTS_CURRENT)) == {comment}
    for number, event in ((3, raw_article("a", at=5, text="It snowed.")), (4, raw_patch("a", at=6, summary="Snow."))):
        before = len(world.made(ARTICLES_CURRENT))
        trace = world.send(number, event)
        world.run()
        assert set(world.traces(ARTICLES_CURRENT)[before:]) == {trace}
    assert set(world.traces(ARTICLES_HISTORY)) <= {article, f"{3:032x}", f"{4:032x}"}
    articles, comments = len(world.made(ARTICLES_CURRENT)), len(world.made(COMMENTS_CURRENT))
    kill = world.send(5, raw_kill("a", at=9))
    world.run()
    assert set(world.traces(ARTICLES_CURRENT)[articles:]) == {kill}
    assert set(world.traces(COMMENTS_CURRENT)[comments:]) == {kill}, "that it goes comes of the kill"


def test_in_one_batch_a_comment_and_its_article_keep_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    first = world.send(1, raw_comment("a", 1))
    second = world.send(2, raw_article("a", text="It rained."))
    third = world.send(3, raw_comment("a", 2))
    world.run()
    assert set(world.traces(ARTICLES_CURRENT)) == {second}
    assert {first, third} <= set(world.traces(COMMENTS_CURRENT))


def test_a_refused_record_is_an_error_and_its_dead_letter_in_the_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    good = ARTICLES_RAW.record(raw_article("a"))
    given = f"00-{7:032x}-{7:016x}-01"
    world.broker.append(Record(ARTICLES_RAW, good.key, b"{ not json", with_contexts((), [given])))
    world.run()
    span = world.spans.one("process articles.raw")
    assert span.status.status_code is StatusCode.ERROR
    assert _attributes(span)["error.type"] == "not-json"
    assert _attributes(span)["dateline.outcome"] == "dead-lettered"
    (letter,) = world.made(DEAD_LETTERS)
    assert context(letter.headers) == header(span).decode()
    assert span.parent is not None
    assert span.parent.span_id == 7


def test_a_fault_of_ours_has_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    world.send(1, raw_article("a", text=TEXT))

    def fails(self: object, value: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr("pipeline.stages.stage.BoundStep.__call__", fails)
    world.run()
    span = world.spans.one("process articles.raw")
    assert _attributes(span)["error.type"] == "RuntimeError"
    assert _attributes(span)["dateline.step"] == "normalize"
    assert [event.name for event in span.events] == ["exception"]


def test_what_is_not_sampled_has_no_spans_and_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    trace = world.send(1, raw_article("a", text=TEXT), flags="00")
    world.run()
    assert world.spans.all() == []
    (record,) = world.made(ARTICLES_CURRENT)
    assert context(record.headers) == f"00-{trace}-{1:016x}-00"


def test_where_nobody_began_a_trace_the_worker_does(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    world.send(1, raw_article("a", text=TEXT), by="nothing")
    world.run()
    assert world.spans.one("process articles.raw").parent is None
    assert set(world.traces(ARTICLES_CURRENT)) == {trace_of(world.spans.one("process articles.raw"))}


def test_a_batch_that_fails_is_an_error_and_is_seen_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    trace = world.send(1, raw_article("a", text="It rained."))
    with pytest.raises(Died):
        Worker(world.broker, worker_stages(world.broker.settings), dies_at=0).run()
    world.run()
    failed, done = world.spans.named("process articles.raw")
    assert _attributes(failed)["error.type"] == "Died"
    assert done.status.status_code is not StatusCode.ERROR
    assert trace_of(failed) == trace_of(done) == trace


def test_off_nothing_says_anything_of_traces() -> None:
    broker = Broker(settings_with(partitions=3))
    for _, event in _many():
        broker.append(ARTICLES_RAW.record(event))
    Worker(broker, worker_stages(broker.settings)).run()
    assert broker.records(ARTICLES_CURRENT)
    assert all(not record.headers for log in broker.logs.values() for record in log)


def test_the_end_of_an_embargo_is_linked_to_the_story_that_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A timer's record has no trace, and the story's may have ended weeks ago: it begins one of its own, and names the story's."""
    world = World(monkeypatch)
    clock = [datetime(2026, 3, 14, 8, tzinfo=UTC)]
    world.worker = Worker(world.broker, worker_stages(world.broker.settings), now=lambda: clock[0])
    until = clock[0] + timedelta(hours=1)
    story = world.send(7, raw_article("a", embargo=until), by="event")
    world.run()
    before = len(world.made(ARTICLES_CURRENT))
    clock[0] = until + timedelta(seconds=1)
    article_id = world.made(ARTICLES_CURRENT)[0].key or b""
    timer = VisibilityTimer(article_id=UUID(article_id.decode()), due=until)
    world.broker.append(VISIBILITY_TIMERS.record(timer))
    world.run()
    (shown,) = world.made(ARTICLES_CURRENT)[before:]
    written = world.writer(shown)
    assert written.name == "process visibility-timers"
    assert trace_of(written) != story
    assert [f"{link.context.trace_id:032x}" for link in written.links] == [story]
