"""What is wrong with partitions and disks of Kafka, as the brokers describe them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.report import Disk

INTERNAL = frozenset({"__consumer_offsets", "__transaction_state"})
"""Kafka's own topics, without which no group commits."""


@dataclass(frozen=True)
class Partitions:
    """Those with a fault, as TOPIC-NUMBER."""

    leaderless: tuple[str, ...] = ()
    """Without a leader: nothing is read or written there."""
    unwritable: tuple[str, ...] = ()
    """With fewer replicas in sync than a write needs: nothing is written there."""
    thin: tuple[str, ...] = ()
    """With fewer replicas in sync than they have."""


def faults(described: Iterable[Mapping[str, Any]], needed: Mapping[str, int]) -> Partitions:
    """`needed`: min.insync.replicas by topic, where it isn't 1."""
    leaderless, unwritable, thin = [], [], []
    for topic in described:
        for partition in topic["partitions"]:
            name, in_sync = f"{topic['name']}-{partition['partition_index']}", len(partition["isr_nodes"])
            if partition["leader_id"] < 0:
                leaderless.append(name)
            elif in_sync < needed.get(topic["name"], 1):
                unwritable.append(name)
            elif in_sync < len(partition["replica_nodes"]):
                thin.append(name)
    return Partitions(tuple(leaderless), tuple(unwritable), tuple(thin))


def disks(described: Iterable[Mapping[str, Any]]) -> Iterator[Disk]:
    """Of each broker's folders, where it tells how large their disks are (from Kafka 3.3 on)."""
    for broker in described:
        for folder in broker["log_dirs"]:
            if folder.get("total_bytes", -1) > 0 and folder.get("usable_bytes", -1) >= 0:
                place = f"kafka {broker['broker']} {folder['log_dir']}"
                yield Disk(place=place, free=folder["usable_bytes"], total=folder["total_bytes"])
