"""Faust's consumer, as Dateline needs it: it stays in its group whatever the stages do, reads committed transactions only,
and commits past offsets that hold no record.

Read with faust-streaming 0.15.3 and aiokafka 0.14. tests/contracts/test_faust_traps.py shows each trap.
"""

from __future__ import annotations

import asyncio
import inspect
import time
import types
from collections.abc import Collection, Coroutine, Generator, Iterable, Iterator
from contextlib import suppress
from typing import Any

from aiokafka import TopicPartition
from faust.transport.consumer import ensure_TPset
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer
from faust.types import TP
from mode import Service
from mode.services import WaitResults

from pipeline import telemetry
from pipeline.streams import gauges
from pipeline.streams.watch import Watch

SESSION_TIMEOUT = 6.0
"""Seconds without a heartbeat after which a worker has lost its partitions."""
CONSUMER_OPTIONS: dict[str, Any] = {
    "broker_session_timeout": SESSION_TIMEOUT,
    "broker_heartbeat_interval": 2.0,
    "broker_rebalance_timeout": 10.0,
    # Ten years. Faust polls no more while a stage's buffer is full; after this time without a poll aiokafka leaves the
    # group, and comes back only when it is polled, which Faust doesn't do outside of the group: it stands still for good.
    # Heartbeats have a thread of their own, and watch.py finds what hangs.
    "broker_max_poll_interval": 10 * 365 * 86_400.0,
    # without it one poll returns all that was fetched, many times what the buffers hold
    "broker_max_poll_records": 500,
    "broker_request_timeout": 15.0,
    "broker_commit_interval": 1.0,
    "stream_wait_empty": False,
    "stream_buffer_maxsize": 4096,
    "stream_recovery_delay": 0.0,
    "topic_disable_leader": True,
    "consumer_auto_offset_reset": "earliest",
}
"""Settings of a Faust app, on which the rules of this file depend."""
POLL_EVERY = 0.02
"""Seconds between two polls that found little: each costs a request that lists every partition, an answer that does, and two
changes of threads."""
MUCH = 100
"""Records of one poll, from which on the next one doesn't wait."""


class SafeConsumerThread(AIOKafkaConsumerThread):
    """Reads what was committed only: records of an aborted transaction were taken back by their sender."""

    _assigned: tuple[Any, set[TP]] = (None, set())

    def assignment(self) -> set[TP]:
        """Asked for at every poll and commit, so that it is made once for each that aiokafka has."""
        found = self._ensure_consumer().assignment()
        if self._assigned[0] is not found:
            self._assigned = (found, ensure_TPset(found))
        return set(self._assigned[1])

    def _create_worker_consumer(self, transport: Any) -> Any:
        made = super()._create_worker_consumer(transport)
        made._isolation_level = "read_committed"
        return made


