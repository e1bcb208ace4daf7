"""What one article writes into Kafka: `python -m benchmarks.records [ARTICLES] [BATCH]`.

The articles of benchmarks/pipeline through every stage of the worker, by the real runner, over logs and tables in memory;
BATCH articles come at once. Records, and the bytes of record batches as the worker's producers build them: those of one
delivery and partition together, by codec.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from aiokafka.record.default_records import DefaultRecordBatchBuilder

from benchmarks.pipeline import articles
from pipeline.kafka.partitions import partition_of, partition_of_record
from pipeline.settings import Settings
from pipeline.stages.rows import Rows, Tables
from pipeline.stages.stage import Config, Stage
from pipeline.streams.runner import Runner
from pipeline.topics import ARTICLES_RAW, ConsumedRecord, Record, Topic
from pipeline.topology import worker_stages

CODECS = {"none": 0, "lz4": 3, "zstd": 4}
"""By their numbers in Kafka's record batches."""
PRODUCER_BATCH = 512 * 1024
Written = tuple[bytes | None, bytes | None]


class Log:
    """Topics and changelogs: what was written, and what a stage still has to read."""

    def __init__(self, settings: Settings) -> None:
        self._partitions = settings.partitions
        self.waiting: dict[Topic, list[ConsumedRecord]] = defaultdict(list)
        self.records: Counter[str] = Counter()
        self.sizes: dict[str, Counter[str]] = {codec: Counter() for codec in CODECS}
        self.seconds: dict[str, float] = defaultdict(float)

    async def deliver(self, records: Iterable[Record]) -> None:
        together: dict[tuple[Topic, int], list[Written]] = defaultdict(list)
        for record in records:
            partition, value = partition_of_record(record, self._partitions), record.encoded()
            together[record.topic, partition].append((record.key, value))
            self.waiting[record.topic].append(ConsumedRecord(record.topic, partition, 0, record.key, value))
        for (topic, _), some in together.items():
            self.write(topic.name, some)

    def check(self) -> None:
        pass

    def write(self, name: str, some: list[Written]) -> None:
        self.records[name] += len(some)
        for codec, number in CODECS.items():
            began = time.process_time()
            self.sizes[codec][name] += sum(_batches(some, number))
            self.seconds[codec] += time.process_time() - began


def _batches(some: list[Written], codec: int) -> Iterable[int]:
    """Sizes of the batches that a producer makes of them."""
    rest = list(some)
    while rest:
        builder: Any = DefaultRecordBatchBuilder(2, codec, False, -1, -1, -1, PRODUCER_BATCH)
        n = 0
        while n < len(rest) and builder.append(n, 0, *rest[n], headers=[]) is not None:
            n += 1
        if not n:  # one larger than a batch has a batch of its own
            builder = DefaultRecordBatchBuilder(2, codec, False, -1, -1, -1, 64 * PRODUCER_BATCH)
            builder.append(0, 0, *rest[0], headers=[])
            n = 1
        yield len(builder.build())
        rest = rest[n:]


class _Table(dict[bytes, bytes]):
    """A table as Faust has it, with its changelog."""

    def __init__(self, name: str, log: Log, partitions: int) -> None:
        super().__init__()
        self._name, self._log, self._partitions = name, log, partitions
        self._written: list[tuple[bytes, bytes | None]] = []

    def partition(self, key: bytes) -> int:
        return partition_of(key.partition(b"/")[0], self._partitions)

    def scan(self, partitions: Any) -> Any:
        yield list(self.items())

    def __setitem__(self, key: bytes, value: bytes) -> None:
        super().__setitem__(key, value)
        self._written.append((key, value))

    def __delitem__(self, key: bytes) -> None:
        super().__delitem__(key)
        self._written.append((key, None))

    def flush(self) -> None:
        together: dict[int, list[Written]] = defaultdict(list)
        for key, value in self._written:
            together[self.partition(key)].append((key, value))
        self._written = []
        for some in together.values():
            self._log.write(f"{self._name} (changelog)", some)


