"""Several values of one partition in one record, a line of JSON each. What costs is the number of records, not their bytes.

Topics that stages send one another are bundled (`Topic.bundled`): a batch sends one record for each partition that it has
something for, so that their number falls with load. A record with one value is the same as one that isn't bundled. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from pipeline.topics import ConsumedRecord, Headers, Record, Topic
from pipeline.tracing.context import context, contexts, with_contexts

MOST = 100
"""Values in one record."""
LARGEST = 128 * 1024
"""Bytes from which on a record gets no further value."""


@dataclass(slots=True)
class _Bundle:
    """Values that go into one record."""

    first: Record
    """Its key is that of the bundle."""
    values: list[bytes] = field(default_factory=list)
    contexts: list[str | None] = field(default_factory=list)
    """Trace contexts of the values; empty where there are none."""
    size: int = 0

    def add(self, value: bytes, headers: Headers) -> None:
        if headers and not self.contexts:
            self.contexts = [None] * len(self.values)
        self.values.append(value)
        if headers or self.contexts:
            self.contexts.append(context(headers))
        self.size += len(value)

    def record(self) -> Record:
        whole = replace(self.first, value=b"\n".join(self.values))
        return replace(whole, headers=with_contexts((), self.contexts)) if self.contexts else whole


def bundle(records: Iterable[Record], partition_of: Callable[[str], int]) -> Iterator[Record]:
    """The records, with those of bundled topics put together by partition, in their order. A bundle's key is that of its first
    value, which decides its partition."""
    waiting: dict[tuple[Topic, int], _Bundle] = {}
    for record in records:
        if not record.topic.bundled:
            yield record
            continue
        key, value = record.topic.partition_key(record.key or b"").decode(), record.encoded() or b""
        place = (record.topic, partition_of(key))
        together = waiting.get(place)
        if together and (len(together.values) >= MOST or together.size + len(value) > LARGEST):
            yield waiting.pop(place).record()
            together = None
        if together is None:
            together = waiting[place] = _Bundle(record)
        together.add(value, record.headers)
    for together in waiting.values():
        yield together.record()


def unbundle(record: ConsumedRecord) -> Iterator[ConsumedRecord]:
    """A record for each value. All but the first have no key of their own on the wire: `Topic.decode` finds it."""
    if not record.topic.bundled or record.value is None or b"\n" not in record.value:
        yield record
        return
    of_values = contexts(record.headers) if record.headers else []
    for n, line in enumerate(record.value.split(b"\n")):
        part = record.value_of(record.key, line, further=n > 0)
        yield replace(part, headers=with_contexts((), of_values[n : n + 1])) if of_values else part


def count(topic: Topic, value: bytes | None) -> int:
    """How many values a record has."""
    return value.count(b"\n") + 1 if topic.bundled and value else 1
