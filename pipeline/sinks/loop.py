"""The loop of every sink: polls the stage's topics, has each batch written, and commits once every record of it is settled.

While the sink waits for its target the partitions are paused and polling goes on, so that the consumer keeps its place in
the group; nothing is dropped and nothing is committed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError

from pipeline import outcomes, telemetry
from pipeline.errors import Retry
from pipeline.kafka.clients import consumer, ensure_topics, producer
from pipeline.outcomes import Outcome
from pipeline.process.exit import exit_process
from pipeline.process.stall import StallGuard
from pipeline.settings import Settings
from pipeline.sinks.ahead import Foresight, ReadAhead
from pipeline.sinks.announcing import announce
from pipeline.sinks.assignment import Assignment, Offsets
from pipeline.sinks.condition import Condition
from pipeline.sinks.dead_letters import send_dead_letters
from pipeline.sinks.delays import Gathering, delay
from pipeline.sinks.group import fatal_errors, warn_of_strangers
from pipeline.sinks.positions import Polled, Positions
from pipeline.sinks.sink import Sink
from pipeline.sinks.spans import NO_SPANS, consumed, sink_spans
from pipeline.stages.stage import Stage
from pipeline.topology import group as stage_group

_POLL_MS = 200
_STALLED = 10.0
"""Seconds after which a poll of 0.2 s is taken to hang."""
_ASK = 5.0
"""Seconds without records after which Kafka is asked whether it is there."""
_ANSWER_MS = 4_000
_WRITTEN = 290.0
"""Seconds that a sink may take for a batch without a wait: less than the consumer's longest time between two polls."""
_STARTED = 60.0
"""Seconds that everything before the first poll may take, once the neighbours answer."""


class _Stopping(BaseException):
    """The process was asked to stop while it waited for a neighbour."""


