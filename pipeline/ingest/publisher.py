"""Publishes events with kafka-python: idempotent, acknowledged by all replicas, keyed by article, batched."""

from __future__ import annotations

from collections import Counter
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pipeline import outcomes
from pipeline.errors import Reject
from pipeline.ingest.spans import headers, send_spans
from pipeline.kafka.clients import article_key, ensure_topics, producer
from pipeline.kafka.dead_letters import dead_letter
from pipeline.kafka.sending import Deliveries
from pipeline.outcomes import Outcome
from pipeline.settings import Settings
from pipeline.topics import ARTICLES_RAW, COMMENTS_RAW, DEAD_LETTERS
from pipeline.topology import PUBLISH

if TYPE_CHECKING:
    from pipeline.ingest.events import RawEvent
    from pipeline.ingest.intake import Read
    from pipeline.tracing import Span
from schemas.events import RawArticleEvent

_TIMEOUT = 60.0
_MAX_PENDING = 5000


class Publisher:
    """Sends events; `flush` returns only when Kafka has all of them. Use as a context manager: leaving flushes.

    With a `shared` producer of a long-running process it neither makes topics nor closes it. `timeout` is in seconds,
    for the acknowledgements of one flush. One publisher is for one thread; several may share a producer.
    """

    def __init__(self, settings: Settings, shared: Any = None, timeout: float = _TIMEOUT) -> None:
        self._settings = settings
        self._shared = shared
        self._timeout = timeout
        self._producer: Any = shared
        self._events, self._letters = Deliveries(settings, shared, timeout), Deliveries(settings, shared, timeout)
        self._pending: list[tuple[RawEvent, str | None, Span | None]] = []
        self._spans = send_spans(settings)
        self._tally: Counter[Outcome] = Counter()
        self.refused: list[tuple[RawEvent, Reject]] = []
        """Events that were sent and that Kafka refused, being too large for their topic: they are in dead-letters."""

    def __enter__(self) -> Publisher:
        if self._shared is None:
            ensure_topics(self._settings)
            self._producer = producer(self._settings)
            self._events = Deliveries(self._settings, self._producer, self._timeout)
            self._letters = Deliveries(self._settings, self._producer, self._timeout)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.flush()
            self._spans.end(error)
        finally:
            if self._shared is None:
                self._producer.close(timeout=10)

    def publish(self, event: RawEvent, source: str | None = None) -> Reject | None:
        """Send one event. One that is over the largest record goes to dead-letters, and the rejection is returned."""
        topic = ARTICLES_RAW if isinstance(event, RawArticleEvent) else COMMENTS_RAW
        name = topic.full_name(self._settings)
        event, span = self._spans.begin(event, name)
        key, value = article_key(event.data.article_id), event.to_json()
        if len(value) > self._settings.largest_record - 2048:
            reject = Reject(
                "too-large", f"{len(value)} bytes as an event; the largest record is {self._settings.largest_record}"
            )
            self._refuse(reject, key, value, event.data.provider, source, span)
            return reject
        self._events.send(name, key, value, headers=headers(span))
        self._pending.append((event, source, span))
        self._flush_if_many()
        return None

    def refuse(self, read: Read, provider: str | None) -> None:
        """Send an item that could not be read to dead-letters, with the reason."""
        if read.reject is not None:
            self.keep(read.reject, read.item.content, provider, read.item.source)

    def keep(self, reject: Reject, content: bytes, provider: str | None, source: str | None) -> None:
        """Send these bytes to dead-letters, with the reason."""
        self._refuse(reject, None, content, provider, source)

    def flush(self) -> None:
        """Wait for every acknowledgement. Raises Retry where one doesn't come: what was sent may be sent again."""
        try:
            self._wait()
        except BaseException as e:  # whatever it is, the spans end with it; raised again
            self._spans.end(e)
            raise
        self._spans.end()
        outcomes.record(PUBLISH.name, self._tally)
        self._tally = Counter()

    def _wait(self) -> None:
        pending, self._pending = self._pending, []
        errors = self._events.wait_for_each()
        stored = iter(self._events.stored)
        for (event, source, span), error in zip(pending, errors, strict=True):
            if error is None:
                self._tally[Outcome.PUBLISHED] += 1
                self._spans.stored(span, next(stored))
                continue
            reject = Reject("too-large", f"larger than Kafka accepts for its topic ({type(error).__name__})")
            self.refused.append((event, reject))
            key = article_key(event.data.article_id)
            self._send_letter(reject, key, event.to_json(), event.data.provider, source, span)
        self._letters.wait()

    def _refuse(
        self, reject: Reject, key: bytes | None, value: bytes, provider: str | None, source: str | None,
        span: Span | None = None,
    ) -> None:  # fmt: skip
        self._send_letter(reject, key, value, provider, source, span)
        self._flush_if_many()

    def _send_letter(
        self, reject: Reject, key: bytes | None, value: bytes, provider: str | None, source: str | None,
        span: Span | None,
    ) -> None:  # fmt: skip
        dead = dead_letter(
            PUBLISH.name, reject, key, value, provider=provider, source=source, largest=self._settings.largest_record
        )
        topic = DEAD_LETTERS.full_name(self._settings)
        span = self._spans.refused(span, reject, topic, provider)
        self._letters.send(topic, dead.key, dead.encoded(), headers=[*(dead.headers or ()), *headers(span)])
        self._tally[Outcome.DEAD_LETTERED] += 1

    def _flush_if_many(self) -> None:
        if len(self._events) + len(self._letters) >= _MAX_PENDING:
            self.flush()
