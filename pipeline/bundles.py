"""Several values of one partition in one record, a line of JSON each. What costs is the number of records, not their bytes.

Topics that stages send one another are bundled (`Topic.bundled`): a batch sends one record for each partition that it has
something for, so that their number falls with load. A record with one value is the same as one that isn't bundled. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from pipeline.topics import ConsumedRecord, Record, Topic

MOST = 100
"""Values in one record."""
LARGEST = 128 * 1024
"""Bytes from which on a record gets no further value."""


def bundle(records: Iterable[Record], partition_of: Callable[[str], int]) -> Iterator[Record]:
    """The records, with those of bundled topics put together by partition, in their order. A bundle's key is that of its first
    value, which decides its partition."""
    waiting: dict[tuple[Topic, int], list[Record]] = {}
    sizes: dict[tuple[Topic, int], int] = {}
    for record in records:
        if not record.topic.bundled:
            yield record
            continue
        key, value = record.topic.partition_key(record.key or b"").decode(), record.encoded() or b""
        place = (record.topic, partition_of(key))
        if len(waiting.get(place, ())) >= MOST or sizes.get(place, 0) + len(value) > LARGEST:
            yield _together(waiting.pop(place))
            sizes.pop(place)
        waiting.setdefault(place, []).append(replace(record, value=value))
        sizes[place] = sizes.get(place, 0) + len(value)
    for together in waiting.values():
        yield _together(together)


def unbundle(record: ConsumedRecord) -> Iterator[ConsumedRecord]:
    """A record for each value. All but the first have no key of their own on the wire: `Topic.decode` finds it."""
    if not record.topic.bundled or record.value is None or b"\n" not in record.value:
        yield record
        return
    for n, line in enumerate(record.value.split(b"\n")):
        yield replace(record, value=line, further=n > 0)


def count(topic: Topic, value: bytes | None) -> int:
    """How many values a record has."""
    return value.count(b"\n") + 1 if topic.bundled and value else 1


def _together(records: list[Record]) -> Record:
    values = [record.value for record in records if isinstance(record.value, bytes)]
    return replace(records[0], value=b"\n".join(values))
