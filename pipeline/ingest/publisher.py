"""Publishes events with kafka-python: idempotent, acknowledged by all replicas, keyed by article, batched."""

from __future__ import annotations

import time
from collections import Counter
from types import TracebackType
from typing import Any

from kafka.errors import KafkaError

from pipeline import outcomes
from pipeline.errors import Reject, Retry
from pipeline.ingest.events import RawEvent
from pipeline.ingest.intake import Read
from pipeline.kafka.clients import article_key, ensure_topics, partition_of, producer
from pipeline.kafka.dead_letters import dead_letter
from pipeline.outcomes import Outcome
from pipeline.settings import Settings
from pipeline.topics import ARTICLES_RAW, COMMENTS_RAW, DEAD_LETTERS
from pipeline.topology import PUBLISH
from schemas.events import RawArticleEvent

_PATIENCE = 60.0


class Publisher:
    """Sends events; `flush` returns only when Kafka has all of them. Use as a context manager: leaving flushes.

    With a `shared` producer of a long-running process it neither makes topics nor closes it, and gives up after
    `patience` seconds. One publisher is for one thread; several may share a producer.
    """

    def __init__(self, settings: Settings, shared: Any = None, patience: float = _PATIENCE) -> None:
        self._settings = settings
        self._shared = shared
        self._patience = patience
        self._producer: Any = shared
        self._waiting: list[Any] = []
        self._tally: Counter[Outcome] = Counter()

    def __enter__(self) -> Publisher:
        if self._shared is None:
            ensure_topics(self._settings)
            self._producer = producer(self._settings)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            if self._shared is None:
                self._producer.close(timeout=10)

    def publish(self, event: RawEvent, source: str | None = None) -> Reject | None:
        """Send one event. One that is over the largest record goes to dead-letters, and the rejection is returned."""
        topic = ARTICLES_RAW if isinstance(event, RawArticleEvent) else COMMENTS_RAW
        key, value = article_key(event.data.article_id), event.to_json()
        if len(value) > self._settings.largest_record - 2048:
            reject = Reject(
                "too-large", f"{len(value)} bytes as an event; the largest record is {self._settings.largest_record}"
            )
            self._refuse(reject, key, value, event.data.provider, source)
            return reject
        partition = partition_of(key, self._settings.partitions)
        self._send(topic.full_name(self._settings), value=value, key=key, partition=partition)
        self._tally[Outcome.PUBLISHED] += 1
        return None

    def refuse(self, read: Read, provider: str | None) -> None:
        """Keep an item that was refused at the door, with the reason."""
        if read.reject is not None:
            self.keep(read.reject, read.item.content, provider, read.item.source)

    def keep(self, reject: Reject, content: bytes, provider: str | None, source: str | None) -> None:
        """Keep what was refused in dead-letters."""
        self._refuse(reject, None, content, provider, source)

    def flush(self) -> None:
        """Wait for every acknowledgement. Raises Retry where one doesn't come: what was sent may be sent again."""
        waiting, self._waiting = self._waiting, []
        try:
            until = time.monotonic() + self._patience
            for future in waiting:
                future.get(timeout=max(0.001, until - time.monotonic()))
        except KafkaError as e:
            raise Retry(
                f"Kafka did not acknowledge everything ({type(e).__name__}); publishing it again is safe"
            ) from e
        outcomes.record(PUBLISH.name, self._tally)
        self._tally = Counter()

    def _refuse(
        self, reject: Reject, key: bytes | None, value: bytes, provider: str | None, source: str | None
    ) -> None:
        dead = dead_letter(
            PUBLISH.name, reject, key, value, provider=provider, source=source, largest=self._settings.largest_record
        )
        self._send(
            DEAD_LETTERS.full_name(self._settings), value=dead.encoded(), key=dead.key, headers=list(dead.headers)
        )
        self._tally[Outcome.DEAD_LETTERED] += 1

    def _send(self, topic: str, **record: Any) -> None:
        try:
            self._waiting.append(self._producer.send(topic, **record))
        except KafkaError as e:
            raise Retry(f"Kafka does not take records ({type(e).__name__}); try again") from e
        if len(self._waiting) >= 5000:
            self.flush()
