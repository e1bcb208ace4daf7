"""Spans of a sink: one for each value that it is given, until its batch is settled.

The sink finds the span's context in the headers of the record, where any consumer would look for it: for the requests that it
makes, and for what it announces.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from pipeline import tracing
from pipeline.bundles import unbundle
from pipeline.settings import Settings
from pipeline.sinks.positions import Polled
from pipeline.sinks.sink import Records, Rejected
from pipeline.stages.stage import Stage
from pipeline.topics import ConsumedRecord, Topic
from pipeline.tracing import Kind, Span, Tracer, messaging
from pipeline.tracing.context import context, sampled, with_contexts

Place = tuple[Topic, int, int]


def consumed(polled: Polled, topics: Mapping[str, Topic]) -> Records:
    """The records with their headers, partition after partition."""
    for tp, records in polled.items():
        topic = topics[tp.topic]
        for raw in records:
            yield ConsumedRecord(topic, tp.partition, raw.offset, raw.key, raw.value), raw.headers


class NoSpans:
    """Where traces are off: everything stays as it is."""

    def __enter__(self) -> NoSpans:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        pass

    def begin(self, records: Records) -> Records:
        """The records, as the sink gets them."""
        return records

    def refused(self, rejected: Rejected) -> Rejected:
        """What becomes dead letters."""
        return rejected


NO_SPANS = NoSpans()


class SinkSpans(NoSpans):
    """Those of a batch. As a context manager it ends them."""

    def __init__(self, tracer: Tracer, stage: Stage, settings: Settings, group: str) -> None:
        self._tracer, self._settings = tracer, settings
        self._own = {"messaging.consumer.group.name": group, "dateline.stage": stage.name}
        self._spans: defaultdict[Place, list[tuple[bytes | None, Span]]] = defaultdict(list)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        for spans in self._spans.values():
            for _, span in spans:
                tracing.end(span, error)

    def begin(self, records: Records) -> Records:
        for record, headers in records:
            whole = replace(record, headers=headers or ())
            own = with_contexts(whole.headers, [self._begin(part) for part in unbundle(whole)])
            yield replace(whole, headers=own), own

    def refused(self, rejected: Rejected) -> Rejected:
        for record, reject in rejected:
            for value, span in self._spans.get(_place(record), ()):
                if value == record.value:
                    tracing.fail(span, reject)
        return rejected

    def _begin(self, record: ConsumedRecord) -> str | None:
        """The context for what comes of a value: of its span, or, where its trace isn't sampled, its own."""
        parent = context(record.headers)
        if parent is not None and not sampled(parent):
            return parent
        topic = record.topic.full_name(self._settings)
        where = messaging("process", topic, record.partition, record.offset) | self._own
        span = self._tracer.start(f"process {topic}", Kind.CONSUMER, parent, where)
        if span.recording:
            self._spans[_place(record)].append((record.value, span))
        return span.traceparent


def sink_spans(stage: Stage, settings: Settings, group: str) -> Callable[[], SinkSpans] | None:
    """Makes the spans of a batch; None where traces are off."""
    tracer = tracing.tracer(settings)
    return None if tracer is None else partial(SinkSpans, tracer, stage, settings, group)


def _place(record: ConsumedRecord) -> Place:
    return record.topic, record.partition, record.offset
