"""What a sink is: where records leave the pipeline. Pure; pipeline/sinks/loop.py calls it, from one thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.errors import Reject
from pipeline.outcomes import Outcome
from pipeline.topics import ConsumedRecord, Headers, Record

Records = Iterator[tuple[ConsumedRecord, Headers]]
"""Records of one batch, each with its headers, read once: in order within each partition."""
Rejected = list[tuple[ConsumedRecord, Reject]]
"""Records that can't be written, now or later, each with the reason."""


class Wait(Protocol):
    def __call__(self, seconds: float, why: str = "") -> None:
        """Wait so many seconds, with the partitions paused and the consumer polling, so that the group leaves them here.
        `/readyz` says `why` meanwhile. Raises to give up, where the process was asked to stop: let it through."""


@dataclass
class WriteOutcome:
    """How many records came to which end, and which can't be written. The loop sends those to dead-letters and counts
    them itself."""

    tally: Counter[Outcome] = field(default_factory=Counter)
    rejected: Rejected = field(default_factory=list)
    announced: list[Record] = field(default_factory=list)
    """Records about what was written, which the loop delivers before it commits."""


class Sink(Protocol):
    """Writes records to one place outside of Kafka.

    Each record is written at least once. A batch whose offsets were not committed is written again after a restart, or
    by another process, so writing a record twice has to have the effect of writing it once, or be something that its
    readers can see.
    """

    def open(self, wait: Wait) -> None:
        """Called once before the first batch, when no partition is assigned yet. It may block for some seconds. Raises
        Retry where its target is away: the loop waits and calls it again; `close` isn't called between. Raises Fatal for
        what waiting won't help. `wait` is for `write`, not to be called here."""

    def write(self, records: Records) -> WriteOutcome:
        """Called with each batch, in order. Return when every record is either safe in the target or in `rejected`: the
        loop then delivers the dead letters and commits the offsets. Nothing may be left in a buffer.

        It may block for some seconds: as long as it does, the consumer does not poll. After 290 s without a call of `wait`
        it is taken to hang, and the process exits; after 300 s the group would give the partitions away. A sink whose target is away calls `wait` between its attempts, as often as it takes; it
        drops nothing. Raise Fatal to stop the process: nothing of the batch is committed then."""

    def close(self) -> None:
        """Called once after the last `write`, also where that raised or `open` did, before the consumer leaves its group.
        It may block for some seconds, and has to do without `wait`."""
