"""Where reading is in each partition, what is to be committed, and what can't be read any more."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from kafka import OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError

from pipeline import telemetry
from pipeline.sinks.assignment import Offsets

_ANSWER_MS = 3_000
_ID_LENGTH = 36
_LOOK = 1.0
"""Seconds between two looks at every partition."""
_SHOW = 5.0
"""Seconds between two looks at the lag, for /metrics."""
Polled = dict[TopicPartition, list[Any]]


class Positions:
    """Follows the consumer's positions. What is committed is the position, not the last record's offset: after the last
    record may come the marker of a transaction, or nothing that still exists.

    With each offset the topic's id is committed. A topic that was deleted and made again has another one: it is read from
    its start, whatever was committed, and `made_again` is called with it.
    """

    def __init__(self, made_again: Callable[[TopicPartition], None] = lambda _: None) -> None:
        self._on_made_again = made_again
        self.resumed: dict[TopicPartition, int] = {}
        """The committed offset of each partition when it was assigned; 0 where there was none."""
        self._next: dict[TopicPartition, int] = {}
        self._looked, self._busy = 0.0, False
        self._ids: dict[TopicPartition, str] = {}
        self._shown, self._topics = -_SHOW, set[str]()

    def advance(self, consumer: Any, polled: Polled) -> Offsets:
        """Called after each poll. The offsets to commit once `polled` is written. Takes records out of `polled` that have
        to be read again. The others are looked at when nothing comes any more, and once
        a second: a marker may have come. Raises KafkaError."""
        mine = consumer.assignment()
        for tp in self._next.keys() - mine:
            del self._next[tp], self._ids[tp]
        moved: Offsets = {}
        reached: dict[TopicPartition, int] = {}
        again: list[TopicPartition] = []
        everywhere = self._due(bool(polled)) or not mine <= self._next.keys()
        wanted = [tp for tp in (mine if everywhere else polled) if tp in mine]
        for tp, position in consumer.positions(wanted, timeout_ms=_ANSWER_MS).items():
            if tp not in self._next:
                self._resume(consumer, tp)
            if self._made_again(consumer, tp):
                again.append(tp)
                continue
            first = polled[tp][0].offset if tp in polled else position
            if first != self._next[tp]:
                _explain(consumer, tp, self._next[tp], first)
            if position != self._next[tp]:
                moved[tp] = OffsetAndMetadata(position, self._ids[tp], -1)
            reached[tp] = position
        self._next |= reached
        for tp in again:
            polled.pop(tp, None)
        return moved

    def _due(self, busy: bool) -> bool:
        """Whether to look at every partition: as soon as nothing comes any more, and then from time to time."""
        now, was_busy = time.monotonic(), self._busy
        self._busy = busy
        due = (was_busy and not busy) or now - self._looked >= _LOOK
        self._looked = now if due else self._looked
        return due

    def known(self, mine: set[TopicPartition]) -> bool:
        """Whether reading has resumed in all these partitions."""
        return bool(mine) and mine <= self._next.keys()

    def behind(self, ends: Mapping[TopicPartition, int]) -> int:
        """Offsets up to these ends that are still to be read."""
        return sum(max(0, end - self._next.get(tp, 0)) for tp, end in ends.items())

    def show(self, consumer: Any) -> None:
        """Set the gauges by topic, from time to time, however often it is called."""
        if (now := time.monotonic()) - self._shown < _SHOW:
            return
        self._shown = now
        lag, count = Counter[str](), Counter[str]()
        for tp in self._next.keys() & consumer.assignment():
            position = self._next[tp]
            count[tp.topic] += 1
            lag[tp.topic] += max(0, (consumer.highwater(tp) or position) - position)
        self._topics |= count.keys()
        for topic in self._topics:
            telemetry.LAG.labels(topic).set(lag[topic])
            telemetry.PARTITIONS.labels(topic).set(count[topic])

    def reread(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Reading goes back to these offsets on purpose."""
        self._next |= {tp: offset for tp, offset in offsets.items() if tp in self._next}

    def _resume(self, consumer: Any, tp: TopicPartition) -> None:
        committed = consumer.committed(tp, metadata=True, timeout_ms=_ANSWER_MS)
        self._next[tp] = self.resumed[tp] = max(0, committed.offset) if committed else 0
        # offsets that other tools have committed are without the topic's id
        noted = committed.metadata if committed else ""
        self._ids[tp] = noted if len(noted) == _ID_LENGTH else _id(consumer, tp)

    def _made_again(self, consumer: Any, tp: TopicPartition) -> bool:
        known, now = self._ids[tp], _id(consumer, tp)
        if not now or now == known:
            return False
        start = consumer.beginning_offsets([tp], timeout_ms=_ANSWER_MS)[tp]
        consumer.seek(tp, start)
        telemetry.TOPIC_MADE_AGAIN(topic=tp.topic, partition=tp.partition, offset=self._next[tp])
        self._next[tp], self._ids[tp] = start, now
        self._on_made_again(tp)
        return True


def _id(consumer: Any, tp: TopicPartition) -> str:
    """The topic's id, which a topic of the same name that is made later doesn't have; empty before Kafka 2.8."""
    return str(consumer._cluster.topic_id(tp.topic) or "")


def _explain(consumer: Any, tp: TopicPartition, expected: int, first: int) -> None:
    """Say so where the records from `expected` on are gone. A gap may be harmless: a marker, or compaction."""
    try:
        start = consumer.beginning_offsets([tp], timeout_ms=_ANSWER_MS)[tp]
        end = consumer.end_offsets([tp], timeout_ms=_ANSWER_MS)[tp]
    except KafkaError:
        return
    if expected < start:
        telemetry.RECORDS_EXPIRED(topic=tp.topic, partition=tp.partition, records=start - expected)
    elif end < expected:
        telemetry.OFFSETS_AHEAD(topic=tp.topic, partition=tp.partition, offset=expected, end=end)
