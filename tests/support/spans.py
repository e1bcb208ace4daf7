"""Spans of a process, in memory: made and queued as always, and exported into a list."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from pipeline.tracing import sdk


class Spans:
    """What was exported."""

    def __init__(self, process: str = "worker") -> None:
        self._exporter = InMemorySpanExporter()
        self.tracer = sdk.build(lambda: self._exporter, process)

    def all(self) -> list[ReadableSpan]:
        """In the order in which they ended."""
        self.tracer._provider.force_flush()
        return list(self._exporter.get_finished_spans())

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.all() if span.name == name]

    def one(self, name: str) -> ReadableSpan:
        """The only one of this name."""
        (found,) = self.named(name)
        return found

    def children(self, parent: ReadableSpan) -> list[str]:
        """Names of the spans inside of it, as they began."""
        found = [span for span in self.all() if span.parent and span.parent.span_id == _context(parent).span_id]
        return [span.name for span in sorted(found, key=lambda span: span.start_time or 0)]


def switch_on(monkeypatch: pytest.MonkeyPatch, process: str = "worker") -> Spans:
    """Have every tracer of settings with traces be one that exports into a list."""
    spans = Spans(process)
    monkeypatch.setattr(sdk, "tracer", lambda settings: spans.tracer)
    return spans


def header(span: ReadableSpan) -> bytes:
    """The trace context that names the span."""
    context = _context(span)
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}".encode()


def trace_of(span: ReadableSpan) -> str:
    return f"{_context(span).trace_id:032x}"


def _context(span: ReadableSpan) -> Any:
    assert span.context is not None
    return span.context