class SinkLoop:
    """Reads what `stage` reads and has `sink` write it until `stop` is called. `group` is a consumer group of its own
    instead of the stage's. Where the sink is behind, `foresight` gets what will come before the sink writes."""

    def __init__(
        self, settings: Settings, stage: Stage, sink: Sink, group: str | None = None, foresight: Foresight | None = None
    ) -> None:
        self._settings, self._stage, self._sink = settings, stage, sink
        self._group = settings.named(group) if group else stage_group(stage, settings)
        self._stopping = threading.Event()
        self._assignment, self._positions = Assignment(), Positions(self._made_again)
        self._topics = {topic.full_name(settings): topic for topic in stage.reads}
        # a group of its own fills an index again: what it reads is history
        self._spans = sink_spans(stage, settings, self._group) if group is None else None
        self._ahead = ReadAhead(settings, self._topics, foresight, self._wait) if foresight else None
        self._consumer: Any = None
        self._producer: Any = None
        self._stalls = StallGuard(exit_process)
        self._writing = ExitStack()
        self._in_write = self._beginning = False
        self._condition, self._gathering = Condition(), Gathering()
        self._heard = time.monotonic()
        self._assigned: set[TopicPartition] = set()

    @property
    def ready(self) -> bool:
        """Whether it works. Raises NotReady with the reason where it doesn't."""
        return self._condition.check(self._assignment.ready)

    def stop(self, *_: object) -> None:
        """Finish the batch in hand, commit, and leave. May be called from another thread, or by a signal."""
        self._stopping.set()

    def signalled(self, *_: object) -> None:
        """Stop, by a signal in the main thread: also out of a request that is waited for, while nothing is in hand yet."""
        self._stopping.set()
        if self._beginning:
            self._beginning = False
            raise _Stopping

    def run(self) -> None:
        """Until stopped. Raises Fatal where waiting does not help."""
        try:
            self._beginning = not self._stopping.is_set()
            with self._stalls.watching("making the topics", _STARTED):
                ensure_topics(self._settings)
            self._open_with_retry()
            self._beginning = False
            with self._stalls.watching("connecting to Kafka", _STARTED):
                self._connect()
            while not self._stopping.is_set():
                self._step()
        except _Stopping:
            telemetry.STOPPED_WAITING()
        finally:
            self._close()

    def catch_up(self, progress: Callable[[int, int], None]) -> None:
        """Until everything that is in the topics now is written; `progress` hears how many records of how many. What was
        written before counts: the group's offsets say how far that is. May be called again. Raises Retry, Fatal."""
        self._assignment, self._positions = Assignment(), Positions(self._made_again)
        try:
            self._open_with_retry()
            self._connect()
            ends: dict[TopicPartition, int] = {}
            total = 0
            while not self._stopping.is_set():
                self._step()
                mine = self._consumer.assignment()
                if not self._positions.known(mine):
                    continue
                ends = ends or self._consumer.end_offsets(mine)
                behind = self._positions.behind(ends)
                total = max(total, behind)
                progress(total - behind, total)
                if not behind and not self._assignment.uncommitted:
                    return
        finally:
            self._close()

    def _step(self) -> None:
        self._stopping.wait(self._gathering.seconds())
        with self._stalls.watching("poll", _STALLED):
            polled = self._poll(_POLL_MS)
        self._gathering.polled(sum(map(len, polled.values())))
        try:
            with self._stalls.watching("asking for positions", 60):
                read = self._positions.advance(self._consumer, polled)
        except KafkaError as e:
            self._condition.kafka(_no_answer(e))
            self._reread(polled)
            return
        self._look_round()
        if polled:
            self._heard = time.monotonic()
            self._condition.kafka()
            self._process(polled, read)
        elif read or self._assignment.uncommitted:
            self._commit(read)
        else:
            self._ask_kafka()
        self._condition.sign()
        self._positions.show(self._consumer)

    def resumed(self, offsets: dict[TopicPartition, int]) -> None:
        """Called once, when reading has resumed in the partitions assigned first: at the offsets that were committed, or
        0. For what a sink has to say about them."""

    def _look_round(self) -> None:
        """Once after each rebalance."""
        mine = self._consumer.assignment()
        if mine == self._assigned or not self._positions.known(mine):
            return
        if not self._assigned:
            self.resumed({tp: self._positions.resumed[tp] for tp in mine})
        self._assigned = set(mine)
        if len(mine) < len(self._topics) * self._settings.partitions:
            with self._stalls.watching("looking at the group", _STARTED):
                warn_of_strangers(self._settings, self._group)

    def _poll(self, timeout_ms: int, **options: int) -> Polled:
        """What has come. Raises Fatal where the group or the records can't be read."""
        with fatal_errors(self._group):
            polled: Polled = self._consumer.poll(timeout_ms=timeout_ms, **options)
        return polled

    def _reread(self, polled: Polled) -> None:
        mine = self._consumer.assignment()
        again = {tp: records[0].offset for tp, records in polled.items() if tp in mine}
        for tp, offset in again.items():
            self._consumer.seek(tp, offset)
        self._positions.reread(again)

    def _made_again(self, tp: TopicPartition) -> None:
        if self._ahead is not None:
            self._ahead.restart(tp)

    def _ask_kafka(self) -> None:
        """Polling alone doesn't tell a broker that is silent from one that has nothing new."""
        if time.monotonic() - self._heard < _ASK or not self._assignment.ready:
            return
        try:
            with self._stalls.watching("asking for offsets", 60):
                self._consumer.end_offsets(list(self._consumer.assignment()), timeout_ms=_ANSWER_MS)
            self._condition.kafka()
        except KafkaError as e:
            self._condition.kafka(_no_answer(e))
        self._heard = time.monotonic()

    def _process(self, polled: Polled, read: Offsets) -> None:
        started = time.monotonic()
        with self._spans() if self._spans else NO_SPANS as spans, self._writing:
            self._writing.enter_context(self._stalls.watching("writing a batch", _WRITTEN))
            if self._ahead is not None:
                with fatal_errors(self._group):
                    self._ahead.cover(self._consumer, polled)
            self._in_write = True
            outcome = self._sink.write(spans.begin(consumed(polled, self._topics)))
            self._in_write = False
            rejected = spans.refused(outcome.rejected)
            send_dead_letters(self._producer, self._settings, self._stage.name, rejected)
            announce(self._producer, self._settings, outcome.announced, self._wait)
            self._condition.works()
        if outcome.rejected:
            outcome.tally[Outcome.DEAD_LETTERED] += len(outcome.rejected)
        self._commit(read)
        seconds = time.monotonic() - started
        self._gathering.written(seconds)
        outcomes.record(self._stage.name, outcome.tally, seconds)

    def _commit(self, offsets: Offsets) -> None:
        with self._stalls.watching("commit", 30):
            self._assignment.commit(self._consumer, offsets)

    def _connect(self) -> None:
        self._consumer = consumer(
            self._settings,
            group=self._group,
            max_poll_records=self._settings.bulk_size * 4,  # so that requests are on their way all the time
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
        try:
            self._sink.close()
        finally:
            if self._ahead is not None:
                self._ahead.close()
            if self._consumer is not None:
                self._consumer.close(autocommit=False)
            if self._producer is not None:
                self._producer.close(timeout=10)
            self._consumer = self._producer = None

    def _wait(self, seconds: float, why: str = "") -> None:
        """Wait with every partition paused, polling, so that the group doesn't give them away."""
        self._writing.close()
        if why:
            self._condition.waits(why)
        until = time.monotonic() + seconds
        while True:
            if self._stopping.is_set():
                raise _Stopping
            self._consumer.pause(*self._consumer.assignment())  # anew each time: a rebalance forgets pauses
            with self._stalls.watching("poll", _STALLED):
                early = self._poll(100 if seconds else 10, max_records=1)
            self._reread(early)  # assigned in this very poll, before the pause held
            if time.monotonic() >= until:
                break
        self._consumer.resume(*self._consumer.paused())
        self._condition.sign()
        self._writing.enter_context(self._stalls.watching("writing a batch", _WRITTEN))
        if self._ahead is not None:
            self._ahead.waited(self._consumer.assignment())
            if self._in_write:
                # what is still to be written may have been superseded meanwhile
                self._in_write = False
                with fatal_errors(self._group):
                    self._ahead.cover_again(self._consumer)
                self._in_write = True

    def _open_with_retry(self) -> None:
        attempt = 0
        while True:
            try:
                self._sink.open(self._wait)
                return self._condition.works()
            except Retry as e:
                attempt += 1
                seconds = delay(attempt)
                telemetry.INSTALL_DELAYED(problem=e, seconds=seconds)
                self._condition.waits("its target is away")
                if self._stopping.wait(seconds):
                    raise _Stopping from e


def _no_answer(error: KafkaError) -> str:
    return f"Kafka does not answer ({type(error).__name__})"
