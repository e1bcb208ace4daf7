"""Reads ahead of a sink that is behind, so that it knows what will come before it writes what comes first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
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
_ANSWER_MS = 4_000
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
        self._batch: dict[TopicPartition, int] = {}
        """The same for the partitions of the last batch."""
        self._doubted: set[TopicPartition] = set()
        """Partitions whose ends have to be asked for."""

    def cover(self, main: Any, polled: Mapping[TopicPartition, list[Any]]) -> None:
        """Return when everything behind the batch that was in Kafka at the last fetch, and at the end of the last wait, is
        foreseen, however long Kafka is away. Raises GROUP_ERRORS."""
        mine = main.assignment()
        for tp in self._covered.keys() - mine:
            self.restart(tp)
        self._batch = {}
        for tp, records in polled.items():
            topic = self._topics[tp.topic]
            if topic not in self._foresight.foreseen or tp not in mine:
                continue
            first, after = records[0].offset, records[-1].offset + 1
            if first < self._covered.get(tp, 0):
                self.restart(tp)
            self._covered[tp] = self._batch[tp] = after
            if not first <= self._until.get(tp, -1):  # all that was foreseen has come
                self._foresight.forget(topic, tp.partition)
        self.cover_again(main)

    def cover_again(self, main: Any) -> None:
        """The same for the last batch, after a wait."""
        attempt, mine = 0, main.assignment()
        batch = {tp: after for tp, after in self._batch.items() if tp in mine}
        while True:
            try:
                starts = self._behind(main, batch)
                if not starts or not self._read(starts):
                    return
            except GROUP_ERRORS:
                raise
            except (Retry, KafkaError) as e:
                attempt += 1
                self.close()
                self._wait(delay(attempt), f"Kafka does not answer ({type(e).__name__})")
                continue
            if not self._doubted & batch.keys():
                return

    def waited(self, assigned: Iterable[TopicPartition]) -> None:
        """The sink has waited: what the main consumer's last fetch says of the ends of these partitions is old."""
        self._doubted = set(assigned)

    def restart(self, tp: TopicPartition) -> None:
        """The partition is given away, or begins anew: what was foreseen may never come."""
        self._until.pop(tp, None)
        self._covered.pop(tp, None)
        self._batch.pop(tp, None)
        self._foresight.forget(self._topics[tp.topic], tp.partition)

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close(autocommit=False)
        self._reader = None

    def _behind(self, main: Any, batch: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        """Where to read on, in the partitions of the batch that have more."""
        starts = {tp: max(after, self._until.get(tp, -1)) for tp, after in batch.items()}
        if self._doubted & starts.keys():
            # by the reader: on the main consumer's connection the answer would come after that of a fetch
            ends = self._open_reader().end_offsets(list(starts), timeout_ms=_ANSWER_MS)
            self._doubted -= starts.keys()
        else:
            ends = {tp: main.highwater(tp) or 0 for tp in starts}
        return {tp: start for tp, start in starts.items() if ends[tp] > start}

    def _open_reader(self) -> Any:
        if self._reader is None:
            self._reader = consumer(self._settings, max_poll_records=_CHUNK)
        return self._reader

    def _read(self, starts: dict[TopicPartition, int]) -> bool:
        """Whether it could be read to the end."""
        self._open_reader()
        records: Any = read_to_end(self._reader, starts, progress=_every(_KEEP_PLACE, lambda: self._wait(0)))
        while chunk := list(islice(records, _CHUNK)):
            if not self._foresight.foresee(self._consumed(chunk)):
                records.close()
                return False
            self._until |= {TopicPartition(raw.topic, raw.partition): raw.offset + 1 for raw in chunk}
        self._until |= {tp: self._reader.position(tp) for tp in starts}
        return True

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
