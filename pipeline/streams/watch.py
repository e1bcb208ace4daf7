"""Whether the worker lives, by what it does: it is in its group, its batches end, what is there is processed.

What hangs is found here and not by the consumer group: a member whose stages are slow stays in its group.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from pipeline.errors import Fatal
from pipeline.process.health import NotReady
from pipeline.process.stall import StallGuard

OUTSIDE = 60.0
"""Seconds outside of the group after which the worker exits; a rebalance takes 10 at most."""
BATCH = 300.0
"""Seconds after which a batch hangs."""
SLOW = 60.0
"""Seconds after which a batch makes the worker not ready."""
BLOCKED = 60.0
"""Seconds after which the event loop hangs."""
REVOKED = 6.0
"""Seconds that a rebalance waits for batches in progress; the group waits 10 for a member."""
IDLE = 180.0
"""Seconds in which something has to be acknowledged where there is something to do."""
_INTERVAL = 1.0


class Member(Protocol):
    """The consumer, as far as it is watched."""

    def in_group(self) -> bool: ...
    def behind(self) -> bool: ...
    def finished(self) -> int: ...


class Watch:
    """Watches one worker; `exit_process` is called with what is wrong where waiting doesn't help."""

    def __init__(
        self,
        exit_process: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        spare: Callable[[], None] = lambda: None,
    ) -> None:
        """`spare` is called before an exit that is no fault of the records in progress."""
        self._exit_process, self._clock, self._spare = exit_process, clock, spare
        self._guard = StallGuard(exit_process)
        self._batches: dict[str, float] = {}
        self._lost: set[str] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._looked, self._progress = clock(), (0, clock())
        self._outside: float | None = None
        """Seconds outside of the group, as far as somebody looked: while the event loop is blocked nobody does, and what
        blocks it may be a record's fault."""

    @contextmanager
    def batch(self, stage: str, seconds: float | None = None) -> Iterator[None]:
        """A batch of a stage is in progress, and hangs after so many seconds, BATCH by default."""
        self._batches[stage] = self._clock()
        self._quiet.clear()
        try:
            with self._guard.watching(f"a batch of {stage}", BATCH if seconds is None else seconds):
                yield
        finally:
            del self._batches[stage]
            self._lost.discard(stage)
            if not self._batches:
                self._quiet.set()

    async def finish_batches(self, *_: Any, **__: Any) -> None:
        """Partitions are being revoked: wait for the batches in progress, as long as the group waits for us."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._quiet.wait(), REVOKED)

    def reassigned(self, *_: Any, **__: Any) -> None:
        """Partitions were assigned: those of the batches still in progress may have another owner."""
        self._lost.update(self._batches)

    def check(self, stage: str) -> None:
        """Call before a batch sends anything. Raises Fatal where its partitions may have another owner."""
        if stage in self._lost:
            raise Fatal(f"a batch of {stage} was still in progress when its partitions were assigned anew")

    async def run(self, member: Callable[[], Member], processing: Callable[[], Any]) -> None:
        """Watch until cancelled. `processing`: whether the tables are there and records are handed out."""
        while True:
            with self._guard.watching("the event loop", BLOCKED):
                await asyncio.sleep(_INTERVAL)
            self.look(member(), bool(processing()))

    def look(self, member: Member, processing: bool) -> None:
        """Called about every second."""
        now = self._clock()
        seen = min(now - self._looked, 2 * _INTERVAL)
        self._looked = now
        self._outside = None if member.in_group() else (self._outside or 0.0) + seen
        if self._outside is not None and self._outside > OUTSIDE:
            self.leave(
                f"outside of the consumer group for {self._outside:.0f} s: Kafka doesn't answer, or another program with "
                "other partition assignors is in the group"
            )
        finished = member.finished()
        if not processing or self._batches or finished != self._progress[0] or not member.behind():
            self._progress = (finished, now)
        elif now - self._progress[1] > IDLE:
            self.leave(f"records wait, and none was processed for {now - self._progress[1]:.0f} s")

    def leave(self, reason: str) -> None:
        """Exit the process; no record in progress is at fault."""
        self._spare()
        self._exit_process(reason)

    def require_ready(self) -> None:
        """Raise NotReady with what is wrong now, for `/readyz`."""
        if self._outside is not None:
            raise NotReady("Kafka doesn't answer, or the worker is outside of its consumer group")
        for stage, since in list(self._batches.items()):
            if (seconds := self._clock() - since) > SLOW:
                raise NotReady(f"a batch of {stage} has been in progress for {seconds:.0f} s")
