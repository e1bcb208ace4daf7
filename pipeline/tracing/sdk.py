"""Spans by OpenTelemetry's SDK, sent by OTLP over HTTP. Imported only where traces are on.

The pipeline never waits for the collector: ended spans wait in a queue, which a thread empties. Where the queue is full, or
the collector doesn't take them, spans are dropped and counted. OTEL_… variables are read by the SDK itself.
"""

from __future__ import annotations

import atexit
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from traceback import format_exception

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from pipeline import telemetry
from pipeline.numbers import whole_number
from pipeline.settings import Settings
from pipeline.telemetry import without_credentials
from pipeline.tracing import Attributes, Kind, Span, Tracer

QUEUE = 8192
"""Spans that wait, unless OTEL_BSP_MAX_QUEUE_SIZE says otherwise: two full batches of a stage, some 15 MB."""
CLOSE_SECONDS = 5.0
"""For sending what waits when the process ends, less than any supervisor gives it."""
_LONGEST = 1000
"""Characters of why something failed."""
_TRACEBACK = 4000
_KINDS = {kind: SpanKind[kind.name] for kind in Kind}
_made: dict[tuple[int, str], _Tracer] = {}
_making = threading.Lock()


class _Span:
    """A span of the SDK's."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span
        context = span.get_span_context()
        self.traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
        self.recording = span.is_recording()

    def set(self, attributes: Attributes) -> None:
        self._span.set_attributes(_clean(attributes))

    def fail(self, kind: str, detail: str = "", error: BaseException | None = None) -> None:
        if not self.recording:
            return
        self._span.set_attribute("error.type", kind)
        if isinstance(error, Exception):
            self._span.add_event("exception", {name: _shown(text, most) for name, text, most in _told(error)})
        self._span.set_status(Status(StatusCode.ERROR, _shown(f"{kind}: {detail}" if detail else kind)))

    def link(self, context: str) -> None:
        self._span.add_link(_context(context))

    def end(self, at: int | None = None) -> None:
        self._span.end(at)


class _Tracer:
    """A tracer of the SDK's."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("dateline", version("dateline"))
        self._ending = threading.Event()
        # from the beginning: no thread can be started while the interpreter ends
        self._closing = threading.Thread(target=self._close, name="close traces", daemon=True)
        self._closing.start()

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
        # an empty one: by default it would be that of whatever library has one open
        context = Context() if parent is None else set_span_in_context(NonRecordingSpan(_context(parent)), Context())
        links = [Link(_context(link))] if link is not None else None
        return _Span(self._tracer.start_span(name, context, _KINDS[kind], _clean(attributes), links, at))

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Send what waits, for so long at most."""
        self._ending.set()
        self._closing.join(seconds)

    def _close(self) -> None:
        self._ending.wait()
        self._provider.shutdown()


def tracer(settings: Settings) -> Tracer:
    """The one of this process."""
    key = (os.getpid(), settings.process)
    with _making:
        if key not in _made:
            _made[key] = made = build(OTLPSpanExporter, settings.process)
            atexit.register(made.close)
        return _made[key]


def close(seconds: float) -> None:
    """Of every tracer of this process: send what waits, for so long at most."""
    until = time.monotonic() + seconds
    for (pid, _), made in list(_made.items()):
        if pid == os.getpid():
            made.close(max(0.0, until - time.monotonic()))


def build(exporter: Callable[[], SpanExporter], process: str) -> _Tracer:
    """One that sends to this exporter. The environment's resource attributes outrank ours."""
    from pipeline.logs import quiet_exporter  # which imports telemetry

    quiet_exporter()
    ours = {
        "service.name": f"dateline-{process}",
        "service.version": version("dateline"),
        "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
    }
    resource = Resource.create({**ours, **OTELResourceDetector().detect().attributes})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(Queue(exporter()))
    return _Tracer(provider)


class Queue(SpanProcessor):
    """Ended spans on their way to the exporter. One that finds the queue full is dropped."""

    def __init__(self, exporter: SpanExporter, size: int | None = None) -> None:
        self._size = size or whole_number(os.environ.get("OTEL_BSP_MAX_QUEUE_SIZE")) or QUEUE
        self._waiting = 0
        self._lock = threading.Lock()
        self._losing = _Losing()
        self._inner = BatchSpanProcessor(_Counting(exporter, self._sent, self._losing), self._size)

    def on_end(self, span: ReadableSpan) -> None:
        if not (span.context and span.context.trace_flags.sampled):
            return
        with self._lock:
            full = self._waiting >= self._size
            self._waiting += not full
        if full:
            telemetry.SPANS.labels("dropped").inc()
            self._losing.begins("the queue is full")
        else:
            self._inner.on_end(span)

    def shutdown(self) -> None:
        self._inner.shutdown()  # type: ignore[no-untyped-call]  # the SDK's

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)

    def _sent(self, count: int) -> bool:
        """So many have left the queue. Whether nothing waits any more."""
        with self._lock:
            self._waiting -= count
            return self._waiting == 0


class _Losing:
    """Says once that spans are lost, and once that they aren't any more."""

    def __init__(self) -> None:
        self._lock, self._now = threading.Lock(), False

    def begins(self, why: str) -> None:
        if self._changed(True):
            telemetry.SPANS_LOST(problem=why)

    def ends(self) -> None:
        if self._changed(False):
            telemetry.SPANS_SENT_AGAIN()

    def _changed(self, now: bool) -> bool:
        if self._now is now:
            return False
        with self._lock:
            before, self._now = self._now, now
        return before is not now


class _Counting(SpanExporter):
    """Another exporter, with what became of the spans."""

    def __init__(self, exporter: SpanExporter, sent: Callable[[int], bool], losing: _Losing) -> None:
        self._exporter, self._sent, self._losing = exporter, sent, losing

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        why = "the collector does not take them"
        try:
            result = self._exporter.export(spans)
        except Exception as e:  # whatever it is, it costs these spans alone
            result, why = SpanExportResult.FAILURE, f"{type(e).__name__}: {e}"
        done, empty = result is SpanExportResult.SUCCESS, self._sent(len(spans))
        telemetry.SPANS.labels("exported" if done else "failed").inc(len(spans))
        if not done:
            self._losing.begins(why)
        elif empty:  # a collector that is too slow takes some, and not all
            self._losing.ends()
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


def _clean(attributes: Attributes) -> dict[str, str | int]:
    return {name: _utf_8(value) if isinstance(value, str) else value for name, value in attributes.items()}


def _told(error: Exception) -> Iterator[tuple[str, str, int]]:
    """Attributes of an exception, by OpenTelemetry's conventions, with how long they may be: of a traceback the end counts."""
    yield "exception.type", type(error).__name__, _LONGEST
    yield "exception.message", str(error), _LONGEST
    yield "exception.stacktrace", "".join(format_exception(error))[-_TRACEBACK:], _TRACEBACK


def _shown(text: str, most: int = _LONGEST) -> str:
    """An error's words, cut, without passwords and keys."""
    return _utf_8(without_credentials(text)[:most])


def _utf_8(text: str) -> str:
    """Half of a surrogate pair can't be sent, and would take the other spans of its batch with it."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _context(traceparent: str) -> SpanContext:
    _, trace_id, span_id, flags = traceparent.split("-")
    return SpanContext(int(trace_id, 16), int(span_id, 16), True, TraceFlags(int(flags, 16) & 1))
