"""Traces of webhooks: an attempt belongs to the trace in which the story was found, and tells no address."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from pipeline.ingest.fetching import Unfetchable
from pipeline.topics import ConsumedRecord
from schemas.saved_search import IndexEvent
from tests.support.spans import Spans, switch_on, trace_of
from tests.unit.alerts import memory, receiver
from tests.unit.alerts.memory import SETTINGS, alerts, match, records
from tests.unit.alerts.receiver import World, deliver
from tests.unit.alerts.receiver import world as world

A = UUID(int=0xA)
FOUND = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Spans:
    def traced(*events: IndexEvent) -> Iterator[tuple[ConsumedRecord, object]]:
        for record, _ in records(*events):
            yield record, [("traceparent", FOUND.encode())]

    monkeypatch.setattr(memory, "records", traced)
    monkeypatch.setattr(receiver, "SETTINGS", SETTINGS.model_copy(update={"traces": "otlp"}))
    return switch_on(monkeypatch, "alerts")


def test_each_attempt_is_a_span_of_the_story_s_trace(world: World, spans: Spans) -> None:
    topics, index, receiving = world
    match(topics, index, index.put(A, 1, "A ferry"))
    assert {one.traceparent for one in alerts(topics)} == {FOUND}
    receiving.answers = [503]
    deliver(*world)
    (attempt,) = spans.named("POST webhook")
    assert trace_of(attempt) == FOUND[3:35]
    assert not attempt.status.is_ok
    assert attempt.attributes is not None
    assert attempt.attributes["http.response.status_code"] == 503
    assert attempt.attributes["dateline.article_id"] == str(A)
    assert not any("/" in str(value) for value in attempt.attributes.values()), "a path may be a secret"


def test_no_answer_is_an_error_in_the_words_of_its_owner(world: World, spans: Spans) -> None:
    topics, index, receiving = world
    match(topics, index, index.put(A, 1, "A ferry"))
    receiving.answers = [Unfetchable("https://hook.example/secret is away")]
    deliver(*world)
    (attempt,) = spans.named("POST webhook")
    assert attempt.attributes is not None
    assert attempt.attributes["error.type"] == "no-answer"
    assert "secret" not in str(attempt.status.description)
