"""Reads ahead of a sink that is behind, so that it knows what will come before it writes what comes first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Protocol

from kafka import TopicPartition
from kafka.errors import KafkaError

from pipeline.errors import Retry
from pipeline.kafka.clients import consumer
from pipeline.kafka.reading import read_to_end
from pipeline.settings import Settings
from pipeline.sinks.delays import delay
from pipeline.sinks.group import GROUP_ERRORS
from pipeline.sinks.sink import Records, Wait
from pipeline.topics import ConsumedRecord, Headers, Topic

_CHUNK = 1000
_KEEP_PLACE = 1.0
"""Seconds between two polls of the main consumer meanwhile."""


class Foresight(Protocol):
    """What a sink does with records ahead of the batch that it is to write next."""

    foreseen: frozenset[Topic]
    """The topics that are read ahead."""

    def foresee(self, records: Records) -> bool:
        """Called with records, in order within each partition, that `write` will get later. May call `wait`. False where
        no more can be remembered: reading ahead ends there, for now."""

    def forget(self, topic: Topic, partition: int) -> None:
        """`write` has got everything of the partition that was foreseen, or will never get it."""


class ReadAhead:
    """Reads, with a consumer of its own, from behind each batch to the partition's end, each record once; the main consumer
    is paused meanwhile and polled by `wait`."""

    def __init__(self, settings: Settings, topics: Mapping[str, Topic], foresight: Foresight, wait: Wait) -> None:
        self._settings, self._topics, self._foresight, self._wait = settings, topics, foresight, wait
        self._reader: Any = None
        self._until: dict[TopicPartition, int] = {}
        """The offsets up to which was read."""
        self._covered: dict[TopicPartition, int] = {}
        """The offset after each partition's last batch."""

    def cover(self, main: Any, polled: Mapping[TopicPartition, list[Any]]) -> None:
        """Return when everything behind the batch that is in Kafka now is foreseen, however long Kafka is away. Raises
        GROUP_ERRORS."""
        mine, starts = main.assignment(), {}
        for tp in self._covered.keys() - mine:
            self.restart(tp)
        for tp, records in polled.items():
            topic = self._topics[tp.topic]
            if topic not in self._foresight.foreseen or tp not in mine:
                continue
            first, after = records[0].offset, records[-1].offset + 1
            if first < self._covered.get(tp, 0):
                self.restart(tp)
            self._covered[tp] = after
            known = self._until.get(tp, -1)
            if not first <= known:  # all that was foreseen has come
                self._foresight.forget(topic, tp.partition)
            start = max(after, known)
            if (main.highwater(tp) or 0) > start:
                starts[tp] = start
        attempt = 0
        while starts:
            try:
                self._read(starts)
                return
            except GROUP_ERRORS:
                raise
            except (Retry, KafkaError) as e:
                attempt += 1
                self.close()
                self._wait(delay(attempt), f"Kafka does not answer ({type(e).__name__})")
                starts = {tp: max(start, self._until.get(tp, -1)) for tp, start in starts.items()}

    def restart(self, tp: TopicPartition) -> None:
        """The partition is given away, or begins anew: what was foreseen may never come."""
        self._until.pop(tp, None)
        self._covered.pop(tp, None)
        self._foresight.forget(self._topics[tp.topic], tp.partition)

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close(autocommit=False)
        self._reader = None

    def _read(self, starts: dict[TopicPartition, int]) -> None:
        if self._reader is None:
            self._reader = consumer(self._settings, max_poll_records=_CHUNK)
        records: Any = read_to_end(self._reader, starts, progress=_every(_KEEP_PLACE, lambda: self._wait(0)))
        while chunk := list(islice(records, _CHUNK)):
            if not self._foresight.foresee(self._consumed(chunk)):
                records.close()
                return
            self._until |= {TopicPartition(raw.topic, raw.partition): raw.offset + 1 for raw in chunk}
        self._until |= {tp: self._reader.position(tp) for tp in starts}

    def _consumed(self, chunk: list[Any]) -> Iterator[tuple[ConsumedRecord, Headers]]:
        for raw in chunk:
            topic = self._topics[raw.topic]
            yield ConsumedRecord(topic, raw.partition, raw.offset, raw.key, raw.value), raw.headers


def _every(seconds: float, call: Callable[[], None]) -> Callable[[int, int], None]:
    last = time.monotonic()

    def progress(_: int, __: int) -> None:
        nonlocal last
        if time.monotonic() - last >= seconds:
            call()
            last = time.monotonic()

    return progress
