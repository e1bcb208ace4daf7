"""The stores of a worker's tables: `python -m benchmarks.store [ARTICLES]`.

States of articles (8 KB of JSON, as revise writes them) in batches of 100 over twelve partitions: each is read, written, and
read and written once more within the next batches, as when its story becomes known. Faust's memory and RocksDB as they
come, and RocksDB as the worker uses it; each in a process of its own, without Kafka. Then the store is opened again.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from pathlib import Path
from typing import Any
from uuid import UUID

import faust
import psutil
from faust.types import TP

from pipeline.kafka.partitions import partition_of
from pipeline.streams import rocks
from pipeline.streams.tables import FaustStore
from tests.support.tables import Event

PARTITIONS = 12
BATCH = 100
AGAIN = 0.3
"""Share of articles that are written again."""
_Metadata = namedtuple("_Metadata", "topic_partition offset")


class _Table(dict[bytes, bytes]):
    """A table as FaustStore has it, without its changelog."""

    def __init__(self, url: str, folder: Path) -> None:
        app = faust.App("store", store=url, datadir=str(folder), topic_partitions=PARTITIONS)
        self.data: Any = app.Table("t", key_type=bytes, value_type=bytes, partitions=PARTITIONS).data
        self._sent: list[_Metadata] = []
        self._offsets = [0] * PARTITIONS

    def get(self, key: bytes, default: Any = None) -> Any:
        return self.data._get(key) if hasattr(self.data, "_get") else self.data.get(key)

    def __setitem__(self, key: bytes, value: bytes) -> None:
        if hasattr(self.data, "_set"):
            self.data._set(key, value)
            partition = partition_of(key, PARTITIONS)
            self._offsets[partition] += 1
            self._sent.append(_Metadata(TP("changelog", partition), self._offsets[partition]))
        else:
            self.data[key] = value

    def flushed(self) -> None:
        """What comes with the changelogs' acknowledgements."""
        if isinstance(self.data, rocks.RocksStore):
            self.data.save(self._sent)
        elif hasattr(self.data, "_set"):
            for one in self._sent:
                self.data.set_persisted_offset(*one)
        self._sent.clear()


def measure(url: str, count: int, folder: Path) -> str:
    table = _Table(url, folder)
    store = FaustStore(table, PARTITIONS)  # type: ignore[arg-type]
    store.begin(Event(partition) for partition in range(PARTITIONS))
    for partition in range(PARTITIONS):
        if hasattr(table.data, "_db_for_partition"):
            table.data._db_for_partition(partition)
    rng = random.Random(7)
    words = [f"{rng.getrandbits(24):x}" for _ in range(5000)]
    before = psutil.Process().memory_info().rss
    known: list[bytes] = []
    cpu, wall, slowest = time.process_time(), 0.0, 0.0
    making = 0.0
    for _ in range(0, count, BATCH):
        began = time.process_time()
        rows = {
            str(UUID(int=rng.getrandbits(128))).encode(): json.dumps(
                {"text": " ".join(rng.choice(words) for _ in range(1150))}
            ).encode()
            for _ in range(BATCH)
        }
        again = [rng.choice(known[-3000:]) for _ in range(int(BATCH * AGAIN))] if known else []
        making += time.process_time() - began
        start = time.perf_counter()
        for key, row in rows.items():
            assert store.get(key) is None
            store[key] = row
        for key in again:
            row = store.get(key)
            assert row is not None
            store[key] = row
        table.flushed()
        wall += (took := time.perf_counter() - start)
        slowest = max(slowest, took)
        known.extend(rows)
        del known[:-3000]
    spent = time.process_time() - cpu - making
    memory = psutil.Process().memory_info().rss - before
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    opening = 0.0
    if hasattr(table.data, "_dbs"):
        for db in table.data._dbs.values():
            db.close()
        table.data._dbs.clear()
        start = time.perf_counter()
        for partition in range(PARTITIONS):
            table.data._db_for_partition(partition)
        opening = time.perf_counter() - start
        assert store.get(known[-1]) is not None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return (
        f"{wall * 1e3 / count:.2f} | {spent * 1e3 / count:.2f} | {slowest * 1e3:,.0f} | {memory / 2**20:,.0f} | {peak:,} | "
        f"{disk / 2**20:,.0f} | {opening:.2f}"
    )


def main(count: int) -> None:
    print(
        f"{count} articles\n\n| store | ms per article | of CPU | slowest batch, ms | memory, MB | peak | disk, MB | opened in s |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for url in ("memory://", "rocksdb://", rocks.URL):
        with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
            command = [sys.executable, "-m", "benchmarks.store", str(count), url, folder]
            found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        print(f"| {url} | {found.strip()} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(measure(sys.argv[2], int(sys.argv[1]), Path(sys.argv[3])))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
