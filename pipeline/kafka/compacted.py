"""A compacted topic as a table: last value per key wins, null is a tombstone."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from kafka import TopicPartition
from kafka.errors import KafkaError
from pydantic import BaseModel, ValidationError

from pipeline import telemetry
from pipeline.kafka.clients import consumer, kafka_servers, producer, unreachable
from pipeline.kafka.reading import read_to_end
from pipeline.kafka.sending import Deliveries
from pipeline.settings import Settings
from pipeline.topics import Topic

M = TypeVar("M", bound=BaseModel)
_TIMEOUT = 20.0


class CompactedTable(Generic[M]):
    """The values of one topic by key. `load` reads all of it, `refresh` what is new since.

    Several processes may write; each sees what the others wrote after its next `refresh`. Thread-safe. Use as a
    context manager: entering loads, leaving closes.
    """

    def __init__(self, settings: Settings, topic: Topic, schema: type[M]) -> None:
        self._settings, self._schema = settings, schema
        self._name = topic.full_name(settings)
        self._reader: Any = None
        self._producer: Any = None
        self._lock, self._connecting = threading.RLock(), threading.Lock()
        self._reading = threading.Lock()
        """Held while Kafka is waited for, which nobody else has to: `_lock` only while something is changed."""
        self._values: dict[str, M] = {}
        self._read: dict[int, int] = {}
        """The offset that follows the last record read, by partition."""
        self._ahead: dict[str, int] = {}
        """Offsets of own records that were not read yet, by key."""

    def load(self) -> CompactedTable[M]:
        """Connect and read everything. Raises Retry where Kafka doesn't answer."""
        with self._reading:
            if self._reader is not None:  # of an attempt that Kafka did not answer to the end
                self._reader.close(autocommit=False)
            self._reader = consumer(self._settings)
            partitions = [TopicPartition(self._name, n) for n in range(self._settings.partitions)]
            self._reader.assign(partitions)
            self._reader.seek_to_beginning(*partitions)
        self.refresh()
        return self

    def refresh(self) -> None:
        """Read up to the topic's present end. Raises Retry."""
        with self._reading:
            try:
                for record in read_to_end(self._reader, timeout=_TIMEOUT):
                    with self._lock:
                        self._taken(record)
            except KafkaError as e:
                raise unreachable(kafka_servers(self._settings), e) from e

    def _taken(self, record: Any) -> None:
        self._read[record.partition] = record.offset + 1
        name = (record.key or b"").decode("utf-8", "replace")
        if record.offset >= self._ahead.get(name, 0):
            self._ahead.pop(name, None)
            self._apply(record.key, record.value)

    def get(self, key: str) -> M | None:
        return self._values.get(key)

    def all(self) -> list[M]:
        """Every value, in the order of its keys."""
        values = self._values.copy()  # others write meanwhile
        return [values[key] for key in sorted(values)]

    def put(self, changes: Iterable[tuple[str, M | None]]) -> None:
        """Write and wait until Kafka has it; None removes. Raises Retry."""
        with self._connecting:
            if self._producer is None:
                self._producer = producer(self._settings, linger_ms=0)
        deliveries = Deliveries(self._settings, self._producer, _TIMEOUT)
        written = list(changes)
        for key, value in written:
            body = value.model_dump_json(exclude_none=True).encode() if value is not None else None
            deliveries.send(self._name, key.encode(), body)
        deliveries.wait()  # several threads may: nobody waits for another's acknowledgement
        with self._lock:
            for (key, value), stored in zip(written, deliveries.stored, strict=True):
                # another record may have been written after this one, and be known already
                if stored.offset >= max(self._read.get(stored.partition, 0), self._ahead.get(key, 0)):
                    self._ahead[key] = stored.offset
                    self._set(key, value)

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close(autocommit=False)
        if self._producer is not None:
            self._producer.close(timeout=5)

    def __enter__(self) -> CompactedTable[M]:
        return self.load()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _apply(self, key: bytes | None, value: bytes | None) -> None:
        """One record. A value that can't be read is logged, and the previous one stays."""
        name = (key or b"").decode("utf-8", "replace")
        try:
            self._set(name, self._schema.model_validate_json(value) if value is not None else None)
        except ValidationError as e:
            telemetry.STATE_UNREADABLE(topic=self._name, key=name, faults=e.error_count())

    def _set(self, key: str, value: M | None) -> None:
        if value is None:
            self._values.pop(key, None)
        else:
            self._values[key] = value
