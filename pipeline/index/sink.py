"""The indexer process: current topics to Elasticsearch. Offsets are committed after every item is settled.

While Elasticsearch is away the partitions are paused and polling goes on, so that the consumer keeps its place in the
group; nothing is dropped and nothing is committed.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from kafka import ConsumerRebalanceListener, OffsetAndMetadata, TopicPartition
from kafka.errors import CommitFailedError, KafkaError

from pipeline import outcomes
from pipeline.errors import Fatal, Reject, Retry
from pipeline.index.bulk import Bulk, Settled
from pipeline.index.client import elasticsearch_client
from pipeline.index.documents import index_request
from pipeline.index.requests import IndexRequest, Operation, latest, operations
from pipeline.index.retry import delay
from pipeline.index.templates import install
from pipeline.kafka.clients import consumer, ensure_topics, producer
from pipeline.kafka.dead_letters import letter
from pipeline.outcomes import Outcome
from pipeline.process.exit import exit_process
from pipeline.process.health import serve_health
from pipeline.process.stall import StallGuard
from pipeline.records import ConsumedRecord
from pipeline.settings import Settings
from pipeline.topology import DEAD_LETTERS, INDEX

log = logging.getLogger("dateline.index")

_POLL_MS = 200
_STALLED = 10.0
"""Seconds after which a poll of 0.2 s is taken to hang."""
_STARTED = 60.0
"""Seconds that everything before the first poll may take, once the neighbours answer."""


class _Stopping(Exception):
    """The process was told to stop while it waited for a neighbour."""


class _Assignment(ConsumerRebalanceListener):  # type: ignore[misc]
    """Whether the group has said which partitions are ours."""

    def __init__(self) -> None:
        self.ready = False
        self.uncommitted: dict[TopicPartition, OffsetAndMetadata] = {}
        """What is settled, but could not be committed yet. Forgotten with the partitions: their next owner, perhaps
        this process again, goes on from what is committed."""

    def on_partitions_revoked(self, revoked: Any) -> None:
        self.ready, self.uncommitted = False, {}

    def on_partitions_assigned(self, assigned: Any) -> None:
        self.ready = True


class Indexer:
    """Reads what INDEX reads and writes it to Elasticsearch until `stop` is called.

    With `targets` it writes to those physical indices instead of the aliases, under a consumer group of its own.
    """

    def __init__(self, settings: Settings, targets: dict[str, str] | None = None, group: str | None = None) -> None:
        self._settings = settings
        self._targets = targets
        self._group = settings.named(group) if group else INDEX.group(settings)
        self._stopping = threading.Event()
        self._assignment = _Assignment()
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
        self._patiently_install(client)
        with self._stalls.watching("connecting to Kafka", _STARTED):
            self._connect()
        try:
            with self._bulk(client) as bulk:
                while not self._stopping.is_set():
                    self._step(bulk)
        except _Stopping:
            log.info("stopped while waiting; what was not committed is taken again")
        finally:
            self._close()
            client.close()

    def run_until_level(self, progress: Callable[[int, int], None]) -> None:
        """Until everything that is in the topics now is written; `progress` hears how many records of how many. What was
        written before counts: the group's offsets say how far that is. Raises Retry, Fatal."""
        client = elasticsearch_client(self._settings)
        self._assignment = _Assignment()
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
            self._take(polled, bulk)
        elif self._assignment.uncommitted:
            self._commit({})

    @contextmanager
    def _bulk(self, client: Any) -> Iterator[Bulk]:
        named = self._targets.__getitem__ if self._targets else self._settings.named
        bulk = Bulk(client, named, self._settings.bulk_size, self._wait, alias=self._targets is None)
        try:
            yield bulk
        finally:
            bulk.close()

    def _close(self) -> None:
        self._consumer.close(autocommit=False)
        self._producer.close(timeout=10)

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

    def _take(self, polled: dict[TopicPartition, list[Any]], bulk: Bulk) -> None:
        started = time.monotonic()
        tally: Counter[Outcome] = Counter()
        places: list[IndexRequest] = []
        sources: dict[tuple[str, str], ConsumedRecord] = {}
        refused: list[tuple[ConsumedRecord, Reject]] = []
        offsets: dict[TopicPartition, OffsetAndMetadata] = {}
        now = datetime.now(UTC)
        for tp, records in polled.items():
            for raw in records:
                record = ConsumedRecord(self._topics[tp.topic], tp.partition, raw.offset, raw.key, raw.value)
                try:
                    wanted = index_request(record, raw.headers, now)
                except Reject as reject:
                    refused.append((record, reject))
                    continue
                places.append(wanted)
                for index in (wanted.index, *wanted.remove_from):
                    sources[(index, wanted.id)] = record
            offsets[tp] = OffsetAndMetadata(records[-1].offset + 1, "", -1)
        first, second = operations(latest(places))
        for phase in (first, second):
            settled = bulk.write(phase)
            self._count(settled, tally)
            refused.extend((sources[(op.index, op.id)], _rejection(op, why)) for op, why in settled.refused)
        self._bury(refused, tally)
        self._commit(offsets)
        outcomes.record(INDEX.name, tally, time.monotonic() - started)

    def _count(self, settled: Settled, tally: Counter[Outcome]) -> None:
        tally[Outcome.INDEXED] += settled.done
        tally[Outcome.STALE] += settled.stale

    def _bury(self, refused: list[tuple[ConsumedRecord, Reject]], tally: Counter[Outcome]) -> None:
        """Dead letters for what can't be indexed, acknowledged before the commit. A dead letter that can't be indexed
        itself stays where it is, in its topic: it is logged and counted, not sent round again."""
        waiting = []
        for record, reject in refused:
            dead = letter(
                INDEX.name,
                reject,
                record.key,
                record.value,
                topic=record.topic.full_name(self._settings),
                partition=record.partition,
                offset=record.offset,
            )
            tally[Outcome.DEAD_LETTERED] += 1
            if record.topic is not DEAD_LETTERS:
                name = DEAD_LETTERS.full_name(self._settings)
                waiting.append(self._producer.send(name, value=dead.value, key=dead.key, headers=dead.headers))
        try:
            for future in waiting:
                future.get(timeout=60)
        except KafkaError as e:
            raise Fatal(f"a dead letter could not be delivered ({e}); the batch is taken again after a restart") from e

    def _commit(self, offsets: dict[TopicPartition, OffsetAndMetadata]) -> None:
        """Commit what is settled, with what an earlier commit could not: a rebalance refuses commits for a moment."""
        mine = self._consumer.assignment()
        wanted = {tp: offset for tp, offset in (self._assignment.uncommitted | offsets).items() if tp in mine}
        self._assignment.uncommitted = {}
        if not wanted:
            return
        try:
            with self._stalls.watching("commit", 30):
                self._consumer.commit(wanted, timeout_ms=15_000)
        except CommitFailedError:
            log.warning("the group went on without this batch; its next owner takes it again")
        except KafkaError as e:
            self._assignment.uncommitted = wanted
            log.warning("could not commit yet (%s); it is tried again", type(e).__name__)

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

    def _patiently_install(self, client: Any) -> None:
        attempt = 0
        while True:
            try:
                return install(client, self._settings)
            except Retry as e:
                attempt += 1
                seconds = delay(attempt)
                log.warning("%s; trying again in %.1f s", e, seconds)
                if self._stopping.wait(seconds):
                    raise Fatal("stopped before Elasticsearch answered") from e


def run_indexer(settings: Settings) -> None:
    """The indexer until SIGTERM or SIGINT."""
    indexer = Indexer(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, indexer.stop)
    serve_health(settings.bind, settings.indexer_port, lambda: indexer.ready, "DATELINE_INDEXER_PORT")
    indexer.run()


def _rejection(operation: Operation, why: str) -> Reject:
    return Reject("not-indexable", f"{operation.index}: {why}")
