"""A Kafka consumer and producer in memory, for tests of the loop that runs sinks."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaTimeoutError


class MemoryConsumer:
    """Has one partition, and hands out one batch of values a poll; after the last it calls `done`."""

    def __init__(
        self, seen: list[str], topic: str, batches: list[list[bytes]], done: Callable[[], object], key: bytes = b"key"
    ) -> None:
        self._seen, self._done = seen, done
        self._partition = TopicPartition(topic, 0)
        self._batches = list(batches)
        self._offset = 0
        self._key = key
        self._paused: set[TopicPartition] = set()
        self.polls_while_paused = 0

    def partitions_for_topic(self, name: str) -> set[int]:
        return {0}

    def subscribe(self, topics: list[str], listener: Any) -> None:
        assert self._partition.topic in topics
        listener.on_partitions_assigned([self._partition])

    def assignment(self) -> set[TopicPartition]:
        return {self._partition}

    def poll(self, timeout_ms: int, max_records: int | None = None) -> dict[TopicPartition, list[Any]]:
        if self._paused:
            self.polls_while_paused += 1
            return {}
        if not self._batches:
            self._done()
            return {}
        values = self._batches.pop(0)
        records = [
            SimpleNamespace(offset=self._offset + n, key=self._key, value=value, headers=[])
            for n, value in enumerate(values)
        ]
        self._offset += len(records)
        return {self._partition: records}

    def commit(self, offsets: dict[TopicPartition, Any], timeout_ms: int) -> None:
        self._seen.append(f"commit {offsets[self._partition].offset}")

    def pause(self, *partitions: TopicPartition) -> None:
        self._paused.update(partitions)

    def paused(self) -> set[TopicPartition]:
        return set(self._paused)

    def resume(self, *partitions: TopicPartition) -> None:
        self._paused.difference_update(partitions)

    def close(self, autocommit: bool) -> None:
        assert not autocommit
        self._seen.append("leave")


class MemoryProducer:
    """Acknowledges what it is given, or nothing where it `fails`."""

    def __init__(self, seen: list[str]) -> None:
        self._seen = seen
        self.fails = False
        self.sent: list[Any] = []

    def send(self, topic: str, **record: Any) -> Any:
        self._seen.append(f"send {topic.rpartition('.')[2]}")
        self.sent.append(SimpleNamespace(topic=topic, **record))
        return SimpleNamespace(get=self._acknowledged)

    def _acknowledged(self, timeout: float) -> None:
        if self.fails:
            raise KafkaTimeoutError("not acknowledged")

    def close(self, timeout: float) -> None:
        pass
