"""What a number of articles a day needs, reckoned from what one article costs. Pure; the method is in docs/scaling.md."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

PEAK = 4
"""The busiest minutes of a day have so many times its mean."""
USED = 0.7
"""Of each core at the peak; the rest is for restarts, rebalances and catching up."""
RAW_DAYS = 7
"""For which topics without compaction keep their records (pipeline/topics.py)."""
REPLICATION, REPLICAS = 3, 1
SHARD = 40e9
"""Bytes of a shard that Elasticsearch searches and moves well."""
PER_DAY = (1_000_000, 10_000_000, 100_000_000)


@dataclass(frozen=True)
class Costs:
    """Of one article, with its share of comments and revisions. CPU in ms, the rest in bytes."""

    worker: float
    indexer: float
    kafka: float
    elasticsearch: float
    log: float
    """Of all topics."""
    kept: float
    """Of the log, what compacted topics and changelogs keep."""
    index: float
    state: float
    """What a worker's memory grows by."""


@dataclass(frozen=True)
class Need:
    per_day: int
    peak: float
    """Articles a second."""
    workers: int
    partitions: int
    indexers: int
    kafka_cores: int
    elasticsearch_cores: int
    shards: int
    """For a year."""
    kafka_disk: float
    """Bytes, with a year of what is kept."""
    elasticsearch_disk: float
    """Bytes for a year."""
    worker_memory: float
    """Bytes that each worker's state is larger after a day, where it is in memory."""


def reckon(costs: Costs, per_day: int) -> Need:
    peak = per_day / 86_400 * PEAK
    workers = _cores(peak, costs.worker)
    year = per_day * 365
    kafka = (per_day * RAW_DAYS * (costs.log - costs.kept) + year * costs.kept) * REPLICATION
    return Need(
        per_day, peak, workers,
        # room to double the workers: the count can't be changed later
        max(12, 12 * math.ceil(workers * 2 / 12)),
        _cores(peak, costs.indexer), _cores(peak, costs.kafka), _cores(peak, costs.elasticsearch),
        math.ceil(year * costs.index / SHARD), kafka, year * costs.index * (1 + REPLICAS), per_day * costs.state / workers,
    )  # fmt: skip


def extrapolated(growth: str, articles: int) -> float | None:
    """ms that an article costs where `articles` are known, if its cost goes on rising as it did in the second half of a run:
    `growth` is the table of benchmarks/stories.py, with the mean cost up to each row. None where there are too few rows."""
    cells = [line.split("|") for line in growth.splitlines() if line.count("|") > 3]
    rows = [(int(one[1].replace(",", "")), float(one[2])) for one in cells if one[1].strip().replace(",", "").isdigit()]
    if len(rows) < 4:
        return None
    marks = [rows[len(rows) // 2 - 1], rows[len(rows) * 3 // 4 - 1], rows[-1]]
    totals = [(count, mean * count) for count, mean in marks]
    (n0, t0), (n1, t1), (n2, t2) = totals
    early, late = (t1 - t0) / (n1 - n0), (t2 - t1) / (n2 - n1)
    slope = (late - early) / ((n2 - n0) / 2)
    return late + max(0.0, slope) * (articles - (n1 + n2) / 2)


def table(costs: Costs) -> str:
    """For each of PER_DAY."""
    needs = [reckon(costs, one) for one in PER_DAY]
    rows: Iterable[tuple[str, Iterable[str]]] = (
        ("at the peak, articles/s", (f"{one.peak:,.0f}" for one in needs)),
        ("workers, a core each", (f"{one.workers:,}" for one in needs)),
        ("partitions", (f"{one.partitions:,}" for one in needs)),
        ("indexers, a core each", (f"{one.indexers:,}" for one in needs)),
        ("Kafka, cores of all brokers", (f"{one.kafka_cores:,}" for one in needs)),
        ("Elasticsearch, cores of all nodes", (f"{one.elasticsearch_cores:,}" for one in needs)),
        ("shards of articles, for a year", (f"{one.shards:,}" for one in needs)),
        ("Kafka's disk with 3 replicas, TB", (f"{one.kafka_disk / 1e12:,.1f}" for one in needs)),
        ("Elasticsearch's disk with a replica, TB", (f"{one.elasticsearch_disk / 1e12:,.1f}" for one in needs)),
        ("a worker's state after a day in memory, GB", (f"{one.worker_memory / 1e9:,.1f}" for one in needs)),
    )
    heads = " | ".join(f"{one / 1e6:,.0f} million a day" for one in PER_DAY)
    lines = [f"| | {heads} |", "|---" * (len(PER_DAY) + 1) + "|"]
    return "\n".join(lines + [f"| {name} | {' | '.join(cells)} |" for name, cells in rows])


def _cores(peak: float, milliseconds: float) -> int:
    return max(1, math.ceil(peak * milliseconds / 1000 / USED))
