"""The one runner of every stage: what is done with a batch of records, and in which order, so that nothing is lost.

1. Each record is decoded and goes through the functions chained in front; then the stage's batch applies it.
2. Dead letters, side outputs and history are delivered.
3. The state is saved, and its changelog delivered.
4. Current records are delivered, those that hide first, and the state is confirmed.
5. The caller acknowledges the records.

If the process dies before 5, the batch is processed again. Until 3 the state is unchanged; after 3 the stage
recognises the records and sends the same as before, under the same versions.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from pipeline import outcomes, telemetry
from pipeline.bundles import bundle, unbundle
from pipeline.errors import Fatal, Reject, Retry
from pipeline.kafka.dead_letters import dead_letter, provider_in
from pipeline.outcomes import Outcome
from pipeline.settings import Settings
from pipeline.stages.rows import Tables
from pipeline.stages.stage import Batch, BoundStep, Config, Stage
from pipeline.streams.clock import system_time
from pipeline.streams.limit import FailureLimit, Result
from pipeline.streams.outside import Delivery, Store
from pipeline.streams.self_check import fails_on_samples
from pipeline.streams.spans import BatchSpans, RecordSpan, batch_spans
from pipeline.streams.threads import Threads
from pipeline.topics import ConsumedRecord, Record, Topic, check_size, encode

YIELD_EVERY = 0.02
"""Seconds of work after which the event loop gets its turn, so that heartbeats go out."""
LARGE = 16 * 1024
"""Bytes of a record from which on its steps run in a thread, so that heartbeats go out meanwhile."""
STEP_SECONDS = 60.0
"""Seconds that the steps of a large record may take."""


@dataclass
class _Prepared:
    """A record that went through the functions in front of its stage."""

    place: int
    """In the batch."""
    record: ConsumedRecord
    """A bundle's value is a record of its own."""
    step: str
    """The step that it is in."""
    span: RecordSpan | None = None
    value: Any = None
    side_outputs: list[Record] = field(default_factory=list)


@dataclass
class _Results:
    """Results of some records, before any is delivered."""

    letters: list[Record] = field(default_factory=list)
    failed: dict[int, Result] = field(default_factory=dict)
    """Whether our code failed on a value, by its place in the batch."""
    tally: Counter[Outcome] = field(default_factory=Counter)
    spans: BatchSpans | None = None
    """Where traces are on."""


