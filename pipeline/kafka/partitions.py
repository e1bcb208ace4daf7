"""Which partition a record goes to: Kafka's own default, the same for every client and for Faust's tables."""

from __future__ import annotations

from functools import lru_cache

from kafka.partitioner.default import murmur2

from pipeline.topics import Record


@lru_cache(maxsize=1 << 16)
def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key: its murmur2 hash, the default of Kafka's clients."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)


def partition_of_record(record: Record, partitions: int) -> int:
    """The partition of a record: its own where set, else by the part of its key that its topic is partitioned by."""
    if record.partition is not None:
        return record.partition
    return partition_of(record.topic.partition_key(record.key or b""), partitions)
