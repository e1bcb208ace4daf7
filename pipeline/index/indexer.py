"""The consumer loop: polls the indexed topics, writes each batch, and commits once every item of it is settled.

While Elasticsearch is away the partitions are paused and polling goes on, so that the consumer keeps its place in the
group; nothing is dropped and nothing is committed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from elasticsearch import Elasticsearch
from kafka import OffsetAndMetadata, TopicPartition

from pipeline import outcomes, telemetry
from pipeline.errors import Fatal, Retry
from pipeline.index.assignment import Assignment, Offsets
from pipeline.index.batch import write_batch
from pipeline.index.bulk import Bulk
from pipeline.index.client import elasticsearch_client
from pipeline.index.dead_letters import send_dead_letters
from pipeline.index.retry import delay
from pipeline.index.templates import install
from pipeline.kafka.clients import consumer, ensure_topics, producer
from pipeline.outcomes import Outcome
from pipeline.process.exit import exit_process
from pipeline.process.stall import StallGuard
from pipeline.settings import Settings
from pipeline.topics import ConsumedRecord, Headers
from pipeline.topology import INDEX
from pipeline.topology import group as stage_group

_POLL_MS = 200
_STALLED = 10.0
"""Seconds after which a poll of 0.2 s is taken to hang."""
_STARTED = 60.0
"""Seconds that everything before the first poll may take, once the neighbours answer."""


class _Stopping(Exception):
    """The process was told to stop while it waited for a neighbour."""


class Indexer:
    """Reads what INDEX reads and writes it to Elasticsearch until `stop` is called.

    With `targets` it writes to those physical indices instead of the aliases, under a consumer group of its own.
    """

    def __init__(self, settings: Settings, targets: dict[str, str] | None = None, group: str | None = None) -> None:
        self._settings = settings
        self._targets = targets
        self._group = settings.named(group) if group else stage_group(INDEX, settings)
        self._stopping = threading.Event()
        self._assignment = Assignment()
        self._topics = {topic.full_name(settings): topic for topic in INDEX.reads}
        self._consumer: Any = None
        self._producer: Any = None
        self._stalls = StallGuard(exit_process)

    @property
    def ready(self) -> bool:
        return self._assignment.ready

    def stop(self, *_: object) -> None:
        """Finish the batch in hand, commit, and leave."""
        self._stopping.set()

    def run(self) -> None:
        """Until stopped. Raises Fatal for what waiting won't mend."""
        with self._stalls.watching("making the topics", _STARTED):
            ensure_topics(self._settings)
        client = elasticsearch_client(self._settings)
        self._install_with_retry(client)
        with self._stalls.watching("connecting to Kafka", _STARTED):
            self._connect()
        try:
            with self._bulk(client) as bulk:
                while not self._stopping.is_set():
                    self._step(bulk)
        except _Stopping:
            telemetry.STOPPED_WAITING()
        finally:
            self._close()
            client.close()

    def catch_up(self, progress: Callable[[int, int], None]) -> None:
        """Until everything that is in the topics now is written; `progress` hears how many records of how many. What was
        written before counts: the group's offsets say how far that is. Raises Retry, Fatal."""
        client = elasticsearch_client(self._settings)
        self._assignment = Assignment()
        self._connect()
        try:
            with self._bulk(client) as bulk:
                ends: dict[TopicPartition, int] = {}
                total = 0
                while not self._stopping.is_set():
                    self._step(bulk)
                    if not self._assignment.ready:
                        continue
                    mine = self._consumer.assignment()
                    ends = ends or self._consumer.end_offsets(mine)
                    behind = sum(max(0, end - self._consumer.position(tp)) for tp, end in ends.items())
                    total = max(total, behind)
                    progress(total - behind, total)
                    if not behind and not self._assignment.uncommitted:
                        return
        finally:
            self._close()
            client.close()

    def _step(self, bulk: Bulk) -> None:
        with self._stalls.watching("poll", _STALLED):
            polled = self._consumer.poll(timeout_ms=_POLL_MS)
        if polled:
            self._process(polled, bulk)
        elif self._assignment.uncommitted:
            self._commit({})

    def _process(self, polled: dict[TopicPartition, list[Any]], bulk: Bulk) -> None:
        started = time.monotonic()
        outcome = write_batch(self._records(polled), bulk)
        send_dead_letters(self._producer, self._settings, outcome.rejected)
        if outcome.rejected:
            outcome.tally[Outcome.DEAD_LETTERED] += len(outcome.rejected)
        self._commit({tp: OffsetAndMetadata(records[-1].offset + 1, "", -1) for tp, records in polled.items()})
        outcomes.record(INDEX.name, outcome.tally, time.monotonic() - started)

    def _records(self, polled: dict[TopicPartition, list[Any]]) -> Iterator[tuple[ConsumedRecord, Headers]]:
        for tp, records in polled.items():
            topic = self._topics[tp.topic]
            for raw in records:
                yield ConsumedRecord(topic, tp.partition, raw.offset, raw.key, raw.value), raw.headers

    def _commit(self, offsets: Offsets) -> None:
        with self._stalls.watching("commit", 30):
            self._assignment.commit(self._consumer, offsets)

    @contextmanager
    def _bulk(self, client: Elasticsearch) -> Iterator[Bulk]:
        named = self._targets.__getitem__ if self._targets else self._settings.named
        bulk = Bulk(client, named, self._settings.bulk_size, self._wait, alias=self._targets is None)
        try:
            yield bulk
        finally:
            bulk.close()

    def _connect(self) -> None:
        self._consumer = consumer(
            self._settings,
            group=self._group,
            max_poll_records=self._settings.bulk_size * 2,
            session_timeout_ms=10_000,
            max_poll_interval_ms=300_000,
            metadata_max_age_ms=15_000,
        )
        for name in self._topics:
            # a topic whose metadata isn't there when the group is formed gets no owner until the metadata grows old
            self._consumer.partitions_for_topic(name)
        self._producer = producer(self._settings)
        self._consumer.subscribe(list(self._topics), listener=self._assignment)

    def _close(self) -> None:
        self._consumer.close(autocommit=False)
        self._producer.close(timeout=10)

    def _wait(self, seconds: float) -> None:
        """Wait with every partition paused, polling, so that the group doesn't give them away."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._stopping.is_set():
                raise _Stopping
            self._consumer.pause(*self._consumer.assignment())  # anew each time: a rebalance forgets pauses
            with self._stalls.watching("poll", _STALLED):
                early = self._consumer.poll(timeout_ms=100, max_records=1)
            for tp, records in early.items():  # assigned in this very poll, before the pause held
                self._consumer.seek(tp, records[0].offset)
        self._consumer.resume(*self._consumer.paused())

    def _install_with_retry(self, client: Elasticsearch) -> None:
        attempt = 0
        while True:
            try:
                return install(client, self._settings)
            except Retry as e:
                attempt += 1
                seconds = delay(attempt)
                telemetry.INSTALL_DELAYED(problem=e, seconds=seconds)
                if self._stopping.wait(seconds):
                    raise Fatal("stopped before Elasticsearch answered") from e