class Runner:
    """Runs one stage of one worker."""

    def __init__(
        self, stage: Stage, config: Config, store: Store, delivery: Delivery, now: Callable[[], datetime] = system_time
    ) -> None:
        """Binds the stage's functions to the configuration. Raises Fatal for a configuration that can't work."""
        assert stage.reduce is not None
        self.stage = stage
        self._settings: Settings = config.settings
        self._store, self._delivery, self._now = store, delivery, now
        self._partition_of = config.partition_of
        self._steps: dict[Topic, tuple[BoundStep, ...]] = {
            topic: tuple(step.bind(config) for step in steps)
            for topic, steps in (*stage.inputs.items(), *stage.drains.items())
        }
        self._new_batch: Callable[[Tables], Batch] = stage.reduce(config)
        self._threads = Threads()
        self._spans = batch_spans(stage, config.settings)
        self._limit = FailureLimit(stage.name, config.settings, partial(fails_on_samples, stage, config))

    async def run_batch(self, records: Sequence[ConsumedRecord], deadly: Collection[int] = ()) -> Counter[Outcome]:
        """Process the records; when this returns, all resulting records are delivered and the state is saved. The caller
        acknowledges them then. Raises what delivery and store raise, and Fatal beyond the limit of failures: the caller
        has to exit the process without acknowledging anything. `deadly`: places of records that a process dies of; they
        become dead letters untried."""
        started = time.monotonic()
        results = _Results(spans=self._spans() if self._spans else None)
        with results.spans or nullcontext():
            prepared = await self._prepare(records, results, deadly)
            await self._process(prepared, results)
        outcomes.record(self.stage.name, results.tally, time.monotonic() - started)
        return results.tally

    async def _prepare(
        self, records: Sequence[ConsumedRecord], results: _Results, deadly: Collection[int]
    ) -> list[_Prepared]:
        prepared: list[_Prepared] = []
        pause = _Pause()
        parts = [(n, part) for n, record in enumerate(records) for part in unbundle(record)]
        for place, (number, record) in enumerate(parts):
            results.failed[place] = (False, None)
            span = results.spans.begin(place, record) if results.spans is not None else None
            one = _Prepared(place, record, self.stage.name, span)
            if number in deadly:
                reason = Reject("failed", "a process that was given this record alone died, or did not end in time")
                self._refuse(self.stage.name, place, record, reason, results)
                continue
            large = len(record.value or b"") > LARGE
            if large:
                self._threads.require()  # raises where it isn't this record's fault: the process exits
            try:
                if large:
                    # a fault that never ends keeps its thread, and nothing else
                    await self._threads.run(partial(self._run_steps, one), STEP_SECONDS)
                else:
                    self._run_steps(one)
            except (Fatal, Retry):
                raise
            except TimeoutError:
                slow = Reject("too-slow", f"{one.step} took longer than {STEP_SECONDS:.0f} s with this record")
                self._refuse(one.step, place, one.record, slow, results)
            except Exception as e:  # rejected, or a fault of ours: either costs this record alone
                self._refuse(one.step, place, one.record, e, results)
            else:
                prepared.append(one)
            await pause()
        return prepared

    def _run_steps(self, one: _Prepared) -> None:
        """Decode the record, and apply the functions that are chained in front. Raises what they raise."""
        record, steps = one.record, self._steps[one.record.topic]
        one.step = steps[0].name if steps else self.stage.name
        one.value = record.topic.decode(record)
        if one.span is not None:
            one.span.read(one.value)
        if record.further:
            key = record.topic.key(one.value).encode()
            one.record = record = record.value_of(key, record.value or b"", further=True)
        self._check_partition(record)
        for bound in steps:
            one.step = bound.name
            if one.span is not None:
                one.span.step(bound.name)
            one.value, made = bound(one.value)
            one.side_outputs.extend(made)
        if steps:
            check_size(encode(one.value), self._settings)
            if one.span is not None:
                one.span.step(self.stage.name)

    async def _process(self, prepared: list[_Prepared], results: _Results) -> None:
        """Apply, deliver, save. Where the batch as a whole can't be decided, the records that fail by themselves are
        removed; those that fail only together are processed in halves."""
        now = self._now()
        batch, applied = await self._apply(prepared, results, now)
        pause = _Pause()
        try:
            for _ in batch.prepare(now):
                await pause()
            before = list(batch.before(now))
        except (Fatal, Retry):
            raise
        except Exception as e:  # a fault of ours: it is narrowed down to the records that cause it
            if not prepared:
                raise
            if bad := [one for one in prepared if len(prepared) == 1 or self._fails_alone(one, now)]:
                for one in bad:
                    self._refuse(self.stage.name, one.place, one.record, e, results)
                places = {one.place for one in bad}
                await self._process([one for one in prepared if one.place not in places], results)
            else:
                half = len(prepared) // 2
                later = _Results(tally=results.tally, spans=results.spans)
                later.failed = {n: one for n, one in results.failed.items() if n >= prepared[half].place}
                results.failed = {n: one for n, one in results.failed.items() if n not in later.failed}
                await self._process(prepared[:half], results)
                await self._process(prepared[half:], later)
            return
        self._limit.check(results.failed[place] for place in sorted(results.failed))
        side_outputs = [record for one in prepared for record in one.side_outputs]
        await self._deliver([*results.letters, *side_outputs, *before], results.spans)
        self._delivery.check()
        batch.checkpoint()
        await self._store.flushed()
        if hiding := list(batch.hiding()):
            await self._deliver(hiding, results.spans)
        await self._deliver(batch.after(), results.spans)
        if batch.confirm():
            await self._store.flushed()
        results.tally.update(applied)

    async def _deliver(self, records: Iterable[Record], spans: BatchSpans | None) -> None:
        records = records if spans is None else spans.caused(records)
        await self._delivery.deliver(bundle(records, self._partition_of))

    def _fails_alone(self, one: _Prepared, now: datetime) -> bool:
        """Whether a batch of this record alone can't be decided. This writes nothing."""
        batch = self._new_batch(self._store.tables)
        try:
            batch.apply(one.value, now)
            list(batch.before(now))
        except Reject:
            return False
        except (Fatal, Retry):
            raise  # no fault of the record: the process exits, and nothing of it is acknowledged
        except Exception:
            return True  # logged with the dead letter that it becomes
        return False

    async def _apply(
        self, prepared: list[_Prepared], results: _Results, now: datetime
    ) -> tuple[Batch, Counter[Outcome]]:
        """A batch with the values applied, and their outcomes. A value that the stage fails on may have changed half of
        what it should: the batch is started again without it. Refused records are removed from `prepared`."""
        while True:
            batch, outcomes_, pause = self._new_batch(self._store.tables), Counter[Outcome](), _Pause()
            rejected: list[tuple[_Prepared, Reject]] = []
            for _ in batch.read([one.value for one in prepared]):
                await pause()
            for one in prepared:
                try:
                    outcome = batch.apply(one.value, now)
                    outcomes_[outcome] += 1
                    if results.spans is not None:
                        results.spans.applied(one.place, one.value, outcome)
                except Reject as reject:
                    rejected.append((one, reject))
                except (Fatal, Retry):
                    raise
                except Exception as e:  # a fault of ours: it costs this record alone
                    self._refuse(self.stage.name, one.place, one.record, e, results)
                    prepared.remove(one)
                    break
                await pause()
            else:
                for one, why in rejected:
                    self._refuse(self.stage.name, one.place, one.record, why, results)
                    prepared.remove(one)
                return batch, outcomes_

    def _check_partition(self, record: ConsumedRecord) -> None:
        """A key in another partition than its own would be another worker's article: its row is not in these tables."""
        key = record.topic.partition_key(record.key or b"").decode()
        own = self._partition_of(key)
        if own != record.partition:
            raise Reject(
                "wrong-partition",
                f"the record's key belongs in partition {own}, not {record.partition}: send it with Kafka's default "
                "partitioner, murmur2 of the key (librdkafka calls it murmur2_random)",
            )

    def _refuse(self, step: str, place: int, record: ConsumedRecord, error: Exception, results: _Results) -> None:
        """The one policy for a record that can't be processed: it becomes a dead letter, and its partition goes on."""
        unforeseen = not isinstance(error, Reject)
        if unforeseen:
            telemetry.RECORD_FAILED(error, stage=step, key=record.key)
        reject = error if isinstance(error, Reject) else Reject("failed", f"{type(error).__name__}: {error}")
        results.failed[place] = (unforeseen, provider_in(record.value) if unforeseen else None)
        results.tally[Outcome.DEAD_LETTERED] += 1
        topic = record.topic.full_name(self._settings)
        letter = dead_letter(
            step, reject, record.key, record.value, topic=topic, partition=record.partition, offset=record.offset
        )
        spans = results.spans
        results.letters.append(letter if spans is None else spans.refused(place, step, error, letter))


class _Pause:
    """Gives the event loop its turn after a while of work."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    async def __call__(self) -> None:
        if time.monotonic() - self._last > YIELD_EVERY:
            await asyncio.sleep(0)
            self._last = time.monotonic()
