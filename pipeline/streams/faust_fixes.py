"""Where Faust would lose records, and what prevents it. tests/contracts/test_faust_traps.py shows each trap.

Read with faust-streaming 0.15.3. The rules: never acknowledge after a failure (exit the process instead), resume the
source partitions last after a table recovery, await every changelog record, and notice a jump in offsets (gaps.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from faust.stores import rocksdb
from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery
from faust.tables.table import Table
from faust.types import TP, EventT
from faust.types.tuples import FutureMessage

from pipeline import telemetry
from pipeline.process.exit import exit_process
from pipeline.streams import damage
from pipeline.streams.gaps import OffsetGuard, report_deleted
from pipeline.streams.producer import Connection
from pipeline.streams.rocks import RocksStore

T = TypeVar("T")


async def exit_on_error(work: Awaitable[T]) -> T:
    """Await `work`; exit the process where it fails. Cancellation, as on an orderly stop, passes through."""
    try:
        return await work
    except asyncio.CancelledError:
        raise
    except BaseException as e:  # whatever it is: nothing of the batch may be acknowledged
        telemetry.BATCH_FAILED(e)
        exit_process(f"{type(e).__name__}: {e}")
        raise


class SafeRecovery(Recovery):
    """Resumes the source partitions only after the seek and after the stream queues were cleared.

    Faust itself resumes them before: what is fetched in between is cleared from the queues and never delivered.
    """

    async def on_recovery_completed(self, generation_id: int = 0) -> None:
        app: Any = self.app
        consumer = app.consumer
        await app.on_rebalance_complete.send()
        self._set_recovery_ended()
        tables = list(self.tables.values())
        for table in tables:
            await table.on_recovery_completed(self.actives_for_table[table], self.standbys_for_table[table])
        assignment = consumer.assignment()
        if app.consumer_generation_id != generation_id:
            telemetry.REBALANCED_AGAIN(during="recovery")
            return
        sources = {tp for tp in assignment if not self._is_changelog_tp(tp)}
        if sources:
            await self._wait(self._seek_sources(consumer, sources), timeout=app.conf.broker_request_timeout)
        self.completed.set()
        app.flow_control.resume()
        consumer.resume_flow()
        if app.consumer_generation_id != generation_id:
            telemetry.REBALANCED_AGAIN(during="seek")
            return
        consumer.resume_partitions(sources)
        await app._fetcher.maybe_start()
        self.tables.on_actives_ready()
        if not app.assignor.assigned_standbys():
            self.tables.on_standbys_ready()
        app.on_rebalance_end()
        if (detector := getattr(app, "suspend_detector", None)) is not None:
            detector.reset()
        telemetry.PARTITIONS_READY(partitions=len(sources))

    async def _seek_sources(self, consumer: Any, sources: set[TP]) -> None:
        """Seek to what is committed; where nothing is (or 0), to the earliest record, which `perform_seek` alone leaves
        out: what was fetched during the recovery and thrown away would be skipped."""
        await consumer.perform_seek()
        earliest = await consumer.earliest_offsets(*sources)
        starts = {}
        for tp in sources:
            committed = consumer._committed_offset.get(tp)
            starts[tp] = max(committed or 0, earliest.get(tp) or 0)
            if committed is not None and committed < starts[tp]:
                report_deleted(tp, committed, starts[tp])
            await consumer.seek(tp, starts[tp])
        guard: OffsetGuard | None = getattr(self.app, "offset_guard", None)
        if guard is not None:
            guard.expect(starts)


class SafeTableManager(TableManager):
    """Uses SafeRecovery."""

    @property
    def recovery(self) -> Recovery:
        if self._recovery is None:
            self._recovery = SafeRecovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery


class DurableTable(Table[bytes, bytes]):
    """Stores the futures of its changelog records, so that a stage can wait for them; Faust itself drops them. An error of
    RocksDB in what Faust itself does with the table ends the process; it would crash in its own way, and never be repaired."""

    connection: Connection | None = None
    """What sends its changelog records. Without one Faust's own producer does: a request for every few, of 16 KB at most."""
    waits = 0
    """How many wait for changelog records that are on their way: a batch, and the stage's timer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unacknowledged: list[Awaitable[Any]] = []

    def send_changelog(self, *args: Any, **kwargs: Any) -> FutureMessage:
        sent = super().send_changelog(*args, **kwargs)
        self.unacknowledged.append(sent)
        return sent

    def on_key_set(self, key: bytes, value: bytes) -> None:
        self._send(key, value) if self.connection is not None else super().on_key_set(key, value)

    def on_key_del(self, key: bytes) -> None:
        self._send(key, None) if self.connection is not None else super().on_key_del(key)

    def _send(self, key: bytes, value: bytes | None) -> None:
        assert self.connection is not None
        topic, partition = self.changelog_topic.get_topic_name(), self.partition_for_key(key)
        self.unacknowledged.append(self.connection.send_row(topic, partition, key, value))

    def persisted_offset(self, tp: TP) -> int | None:
        return self._or_exit(lambda: super(DurableTable, self).persisted_offset(tp), {tp.partition})

    def apply_changelog_batch(self, batch: Iterable[EventT[Any]]) -> None:
        events = list(batch)
        partitions = {event.message.partition for event in events}
        self._or_exit(lambda: super(DurableTable, self).apply_changelog_batch(events), partitions)

    def _on_changelog_sent(self, fut: FutureMessage) -> None:
        sent = fut.result()  # as Faust does; what went wrong is raised by `acknowledged`
        if isinstance(self.data, RocksStore):  # it writes the offset with the rows
            return
        self._or_exit(lambda: super(DurableTable, self)._on_changelog_sent(fut), {sent.topic_partition.partition})

    def _or_exit(self, work: Callable[[], T], partitions: Iterable[int]) -> T:
        try:
            return work()
        except Exception as e:  # RocksDB has no class for its errors; raised again
            if isinstance(self.data, rocksdb.Store) and damage.is_of_rocksdb(e):
                exit_process(str(damage.explained(e, *map(self.data.partition_path, partitions))))
            raise

    async def acknowledged(self, seconds: float) -> None:
        """Wait until Kafka has every change made so far. Raises what the send raised, or TimeoutError."""
        waiting, self.unacknowledged = self.unacknowledged, []
        if waiting:
            self.waits += 1
            try:
                sent = await asyncio.wait_for(asyncio.gather(*waiting), seconds)
            finally:
                self.waits -= 1
            # rows that were written meanwhile, as by the stage's timer, wait for their own changelog records: the last that
            # waits writes all
            if isinstance(self.data, RocksStore) and not self.unacknowledged and not self.waits:
                store = self.data
                self._or_exit(lambda: store.save(sent), {one.topic_partition.partition for one in sent})
