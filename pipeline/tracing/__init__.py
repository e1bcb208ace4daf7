"""Traces, off by default: what the rim of a process needs of them, without OpenTelemetry, which sdk.py imports when they are on.

A trace begins where an item comes in. Two things carry it, as CloudEvents' distributed tracing extension says: the event's
`traceparent` names where the trace began and stays as it is; the header `traceparent` of a Kafka record names the span that
wrote it. Both are W3C's trace context. Whether a trace is recorded is decided once, where it begins (its flag `sampled`): of
one that isn't, no span is made anywhere.

Sources: https://www.w3.org/TR/trace-context/, the CloudEvents extension, and OpenTelemetry's semantic conventions for messaging.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextvars import ContextVar
from enum import Enum
from typing import Protocol

from pipeline.errors import Reject
from pipeline.settings import Settings

Value = str | int
Attributes = Mapping[str, Value]

CURRENT: ContextVar[str | None] = ContextVar("trace context", default=None)
"""The context of the request that is being answered."""


class Kind(Enum):
    """OpenTelemetry's kinds of spans."""

    SERVER = "server"
    CLIENT = "client"
    PRODUCER = "producer"
    CONSUMER = "consumer"
    INTERNAL = "internal"


class Span(Protocol):
    """A span that is open. Only `end` hands it on. May be used by any thread."""

    traceparent: str
    """Its own context, for what comes of it."""
    recording: bool
    """False where the trace isn't sampled: everything else of it does nothing then."""

    def set(self, attributes: Attributes) -> None: ...

    def fail(self, kind: str, detail: str = "", error: BaseException | None = None) -> None:
        """What it is about failed: `kind` is a word of a closed list. With `error` its traceback is recorded."""

    def link(self, context: str) -> None:
        """It has to do with this trace too."""

    def end(self, at: int | None = None) -> None:
        """At that time, in ns since 1970, or now."""


class Tracer(Protocol):
    """Makes spans. Never waits for the collector."""

    def start(
        self,
        name: str,
        kind: Kind,
        parent: str | None,
        attributes: Attributes,
        *,
        at: int | None = None,
        link: str | None = None,
    ) -> Span:
        """Open a span: of the trace of `parent`, or where that is None of a trace of its own. `at` is when it began, in ns."""


def tracer(settings: Settings) -> Tracer | None:
    """The process's tracer; None where traces are off."""
    if settings.traces == "off":
        return None
    from pipeline.tracing import sdk

    return sdk.tracer(settings)


def close(seconds: float) -> None:
    """Send the spans that wait, for so long at most; nothing where no trace was begun. No span is sent afterwards."""
    sdk = sys.modules.get("pipeline.tracing.sdk")
    if sdk is not None:
        sdk.close(seconds)


def fail(span: Span, error: BaseException) -> None:
    """The span ends with this exception: a Reject by its reason, anything else by its class and with its traceback."""
    if isinstance(error, Reject):
        span.fail(error.reason, error.detail)
    else:
        span.fail(type(error).__name__, str(error), error)


def end(span: Span, error: BaseException | None = None, at: int | None = None) -> None:
    """End a span. An `error` is that of its whole batch: it is told by its class, and has no traceback in each span."""
    if error is not None:
        span.fail(type(error).__name__, str(error))
    span.end(at)


def messaging(operation: str, topic: str, partition: int | None = None, offset: int | None = None) -> dict[str, Value]:
    """What the conventions say of a record in Kafka. `operation` is `send` or `process`."""
    attributes: dict[str, Value] = {
        "messaging.system": "kafka",
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
        "messaging.destination.name": topic,
    }
    if partition is not None:
        attributes["messaging.destination.partition.id"] = str(partition)
    if offset is not None:
        attributes["messaging.kafka.offset"] = offset
    return attributes


def about(value: object) -> dict[str, Value]:
    """What is told of an event: its id and type, its provider, its article and its comment. Nothing of its text."""
    data = getattr(value, "data", value)
    found = {
        "cloudevents.event_id": getattr(value, "id", None),
        "cloudevents.event_type": getattr(value, "type", None),
        "dateline.provider": getattr(data, "provider", None),
        "dateline.article_id": getattr(data, "article_id", None),
        "dateline.comment_id": getattr(data, "comment_id", None),
    }
    return {name: str(one)[:256] for name, one in found.items() if one is not None}