class SafeConsumer(Consumer):
    """Commits what follows the last acknowledged record; and where nothing is in progress, the position, which is past
    the markers and aborted records at a partition's end: nobody would ever acknowledge those.

    The stages acknowledge a partition's records in order and leave on any failure; OffsetGuard notices what was skipped.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._taken: dict[TP, int] = {}
        """The last record that was handed to the streams."""
        self._finished: dict[TP, int] = {}
        """The last record that was acknowledged."""
        self._reached: dict[TP, int] = {}
        """The position after a poll that returned no record of the partition."""
        self._made_again: set[TP] = set()
        """Partitions of which nothing more is committed: what is in progress has offsets of the topic before."""
        self._next_poll = 0.0
        """When it may begin."""

    @Service.task
    async def _be_watched(self) -> None:
        """Not a task of the app: those begin once the tables are recovered, and a worker that can't join its group never
        gets there."""
        app: Any = self.app
        await app.watch.run(lambda: self, lambda: not app.rebalancing and app.tables.actives_ready)

    @Service.task
    async def _be_measured(self) -> None:
        topics: set[str] = set()
        tables: Any = self.app.tables
        while not self.should_stop:
            await self.sleep(gauges.EVERY)
            with suppress(Exception):  # a table that is being closed; no figure is worth a worker
                gauges.show_progress(self._progress(), topics)
                gauges.show_tables(tables)

    def _progress(self) -> Iterator[gauges.Progress]:
        for tp, state in self._states():
            position = state.position if state.has_valid_position else None
            yield gauges.Progress(
                tp.topic,
                state.lso,
                position,
                self._taken.get(tp),
                self._finished.get(tp),
                self._committed_offset.get(tp),
            )

    def in_group(self) -> bool:
        """Whether the consumer is a member of its group, and its coordinator answers."""
        consumer = self._thread._consumer
        if consumer is None:
            return False
        coordinator = consumer._coordinator
        return (
            coordinator.generation > 0
            and coordinator.coordinator_id is not None
            and not coordinator._rejoin_needed_fut.done()
        )

    def behind(self) -> bool:
        """Whether there are records that no stage has acknowledged yet."""
        for tp, state in self._states():
            if self._taken.get(tp) != self._finished.get(tp):
                return True
            if state.lso is not None and state.has_valid_position and state.position < state.lso:
                return True
        return False

    def finished(self) -> int:
        """A number that grows with the records that were acknowledged since the partitions were assigned."""
        return sum(self._finished.values())

    async def perform_seek(self) -> None:
        """After this every record that was not committed is delivered again."""
        self._acked.clear()
        self._acked_index.clear()
        self._forget()
        await super().perform_seek()

    async def start_again(self, topics: Collection[str]) -> None:
        """Commit the beginnings of these topics' partitions: what was committed was of other topics of the same names. Raises
        TimeoutError where that can't be done now."""
        tps = [tp for tp in self.assignment() if tp.topic in topics]
        if not tps:  # the group met while the topic wasn't there, or another worker has them: who has them does this
            raise TimeoutError
        for tp in tps:
            telemetry.TOPIC_MADE_AGAIN(topic=tp.topic, partition=tp.partition, offset=self._committed_offset.get(tp))
        self._made_again.update(tps)
        await (
            self.maybe_wait_for_commit_to_finish()
        )  # it is tried again while the topic isn't there, and would come after this one
        if not await self._commit(await self.earliest_offsets(*tps)):
            raise TimeoutError

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        self._forget()
        await super().on_partitions_revoked(revoked)

    def _forget(self) -> None:
        for tracked in (self._taken, self._finished, self._reached):
            tracked.clear()

    async def _wait_next_records(self, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's signature
        if (early := self._next_poll - time.monotonic()) > 0:
            await asyncio.sleep(early)
        return await super()._wait_next_records(timeout)

    async def _getmany(self, active_partitions: Any, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's signature
        try:
            records = await super()._getmany(active_partitions, timeout)
        except KeyError as e:
            # aiokafka's fetcher, rarely, while partitions change hands (robinhood/aiokafka#19): records of other partitions
            # may be taken from it already, and would never be delivered
            watch: Watch = self.app.watch  # type: ignore[attr-defined]  # faust_app.py sets it
            watch.leave(f"the Kafka client lost what it had fetched: KeyError: {e}")
            raise
        self._next_poll = time.monotonic() + (POLL_EVERY if sum(map(len, records.values())) < MUCH else 0)
        for tp, state in self._states():
            if active_partitions and tp in active_partitions and not records.get(tp) and state.has_valid_position:
                self._reached[tp] = state.position
        return records

    def _to_message(self, tp: TP, record: Any) -> Any:
        self._taken[tp] = record.offset
        return super()._to_message(tp, record)

    async def wait_first(self, *coros: Any, timeout: Any = None) -> Any:  # noqa: ASYNC109 - Faust's signature
        """Faust hands every record to its stream by this, with four tasks of which three are cancelled, so that a stop doesn't
        have to wait for a full stream. Most streams have room: then no task is needed."""
        if len(coros) != 2 or timeout is not None or not all(map(inspect.iscoroutine, coros)):
            return await super().wait_first(*coros, timeout=timeout)
        handing, suspended = coros
        try:
            waits_for = handing.send(None)
        except StopIteration as done:
            suspended.close()
            return WaitResults([handing], [done.value], self._stopped.is_set() or self._crashed.is_set())
        except BaseException:
            suspended.close()
            raise
        return await super().wait_first(_rest(handing, waits_for), suspended)

    async def verify_all_partitions_active(self) -> None:
        """Faust logs what stands still; watch.py ends it."""

    def on_buffer_drop(self, tp: TP) -> None:
        """Also called late, for a partition that is gone or paused by now."""
        if tp in self._paused_partitions or tp not in self.assignment():
            self._buffered_partitions.discard(tp)
        else:
            super().on_buffer_drop(tp)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Gaps need no list."""

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        pending = set(self._acked) | set(self._reached)
        return (tp for tp in pending if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        if acked := self._acked.get(tp):
            self._finished[tp] = max(acked)
            acked.clear()
            self._acked_index[tp].clear()
        finished, reached = self._finished.get(tp), self._reached.get(tp)
        if reached is not None and self._taken.get(tp) == finished:
            return max(reached, finished + 1) if finished is not None else reached
        return finished + 1 if finished is not None else None

    def _should_commit(self, tp: TP, offset: int) -> bool:
        return tp not in self._made_again and offset > (self._committed_offset[tp] or 0)

    def _states(self) -> Iterable[tuple[TP, Any]]:
        """Partitions of the stages' topics with aiokafka's state of each."""
        consumer = self._thread._consumer
        subscription = consumer._subscription.subscription if consumer is not None else None
        assignment = subscription.assignment if subscription is not None else None
        if assignment is None or not assignment.active:
            return []
        tps = [tp for tp in self.assignment() if not self._is_changelog_tp(tp)]
        states = ((tp, assignment.state_value(TopicPartition(tp.topic, tp.partition))) for tp in tps)
        return [(tp, state) for tp, state in states if state is not None]

    def _new_consumer_thread(self) -> SafeConsumerThread:
        return SafeConsumerThread(self, loop=self.loop, beacon=self.beacon)


async def _rest(begun: Coroutine[Any, Any, Any], waits_for: Any) -> Any:
    """The rest of a coroutine that is at its first wait."""
    return await _continued(begun, waits_for)


@types.coroutine
def _continued(begun: Coroutine[Any, Any, Any], waits_for: Any) -> Generator[Any, Any, Any]:
    while True:
        try:
            sent = yield waits_for
        except BaseException as e:  # cancelled while it waits
            error: BaseException | None = e
        else:
            error = None
        try:
            waits_for = begun.send(sent) if error is None else begun.throw(error)
        except StopIteration as done:
            return done.value
