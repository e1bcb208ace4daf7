"""Small state that lives in a topic: read whole, written by key. The last record of a key stands; one without a value
removes it. Several processes may write; what one writes the others see after their next look."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from kafka import TopicPartition
from kafka.errors import KafkaError
from pydantic import BaseModel, ValidationError

from pipeline.errors import Retry
from pipeline.kafka.clients import consumer, kafka_servers, partition_of, producer, unreachable
from pipeline.settings import Settings
from pipeline.topics import Topic

log = logging.getLogger("dateline.state")

M = TypeVar("M", bound=BaseModel)
_PATIENCE = 20.0


class StateTopic(Generic[M]):
    """The records that stand in one topic. `load` reads all of it; `refresh` what has come since."""

    def __init__(self, settings: Settings, topic: Topic, schema: type[M]) -> None:
        self._settings, self._topic, self._schema = settings, topic, schema
        self._name = topic.full_name(settings)
        self._reader: Any = None
        self._producer: Any = None
        self._lock = threading.RLock()
        self._values: dict[str, M] = {}

    def load(self) -> StateTopic[M]:
        """Connect and read everything. Raises Retry where Kafka doesn't answer."""
        with self._lock:
            self._reader = consumer(self._settings)
            partitions = [TopicPartition(self._name, number) for number in range(self._settings.partitions)]
            self._reader.assign(partitions)
            self._reader.seek_to_beginning(*partitions)
        self.refresh()
        return self

    def refresh(self) -> None:
        """Read up to the topic's present end. Raises Retry."""
        with self._lock:
            try:
                ends = self._reader.end_offsets(self._reader.assignment())
                until = time.monotonic() + _PATIENCE
                while any(self._reader.position(tp) < end for tp, end in ends.items()):
                    for records in self._reader.poll(timeout_ms=200).values():
                        for record in records:
                            self._take(record.key, record.value)
                    if time.monotonic() > until:
                        raise Retry(f"{self._name} could not be read to its end in {_PATIENCE:.0f} s")
            except KafkaError as e:
                raise unreachable(kafka_servers(self._settings), e) from e

    def get(self, key: str) -> M | None:
        return self._values.get(key)

    def all(self) -> list[M]:
        """Everything that stands, in the order of its keys."""
        return [self._values[key] for key in sorted(self._values)]

    def put(self, changes: Iterable[tuple[str, M | None]]) -> None:
        """Write and wait until Kafka has it; None removes. Raises Retry."""
        with self._lock:
            if self._producer is None:
                self._producer = producer(self._settings, linger_ms=0)
            try:
                waiting = []
                for key, value in changes:
                    raw = key.encode()
                    body = value.model_dump_json(exclude_none=True).encode() if value is not None else None
                    partition = partition_of(raw, self._settings.partitions)
                    waiting.append((key, value, self._producer.send(self._name, body, key=raw, partition=partition)))
                for key, value, future in waiting:
                    future.get(timeout=_PATIENCE)
                    self._set(key, value)
            except KafkaError as e:
                raise unreachable(kafka_servers(self._settings), e) from e

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close(autocommit=False)
        if self._producer is not None:
            self._producer.close(timeout=5)

    def __enter__(self) -> StateTopic[M]:
        return self.load()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self, key: bytes | None, value: bytes | None) -> None:
        name = (key or b"").decode("utf-8", "replace")
        try:
            self._set(name, self._schema.model_validate_json(value) if value is not None else None)
        except ValidationError as e:
            log.warning("%s holds a record that can't be read (%s: %d faults)", self._name, name, e.error_count())

    def _set(self, key: str, value: M | None) -> None:
        if value is None:
            self._values.pop(key, None)
        else:
            self._values[key] = value