class _Store:
    def __init__(self, stage: Stage, log: Log, partitions: int) -> None:
        self._made = {name: _Table(name, log, partitions) for name in stage.tables}
        self.tables: Tables = {}
        for name, table in self._made.items():
            store: Any = _NotDict(table)
            self.tables = {**self.tables, name: Rows(store, stage.tables[name])}

    async def flushed(self) -> None:
        for table in self._made.values():
            table.flush()

    @property
    def size(self) -> dict[str, tuple[int, int]]:
        return {
            name: (len(table), sum(map(len, table)) + sum(map(len, table.values())))
            for name, table in self._made.items()
        }


class _NotDict:
    """So that rows have the partitions of their names: a plain dictionary is one partition."""

    def __init__(self, table: _Table) -> None:
        self._table = table
        self.get, self.partition, self.scan = table.get, table.partition, table.scan

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._table[key] = value

    def __delitem__(self, key: bytes) -> None:
        del self._table[key]


async def run(count: int, at_once: int, **options: Any) -> tuple[Log, list[_Store], Counter[str]]:
    settings = Settings(_env_file=None, **options)
    log = Log(settings)
    config = Config(settings, lambda key: partition_of(key.encode(), settings.partitions))
    stores = [_Store(stage, log, settings.partitions) for stage in worker_stages(settings)]
    runners = [Runner(s, config, store, log) for s, store in zip(worker_stages(settings), stores, strict=True)]
    spent: Counter[str] = Counter()
    made = articles(count)
    for at in range(0, count, at_once):
        await log.deliver(ARTICLES_RAW.record(event) for event in made[at : at + at_once])
        while any(log.waiting[topic] for runner in runners for topic in runner.stage.reads):
            for runner in runners:
                taken = [record for topic in runner.stage.reads for record in log.waiting.pop(topic, ())]
                for n in range(0, len(taken), settings.batch_size):
                    began, compressing = time.process_time(), sum(log.seconds.values())
                    await runner.run_batch(taken[n : n + settings.batch_size])
                    compressing = sum(log.seconds.values()) - compressing
                    spent[runner.stage.name] += int(1e6 * (time.process_time() - began - compressing))
    return log, stores, spent


def main(count: int, at_once: int, **options: Any) -> None:
    log, stores, spent = asyncio.run(run(count, at_once, **options))
    print(f"{count} articles, {at_once} at once, for each article:\n")
    print("| topic | records | " + " | ".join(f"bytes, {codec}" for codec in CODECS) + " |")
    print("|---|---:|" + "---:|" * len(CODECS))
    for name, _ in log.sizes["none"].most_common():
        sizes = " | ".join(f"{log.sizes[codec][name] / count:,.0f}" for codec in CODECS)
        print(f"| {name} | {log.records[name] / count:.2f} | {sizes} |")
    sizes = " | ".join(f"{log.sizes[codec].total() / count:,.0f}" for codec in CODECS)
    print(f"| all | {log.records.total() / count:.2f} | {sizes} |")
    raw = log.sizes["none"][ARTICLES_RAW.name]
    sizes = " | ".join(f"{log.sizes[codec].total() / raw:.2f}" for codec in CODECS)
    print(f"| times the bytes of raw | | {sizes} |")
    print("\n| building batches | µs |\n|---|---:|")
    for codec, seconds in log.seconds.items():
        print(f"| {codec} | {seconds * 1e6 / count:,.0f} |")
    print("\n| stage | µs of CPU |\n|---|---:|")
    for stage, micros in spent.most_common():
        print(f"| {stage} | {micros / count:,.0f} |")
    print("\n| table | rows | bytes |\n|---|---:|---:|")
    for store in stores:
        for name, (rows, size) in store.size.items():
            print(f"| {name} | {rows / count:.2f} | {size / count:,.0f} |")


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    main(*given, *(1000, 100)[len(given) :])
