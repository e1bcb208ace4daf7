"""A Kafka consumer and producer in memory, for tests of the loop that runs sinks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from kafka import OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaTimeoutError


class MemoryConsumer:
    """Has one partition, and hands out one batch of values a poll; after the last it calls `done`. A value None is a
    transaction's marker: it has an offset, and isn't handed out."""

    def __init__(
        self,
        seen: list[str],
        topic: str,
        batches: list[list[bytes | None]] | list[list[bytes]],
        done: Callable[[], object],
        key: bytes = b"key",
    ) -> None:
        self._seen, self._done = seen, done
        self._partition = TopicPartition(topic, 0)
        self._batches: list[Any] = list(batches)
        self.offset = 0
        self._key = key
        self._paused: set[TopicPartition] = set()
        self.polls_while_paused = 0
        self.start = 0
        """The first offset that retention has left."""
        self.id = str(UUID(int=2))
        """The id of the topic: another one where it was made again."""
        self.stored: OffsetAndMetadata | None = None
        """What is committed."""
        self.away = False
        """Whether no broker answers."""
        self._cluster = self

    def partitions_for_topic(self, name: str) -> set[int]:
        return {0}

    def subscribe(self, topics: list[str], listener: Any) -> None:
        assert self._partition.topic in topics
        listener.on_partitions_assigned([self._partition])
        if self.stored is not None:
            self.offset = self.stored.offset

    def topic_id(self, name: str) -> str:
        return self.id

    def assignment(self) -> set[TopicPartition]:
        return {self._partition}

    def poll(self, timeout_ms: int, max_records: int | None = None) -> dict[TopicPartition, list[Any]]:
        if self._paused:
            self.polls_while_paused += 1
            return {}
        if not self._batches:
            self._done()
            return {}
        self.offset = max(self.offset, self.start)
        values = self._batches.pop(0)
        records = [
            SimpleNamespace(offset=self.offset + n, key=self._key, value=value, headers=[])
            for n, value in enumerate(values)
            if value is not None
        ]
        self.offset += len(values)
        return {self._partition: records} if records else {}

    def position(self, partition: TopicPartition, timeout_ms: int | None = None) -> int:
        return self.offset

    def positions(
        self, partitions: Iterable[TopicPartition], timeout_ms: int | None = None
    ) -> dict[TopicPartition, int]:
        return {tp: self.position(tp) for tp in partitions}

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self._seen.append(f"seek {offset}")
        self.offset = offset

    def highwater(self, partition: TopicPartition) -> int:
        return self.offset + sum(map(len, self._batches))

    def committed(self, partition: TopicPartition, metadata: bool, timeout_ms: int) -> OffsetAndMetadata | None:
        return self.stored

    def beginning_offsets(self, partitions: list[TopicPartition], timeout_ms: int) -> dict[TopicPartition, int]:
        return self._answer(partitions, self.start)

    def end_offsets(self, partitions: list[TopicPartition], timeout_ms: int | None = None) -> dict[TopicPartition, int]:
        return self._answer(partitions, self.highwater(self._partition))

    def _answer(self, partitions: list[TopicPartition], offset: int) -> dict[TopicPartition, int]:
        if self.away:
            raise KafkaTimeoutError("no broker answers")
        return dict.fromkeys(partitions, offset)

    def commit(self, offsets: dict[TopicPartition, Any], timeout_ms: int) -> None:
        self.stored = offsets[self._partition]
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
    """Acknowledges what it is given, or nothing where it `fails`. Without `metadata` it takes nothing."""

    def __init__(self, seen: list[str]) -> None:
        self._seen = seen
        self.fails = False
        self.metadata = True
        self.sent: list[Any] = []

    def send(self, topic: str, **record: Any) -> Any:
        if not self.metadata:
            raise KafkaTimeoutError("Failed to update metadata after 60.0 secs.")
        self._seen.append(f"send {topic.rpartition('.')[2]}")
        self.sent.append(SimpleNamespace(topic=topic, **record))
        return SimpleNamespace(get=self._acknowledged)

    def _acknowledged(self, timeout: float) -> None:
        if self.fails:
            raise KafkaTimeoutError("not acknowledged")

    def close(self, timeout: float) -> None:
        pass
