"""Spans of a stage: one for each record, with one inside for each step that is chained in front and one for the stage.

A stage decides a batch at once, so what it makes doesn't say of which record it comes. It is taken to come of the last record
of the batch that is about the same: that has the same trace, else the same comment, else the same article, term or story.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from pipeline import tracing
from pipeline.outcomes import Outcome
from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.topics import ConsumedRecord, Record
from pipeline.topology import group
from pipeline.tracing import Kind, Span, Tracer, about, messaging
from pipeline.tracing.context import context, sampled, valid, with_contexts

_ARTICLES = ("article_id", "other", "story_id", "merged_into")
"""Fields with an article's id: a story has that of its first."""
_NAMES = ("comment_id", *_ARTICLES, "term")
_ASKED = ("traceparent", "article", "comment", "data", "signature", *_NAMES)
_known: dict[type, frozenset[str]] = {}
Mark = tuple[str, Any]
"""A field that says what a value is about, with its value."""


class RecordSpan:
    """The span of one record. Until its value is known there is none: an event may have its trace in itself alone."""

    def __init__(self, tracer: Tracer, stage: Stage, settings: Settings, record: ConsumedRecord) -> None:
        self._tracer, self._stage, self._settings, self.record = tracer, stage, settings, record
        self._began = time.time_ns()
        self._steps: list[tuple[str, int]] = []
        self._span: Span | None = None
        self.context = context(record.headers)
        """For what comes of it. That of the record itself where its trace isn't sampled."""
        self.outcome: Outcome | None = None
        self._linked: set[str] | None = set() if self.context is None else None
        """Traces that it is linked to, where it began one of its own."""

    def step(self, name: str) -> None:
        """This step begins."""
        self._steps.append((name, time.time_ns()))

    def read(self, value: Any) -> None:
        """Its value is known."""
        self.context = self.context or valid(getattr(value, "traceparent", None))
        if self.context is not None:
            self._linked = None
        self._open(about(value))

    def made(self, value: Any) -> None:
        """This comes of it. Where it is a timer's record, which has no trace, it is linked to the story's."""
        story = valid(getattr(value, "traceparent", None))
        if self._span is None or self._linked is None or story is None or story in self._linked:
            return
        self._linked.add(story)
        if sampled(story):
            self._span.link(story)

    def refused(self, step: str, error: Exception) -> None:
        """It becomes a dead letter."""
        self._open({})
        self.outcome = Outcome.DEAD_LETTERED
        if self._span is not None:
            self._span.set({"dateline.step": step})
            tracing.fail(self._span, error)

    def _open(self, attributes: tracing.Attributes) -> None:
        if self._span is not None:
            return
        if self.context is not None and not sampled(self.context):
            return
        record, topic = self.record, self.record.topic.full_name(self._settings)
        where = messaging("process", topic, record.partition, record.offset)
        where |= {"messaging.consumer.group.name": group(self._stage, self._settings)}
        where |= {"dateline.stage": self._stage.name, **attributes}
        self._span = self._tracer.start(f"process {topic}", Kind.CONSUMER, self.context, where, at=self._began)
        self.context = self._span.traceparent

    def end(self, error: BaseException | None = None) -> None:
        """Everything that comes of it is delivered; or, with `error`, it will be processed again."""
        span, ended = self._span, time.time_ns()
        if span is None or not span.recording:
            return
        if self.outcome is not None:
            span.set({"dateline.outcome": self.outcome.value})
        until = [*(at for _, at in self._steps), ended][1:]
        stage = {"dateline.stage": self._stage.name}
        for (name, began), then in zip(self._steps, until, strict=True):
            self._tracer.start(name, Kind.INTERNAL, span.traceparent, stage, at=began).end(then)
        tracing.end(span, error, ended)


class BatchSpans:
    """Those of a batch, by the places of its records. As a context manager it ends them."""

    def __init__(self, tracer: Tracer, stage: Stage, settings: Settings) -> None:
        self._tracer, self._stage, self._settings = tracer, stage, settings
        self._spans: dict[int, RecordSpan] = {}
        self._causes: dict[Mark, RecordSpan] = {}

    def __enter__(self) -> BatchSpans:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        for span in self._spans.values():
            span.end(error)

    def begin(self, place: int, record: ConsumedRecord) -> RecordSpan:
        span = self._spans[place] = RecordSpan(self._tracer, self._stage, self._settings, record)
        return span

    def applied(self, place: int, value: Any, outcome: Outcome) -> None:
        """The stage has applied the value that came of the record."""
        span, marks = self._spans[place], list(_marks(value))
        span.outcome = outcome
        of_comment = any(name == "comment_id" for name, _ in marks)
        for mark in marks:
            if of_comment and mark[0] == "article_id":
                self._causes.setdefault(mark, span)  # the article's own record comes of what is about the article
            else:
                self._causes[mark] = span

    def refused(self, place: int, step: str, error: Exception, letter: Record) -> Record:
        """The record becomes this dead letter."""
        span = self._spans[place]
        span.refused(step, error)
        return _of(span, letter)

    def caused(self, records: Iterable[Record]) -> Iterator[Record]:
        """What the batch makes, each with the context of the record that it comes of. Dead letters have theirs."""
        for record in records:
            causes = () if record.headers else (*_marks(record.value), *_marks(getattr(record.value, "root", None)))
            cause = next((self._causes[mark] for mark in causes if mark in self._causes), None)
            if cause is not None:
                cause.made(record.value)
            yield record if cause is None else _of(cause, record)


def batch_spans(stage: Stage, settings: Settings) -> Callable[[], BatchSpans] | None:
    """Makes the spans of a batch; None where traces are off."""
    tracer = tracing.tracer(settings)
    return None if tracer is None else partial(BatchSpans, tracer, stage, settings)


def _of(span: RecordSpan, record: Record) -> Record:
    return replace(record, headers=with_contexts(record.headers, [span.context])) if span.context else record


def _marks(value: Any) -> Iterator[Mark]:
    """What a value is about, the most exact first."""
    own = _fields(type(value))
    for event in (value, *(getattr(value, name) for name in ("article", "comment") if name in own)):
        if "traceparent" in _fields(type(event)) and (traceparent := event.traceparent) is not None:
            yield "traceparent", traceparent
    holder = value.data if "data" in own else value
    for one in (holder, holder.signature if "signature" in _fields(type(holder)) else None):
        known = _fields(type(one))
        for name in _NAMES:
            if name in known and (about := getattr(one, name)) is not None:
                yield ("article_id" if name in _ARTICLES else name), about


def _fields(kind: type) -> frozenset[str]:
    """Of the names that are asked for here those that values of this class have: asking a model for what it hasn't costs more
    than the rest."""
    if kind not in _known:
        fields = getattr(kind, "model_fields", {})
        _known[kind] = frozenset(
            name for name in _ASKED if name in fields or isinstance(getattr(kind, name, None), property)
        )
    return _known[kind]
