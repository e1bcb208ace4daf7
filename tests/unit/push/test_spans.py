"""Spans of the ingest API: what is published in a request is inside of it, and an event says where its trace began."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from opentelemetry.trace import StatusCode

from pipeline.tracing.context import context, valid
from tests.support.ingest import Door
from tests.support.samples import ninjs
from tests.support.spans import Spans, header, switch_on, trace_of

ITEM = json.dumps(ninjs("urn:wire:1")).encode()
ONE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Push:
    """A door whose spans are seen."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.spans: Spans = switch_on(monkeypatch, "ingest-api")
        self.door = Door(traces="otlp")
        self.sent: list[dict[str, Any]] = []
        send = self.door.producer.send

        def noting(topic: str, **record: Any) -> Any:
            self.sent.append({"topic": topic, **record})
            return send(topic, **record)

        self.door.producer.send = noting  # type: ignore[method-assign]

    def ask(self, method: str, path: str, body: bytes, **headers: str) -> httpx.Response:
        async def request() -> httpx.Response:
            async with self.door.desk() as desk:
                return await desk.request(method, path, content=body, headers=headers)

        return asyncio.run(request())


@pytest.fixture
def push(monkeypatch: pytest.MonkeyPatch) -> Push:
    return Push(monkeypatch)


def test_an_event_is_sent_inside_of_its_request(push: Push) -> None:
    assert push.ask("POST", "/v1/items", ITEM).status_code == 202
    request, sent = push.spans.one("POST /v1/items"), push.spans.one("send articles.raw")
    assert request.parent is None
    assert push.spans.children(request) == ["send articles.raw"]
    assert request.attributes
    assert request.attributes["http.response.status_code"] == 202
    assert request.attributes["http.route"] == "/v1/items"
    assert request.attributes["dateline.provider"] == "wire"
    (record,) = push.sent
    assert context(record["headers"]) == header(sent).decode()
    event = json.loads(record["value"])
    assert event["traceparent"] == header(sent).decode(), "the trace begins here"
    assert sent.attributes
    assert sent.attributes["cloudevents.event_id"] == event["id"]


def test_a_sender_may_say_its_trace(push: Push) -> None:
    push.ask("POST", "/v1/items", ITEM, traceparent=ONE)
    request = push.spans.one("POST /v1/items")
    assert trace_of(request) == ONE[3:35]
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == ONE[36:52]
    assert trace_of(push.spans.one("send articles.raw")) == ONE[3:35]


def test_a_trace_that_its_sender_does_not_record_has_no_spans_and_goes_on(push: Push) -> None:
    push.ask("POST", "/v1/items", ITEM, traceparent=ONE[:-1] + "0")
    assert push.spans.all() == []
    (record,) = push.sent
    given = valid(context(record["headers"]))
    assert given is not None
    assert (given[3:35], given[-2:]) == (ONE[3:35], "00")


def test_an_event_that_says_its_trace_stays_in_it(push: Push) -> None:
    push.ask("POST", "/v1/items", ITEM)
    event = json.loads(push.sent[0]["value"]) | {"id": "mine", "traceparent": ONE}
    push.ask("POST", "/v1/items", json.dumps(event).encode())
    request, sent = push.spans.named("POST /v1/items")[-1], push.spans.named("send articles.raw")[-1]
    assert json.loads(push.sent[-1]["value"])["traceparent"] == ONE
    assert trace_of(sent) == ONE[3:35]
    assert trace_of(request) != trace_of(sent)
    (link,) = sent.links
    assert request.context is not None
    assert link.context.span_id == request.context.span_id


def test_what_is_refused_is_an_error_with_its_reason(push: Push) -> None:
    assert push.ask("POST", "/v1/items", b"{ not json").status_code == 422
    sent = push.spans.one("send dead-letters")
    assert sent.status.status_code is StatusCode.ERROR
    assert sent.attributes
    assert sent.attributes["error.type"] == "unknown-format"
    assert trace_of(sent) == trace_of(push.spans.one("POST /v1/items"))
    assert context(push.sent[-1]["headers"]) == header(sent).decode()
    assert push.spans.one("POST /v1/items").status.status_code is not StatusCode.ERROR, "422 is the sender's"


def test_a_kafka_that_is_away_is_an_error_of_both(push: Push, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.push.service._TIMEOUT", 0.01)
    push.door.producer.slow = b"headline"
    assert push.ask("POST", "/v1/items", ITEM).status_code == 503
    push.door.producer.release.set()
    assert push.spans.one("send articles.raw").status.status_code is StatusCode.ERROR
    assert push.spans.one("POST /v1/items").status.status_code is StatusCode.ERROR


def test_a_kill_is_sent_inside_of_its_request(push: Push) -> None:
    answer = push.ask("DELETE", "/v1/items/urn:wire:1", b"")
    assert answer.status_code == 202
    assert push.spans.children(push.spans.one("DELETE /v1/items")) == ["send articles.raw"]


@pytest.mark.parametrize(
    "path", ["/websub/0f3c2d1e-0000-0000-0000-000000000000/secret-token", "/v1/x-secret", "/secret"]
)
def test_neither_a_secret_nor_what_strangers_ask_for_names_a_span(
    push: Push, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push.door.service.callbacks, "may_look_again", lambda: False)
    push.ask("POST", path, b"")
    (span,) = push.spans.all()
    assert span.name in ("POST /websub", "POST")
    assert "secret-token" not in str(span.to_json())


def test_probes_have_no_spans(push: Push) -> None:
    push.ask("GET", "/healthz", b"")
    push.ask("GET", "/readyz", b"")
    assert push.spans.all() == []
