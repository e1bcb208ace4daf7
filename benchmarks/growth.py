"""What an article costs match, join and trend when many are known: `python -m benchmarks.growth [KNOWN…]`.

For each number a process of its own: the logs of twelve partitions are filled with so many invented articles of six days
(as they stand in memory; rows of match are thrown away, as RocksDB would have them on disk), then 2,000 more come in
batches of 100, a third of them copies or rewrites of one of the last 300. CPU per article of those, and memory.

Shorter than letting a million come: what is there was put there, and not compared as it came.
"""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psutil

from benchmarks.stories import _stream
from pipeline.kafka.partitions import partition_of
from pipeline.stages.clustering.buckets import Buckets
from pipeline.stages.clustering.join import JoinBatch
from pipeline.stages.clustering.kept import Entry, number, pack
from pipeline.stages.clustering.match import MatchBatch
from pipeline.stages.clustering.nodes import Graph, Neighbour, Node
from pipeline.stages.declared import JOIN, MATCH, TREND
from pipeline.stages.rows import Rows
from pipeline.stages.stage import Batch
from pipeline.stages.term_log import HOUR, Changed, TermLog
from pipeline.stages.trend import TrendBatch
from pipeline.topics import STORY_LABELS, STORY_PAIRS, Record
from schemas.story import Relation, Root, Signature
from schemas.trend import Mention
from tests.support import signatures
from tests.support.builders import minutes

PARTITIONS, BATCH, ARRIVING, DAYS, NAMED = 12, 100, 2000, 6, 5
RELATED = 0.3
"""Share of articles that are in a story with another."""
NOW = minutes(0) + timedelta(days=DAYS)


class _Store:
    """A table's rows, or none of them."""

    def __init__(self, *, kept: bool) -> None:
        self._kept, self._rows = kept, dict[bytes, bytes]()
        self.written = self.size = 0

    def get(self, key: bytes) -> bytes | None:
        return self._rows.get(key)

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self.written += 1
        self.size += len(key) + len(value)
        if self._kept:
            self._rows[key] = value

    def __delitem__(self, key: bytes) -> None: ...

    def partition(self, key: bytes) -> int:
        return partition_of(key.partition(b"/")[0], PARTITIONS)

    def scan(self, partitions: Collection[int]) -> Iterator[list[tuple[bytes, bytes]]]:
        return iter(())


def measure(known: int) -> str:
    signatures.PARTITIONS = PARTITIONS
    rng = random.Random(5)
    stores = {stage.name: _Store(kept=stage is not MATCH) for stage in (MATCH, JOIN, TREND)}
    rows = {s.name: Rows(stores[s.name], s.tables[s.name]) for s in (MATCH, JOIN, TREND)}
    memory = {"match": _rss()}
    stream = _stream(known + ARRIVING, per_day=known // DAYS or 1)
    _fill_match(rows["match"], itertools.islice(stream, known))
    memory["join"] = _rss()
    memory["match"] = memory["join"] - memory["match"]
    _fill_join(rows["join"], known, rng)
    memory["trend"] = _rss()
    memory["join"] = memory["trend"] - memory["join"]
    names = _fill_trend(rows["trend"], known, rng)
    memory["trend"] = _rss() - memory["trend"]
    for store in stores.values():
        store.written = store.size = 0
    spent = dict.fromkeys(stores, 0.0)
    arriving = list(stream)
    for at in range(0, len(arriving), BATCH):
        some = arriving[at : at + BATCH]
        bands = [band for one in some for band in signatures.bands_of(one)]
        sent, spent["match"] = _run(MatchBatch(rows["match"]), bands, spent["match"])
        while pairs := [one.value for one in sent if one.topic in (STORY_PAIRS, STORY_LABELS)]:
            sent, spent["join"] = _run(JoinBatch(rows["join"]), pairs, spent["join"])
        mentions = [_mention(names, one, rng) for one in some for _ in range(NAMED)]
        _, spent["trend"] = _run(TrendBatch(rows["trend"]), mentions, spent["trend"])
    return "\n".join(
        f"| {known:,} | {name} | {spent[name] * 1e6 / ARRIVING:,.0f} | {stores[name].written / ARRIVING:.2f} | "
        f"{stores[name].size / ARRIVING:,.0f} | {memory[name] / 2**20:,.0f} |"
        for name in spent
    )


def _run(batch: Batch, values: Iterable[object], spent: float) -> tuple[list[Record], float]:
    began = time.process_time()
    for value in values:
        batch.apply(value, NOW)
    sent = list(batch.before(NOW))
    batch.checkpoint()
    return sent, spent + time.process_time() - began


def _rss() -> int:
    return int(psutil.Process().memory_info().rss)


def _fill_match(rows: Rows, stream: Iterator[Signature]) -> None:
    buckets = Buckets.of(rows)
    while some := list(itertools.islice(stream, BATCH)):
        entries: dict[int, tuple[str, list[Entry]]] = {}
        for one in some:
            packed = pack(one)
            for band in signatures.bands_of(one):
                entry = Entry(packed, [number(key) for key in band.keys])
                entries.setdefault(rows.partition(band.keys[0]), (band.keys[0], []))[1].append(entry)
        for partition, (key, added) in entries.items():
            buckets.add(partition, key, added)


def _fill_join(rows: Rows, known: int, rng: random.Random) -> None:
    graph = Graph.of(rows)
    for _ in range(0, int(known * RELATED), BATCH):
        nodes = []
        for _ in range(BATCH):
            at = minutes(rng.uniform(0, DAYS * 24 * 60))
            near = {UUID(int=rng.getrandbits(128)): Neighbour(at, Relation.REWRITE) for _ in range(rng.randint(1, 4))}
            article_id = UUID(int=rng.getrandbits(128))
            root = Root(received=at, article_id=article_id)
            nodes.append((Node(article_id, at, at, root, near), list(near)))
        graph.add(nodes)


def _fill_trend(rows: Rows, known: int, rng: random.Random) -> int:
    """Names, of which the nth is as frequent as 1/n; returns how many."""
    log, names, first = TermLog.of(rows), max(1000, known), int(minutes(0).timestamp()) // HOUR
    for at in range(0, known, BATCH):
        changed: dict[str, Changed] = {}
        hour = first + int(at / known * DAYS * 24)
        for _ in range(BATCH * NAMED):
            term = _term(names, rng)
            one = changed.setdefault(term, Changed(term, "place", "Name of a place", 1))
            one.articles.append((hour, rng.getrandbits(32)))
        log.add(changed.values())
    return names


def _term(names: int, rng: random.Random) -> str:
    return f"{int(names ** rng.random()) * 2654435761 % 2**32:032x}"


def _mention(names: int, one: Signature, rng: random.Random) -> Mention:
    at = datetime.fromtimestamp(NOW.timestamp(), UTC)
    return Mention(term=_term(names, rng), kind="place", name="Name of a place", article_id=one.article_id, at=at)


def main(numbers: list[int]) -> None:
    print(
        "| known | stage | µs of CPU | rows | bytes of rows | memory, MB |\n|---:|---|---:|---:|---:|---:|", flush=True
    )
    for known in numbers:
        command = [sys.executable, "-m", "benchmarks.growth", "only", str(known)]
        print(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip(), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["only"]:
        print(measure(int(sys.argv[2])))
    else:
        main([int(one) for one in sys.argv[1:]] or [10_000, 100_000])
