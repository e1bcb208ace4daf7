"""Kafka in memory, for tests of delivery: topics with partitions, committed offsets, tables with changelogs, and a worker
that runs the real runner and dies where it is told to."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.bundles import unbundle
from pipeline.kafka.partitions import partition_of, partition_of_record
from pipeline.settings import Settings
from pipeline.stages.rows import Rows, Tables
from pipeline.stages.stage import Config, Stage
from pipeline.streams.clock import system_time
from pipeline.streams.runner import Runner
from pipeline.topics import ConsumedRecord, Record, Topic


class Died(BaseException):
    """The process is gone."""


@dataclass
class Broker:
    """What survives a process: the logs of topics and changelogs, and what was committed."""

    settings: Settings
    logs: dict[tuple[Topic, int], list[ConsumedRecord]] = field(default_factory=lambda: defaultdict(list))
    committed: dict[tuple[str, Topic, int], int] = field(default_factory=lambda: defaultdict(int))
    changelogs: dict[str, dict[bytes, bytes]] = field(default_factory=lambda: defaultdict(dict))

    def append(self, record: Record) -> None:
        partition = partition_of_record(record, self.settings.partitions)
        log = self.logs[(record.topic, partition)]
        log.append(ConsumedRecord(record.topic, partition, len(log), record.key, record.encoded(), record.headers))

    def copy(self) -> Broker:
        """Another one that goes on from here."""
        other = Broker(self.settings)
        other.logs.update({key: list(log) for key, log in self.logs.items()})
        other.committed.update(self.committed)
        other.changelogs.update({name: dict(rows) for name, rows in self.changelogs.items()})
        return other

    def records(self, topic: Topic) -> list[ConsumedRecord]:
        """Every record of a topic, partition after partition; of bundles every value."""
        return [
            part
            for (of, _), log in list(self.logs.items())
            if of is topic
            for record in log
            for part in unbundle(record)
        ]


class _Delivery:
    def __init__(self, broker: Broker, worker: Worker) -> None:
        self._broker, self._worker = broker, worker

    async def deliver(self, records: Iterable[Record]) -> None:
        for record in records:
            self._worker.tick(f"deliver {record.topic.name}")
            self._broker.append(record)

    def check(self) -> None:
        self._worker.tick("check")


class _Table(dict[bytes, bytes]):
    """A table whose writes are on their way to its changelog until they are flushed."""

    def __init__(self, known: dict[bytes, bytes]) -> None:
        super().__init__(known)
        self.waiting: dict[bytes, bytes | None] = {}

    def __setitem__(self, key: bytes, value: bytes) -> None:
        super().__setitem__(key, value)
        self.waiting[key] = value

    def __delitem__(self, key: bytes) -> None:
        super().__delitem__(key)
        self.waiting[key] = None


class _Store:
    def __init__(self, broker: Broker, worker: Worker, stage: Stage) -> None:
        self._broker, self._worker = broker, worker
        self._made = {name: _Table(broker.changelogs[name]) for name in stage.tables}
        self.tables: Tables = {name: Rows(table, stage.tables[name]) for name, table in self._made.items()}

    async def flushed(self) -> None:
        for name, table in self._made.items():
            for key, value in table.waiting.items():
                self._worker.tick(f"changelog {name}")
                if value is None:
                    self._broker.changelogs[name].pop(key, None)
                else:
                    self._broker.changelogs[name][key] = value
            table.waiting.clear()


class Worker:
    """One process: it has every partition of its stages, until it dies."""

    def __init__(
        self,
        broker: Broker,
        stages: Iterable[Stage],
        *,
        dies_at: int | None = None,
        now: Callable[[], datetime] = system_time,
    ) -> None:
        """`dies_at`: the process dies at this many moments: before each record, row and acknowledgement there is one."""
        self._broker = broker
        self._left = dies_at
        self.moments: list[str] = []
        config = Config(broker.settings, lambda key: partition_of(key.encode(), broker.settings.partitions))
        self._runners = [Runner(s, config, _Store(broker, self, s), _Delivery(broker, self), now) for s in stages]

    def tick(self, moment: str) -> None:
        self.moments.append(moment)
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise Died(moment)

    def run(self, batch: int = 5) -> None:
        """Until every stage has taken everything. Raises Died."""
        asyncio.run(self._run(batch))

    async def _run(self, batch: int) -> None:
        while await self._round(batch):
            pass

    async def _round(self, batch: int) -> bool:
        moved = False
        for runner in self._runners:
            for topic in (*runner.stage.reads, *runner.stage.drains):
                for (of, partition), log in list(self._broker.logs.items()):
                    at = self._broker.committed[(runner.stage.name, topic, partition)]
                    if of is topic and at < len(log):
                        await self._take(runner, topic, partition, log[at : at + batch])
                        moved = True
        return moved

    async def _take(self, runner: Runner, topic: Topic, partition: int, records: Sequence[ConsumedRecord]) -> None:
        await runner.run_batch(records)
        self.tick("acknowledge")
        self._broker.committed[(runner.stage.name, topic, partition)] += len(records)


def run_to_the_end(broker: Broker, stages: Iterable[Stage], deaths: Iterable[int] = ()) -> None:
    """Workers one after the other, each of which dies at a moment, and a last one that doesn't."""
    stages = tuple(stages)
    for moment in deaths:
        try:
            Worker(broker, stages, dies_at=moment).run()
        except Died:
            continue
    Worker(broker, stages).run()
