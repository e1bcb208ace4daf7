"""Spans of publishing: one for each event, and for each item that becomes a dead letter, until Kafka has it.

An event gets its `traceparent` here, unless its sender gave it one: then it goes on in that trace, which is linked with the
request that it came by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline import tracing
from pipeline.settings import Settings
from pipeline.tracing import CURRENT, Kind, Span, Tracer, about, messaging
from pipeline.tracing.context import HEADER, valid

if TYPE_CHECKING:
    from pipeline.errors import Reject
    from pipeline.ingest.events import RawEvent
    from pipeline.topics import Headers


class NoSpans:
    """Where traces are off."""

    def begin(self, event: RawEvent, topic: str) -> tuple[RawEvent, Span | None]:
        """The event as it is to be sent, and its span."""
        return event, None

    def refused(self, span: Span | None, reject: Reject, topic: str, provider: str | None) -> Span | None:
        """The event, or an item without one, becomes a dead letter. Returns its span."""
        return None

    def stored(self, span: Span | None, metadata: Any) -> None:
        """Kafka has the event, there."""

    def end(self, error: BaseException | None = None) -> None:
        """Kafka has everything; or, with `error`, nobody knows what it has."""


class SendSpans(NoSpans):
    """Those of one publisher."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._request = CURRENT.get()
        self._open: list[Span] = []

    def begin(self, event: RawEvent, topic: str) -> tuple[RawEvent, Span | None]:
        own, request = valid(event.traceparent), self._request
        link = request if own is not None else None
        span = self._tracer.start(
            f"send {topic}", Kind.PRODUCER, own or request, messaging("send", topic) | about(event), link=link
        )
        self._open.append(span)
        return event if own else event.model_copy(update={"traceparent": span.traceparent}), span

    def refused(self, span: Span | None, reject: Reject, topic: str, provider: str | None) -> Span | None:
        if span is None:
            where = messaging("send", topic) | ({"dateline.provider": provider[:256]} if provider else {})
            span = self._tracer.start(f"send {topic}", Kind.PRODUCER, self._request, where)
            self._open.append(span)
        tracing.fail(span, reject)
        span.set({"dateline.outcome": "dead-lettered"})
        return span

    def stored(self, span: Span | None, metadata: Any) -> None:
        if span is not None and metadata is not None:
            partition, offset = str(metadata.partition), metadata.offset
            span.set({"messaging.destination.partition.id": partition, "messaging.kafka.offset": offset})
            span.set({"dateline.outcome": "published"})

    def end(self, error: BaseException | None = None) -> None:
        spans, self._open = self._open, []
        for span in spans:
            tracing.end(span, error)


def send_spans(settings: Settings) -> NoSpans:
    """Those of a publisher."""
    tracer = tracing.tracer(settings)
    return NoSpans() if tracer is None else SendSpans(tracer)


def headers(span: Span | None) -> Headers:
    """What a record says of its span."""
    return [] if span is None else [(HEADER, span.traceparent.encode())]
