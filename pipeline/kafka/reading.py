"""Reads topics from given offsets to their present ends, and single records by their offset."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from pipeline.errors import Retry
from pipeline.kafka.clients import consumer, kafka_servers, unreachable, wrong_count
from pipeline.settings import Settings
from pipeline.topics import Topic

TIMEOUT = 30.0
"""Seconds without any progress until reading is given up."""
_POLL_MS = 500
_POSITION_MS = 20_000
_READ_THROUGH = 500
"""Offsets up to which the records between two wanted ones are read and dropped: a seek drops what was fetched ahead."""


@contextmanager
def open_reader(settings: Settings, **options: Any) -> Iterator[KafkaConsumer]:
    """A consumer without a group, closed at the end. Raises Retry where Kafka doesn't answer, also during its use."""
    reader = consumer(settings, **options)
    try:
        yield reader
    except KafkaError as e:
        raise unreachable(kafka_servers(settings), e) from e
    finally:
        reader.close(autocommit=False)


def partitions_of(reader: KafkaConsumer, settings: Settings, topics: Iterable[Topic]) -> dict[TopicPartition, Topic]:
    """The partitions of those topics that exist. Raises Fatal where one has another number of them than the settings say:
    what is looked for by its key would be looked for in the wrong place."""
    names = {topic.full_name(settings): topic for topic in topics}
    counts = {name: len(reader.partitions_for_topic(name) or ()) for name in names}
    for name, count in counts.items():
        if count and count != settings.partitions:
            raise wrong_count(name, count, settings)
    present = [name for name, count in counts.items() if count]
    return {TopicPartition(name, n): names[name] for name in present for n in range(settings.partitions)}


def read_to_end(
    reader: KafkaConsumer,
    starts: Mapping[TopicPartition, int] | None = None,
    *,
    timeout: float = TIMEOUT,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Iterator[Any]:
    """Every record from these offsets to where the partitions end now, each partition's in order, and maybe some that
    arrived meanwhile: at the end, the reader's positions are where to continue.

    The reader is assigned the partitions of `starts`; without any it continues at its positions. A start before the first
    stored record means the first one. `progress` receives (offsets read, offsets in all) after each poll. Raises Retry
    after `timeout` seconds without progress, and KafkaError.
    """
    if starts is not None:
        reader.assign(list(starts))
        for tp, first in reader.beginning_offsets(list(starts)).items():
            reader.seek(tp, max(starts[tp], first))
    tps = list(reader.assignment())
    ends = reader.end_offsets(tps)
    positions = {tp: _position(reader, tp) for tp in tps}
    total = sum(max(0, ends[tp] - positions[tp]) for tp in tps)
    idle = 0.0
    # by position: the last offset may be a transaction's marker, or have been compacted away, and is then never seen
    while any(positions[tp] < ends[tp] for tp in tps):
        started = time.monotonic()
        polled = reader.poll(timeout_ms=_POLL_MS)
        reached = {tp: _position(reader, tp) for tp in tps}
        idle = 0.0 if reached != positions else idle + time.monotonic() - started
        positions = reached
        for records in polled.values():
            yield from records
        progress(total - sum(max(0, ends[tp] - positions[tp]) for tp in tps), total)
        if idle > timeout:
            behind = next(tp for tp in tps if positions[tp] < ends[tp])
            raise _stalled(behind, timeout)


def first_records(
    reader: KafkaConsumer,
    starts: Mapping[TopicPartition, int],
    ends: Mapping[TopicPartition, int],
    *,
    timeout: float = TIMEOUT,
) -> dict[TopicPartition, Any]:
    """The first record from each start on that is before the partition's end; partitions without one are
    left out. Raises Retry after `timeout` seconds without progress, and KafkaError."""
    reader.assign(list(starts))
    for tp, first in reader.beginning_offsets(list(starts)).items():
        reader.seek(tp, max(starts[tp], first))
    found: dict[TopicPartition, Any] = {}
    positions = {tp: _position(reader, tp) for tp in starts}
    idle = 0.0
    while waiting := [tp for tp in starts if tp not in found and positions[tp] < ends[tp]]:
        started = time.monotonic()
        for tp, records in reader.poll(timeout_ms=_POLL_MS).items():
            if records[0].offset < ends[tp]:
                found.setdefault(tp, records[0])
        reached = {tp: _position(reader, tp) for tp in starts}
        idle = 0.0 if reached != positions else idle + time.monotonic() - started
        positions = reached
        reader.pause(*(tp for tp in starts if tp in found or positions[tp] >= ends[tp]))
        if idle > timeout:
            raise _stalled(waiting[0], timeout)
    return found


def read_offsets(
    reader: KafkaConsumer, wanted: Mapping[TopicPartition, Collection[int]], *, timeout: float = TIMEOUT
) -> Iterator[Any]:
    """The records at these offsets, partition by partition, in order. Those that are gone (or never were) are left out.

    Raises Retry after `timeout` seconds without progress, and KafkaError.
    """
    for tp, offsets in wanted.items():
        reader.assign([tp])
        first, end = reader.beginning_offsets([tp])[tp], reader.end_offsets([tp])[tp]
        position = -1
        for offset in sorted(offset for offset in offsets if first <= offset < end):
            if not 0 <= offset - position <= _READ_THROUGH or position < 0:
                reader.seek(tp, offset)
            record = _read_one(reader, tp, offset, timeout)
            position = _position(reader, tp)
            if record is not None:
                yield record


def _read_one(reader: KafkaConsumer, tp: TopicPartition, offset: int, timeout: float) -> Any:
    """The record at this offset, from a position at or before it; None where it was compacted away or is a marker."""
    idle, position = 0.0, -1
    while (reached := _position(reader, tp)) <= offset:
        idle = 0.0 if reached != position else idle
        position, started = reached, time.monotonic()
        for record in reader.poll(timeout_ms=_POLL_MS, max_records=1).get(tp, []):
            if record.offset == offset:
                return record
        idle += time.monotonic() - started
        if idle > timeout:
            raise _stalled(tp, timeout)
    return None


def _position(reader: KafkaConsumer, tp: TopicPartition) -> int:
    found = reader.position(tp, timeout_ms=_POSITION_MS)
    if found is None:
        raise _stalled(tp, _POSITION_MS / 1000)
    return int(found)


def _stalled(tp: TopicPartition, timeout: float) -> Retry:
    return Retry(f"Kafka returned nothing of {tp.topic}[{tp.partition}] for {timeout:.0f} s; try again later")
