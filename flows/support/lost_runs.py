"""Runs whose process is gone, and what to do about them. Pure.

Prefect's runner notices at once that the process of a run of its own has ended. It can't where it was killed too (a lost
container, no memory), or where the server was away at that moment: then the run would stay Running, and hold up the next
ones. It also hears of a cancellation only while its connection to the server lasts: after a restart of the server a run
would stay Cancelling. So every `dateline flows serve` looks after all runs, by what the server says and by which processes
there are on its own machine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

GONE = 8.0
"""Seconds without a process, of a run that had one: the runner itself is quicker where it can."""
UNSEEN = 40.0
"""Seconds without a process, of a run that no runner has seen one of."""
SILENT = 40.0
"""Seconds without a sign of life of a runner, after which its runs are lost with it."""
ROUNDS = 8
"""Rounds in which another runner has to be silent: one that is slow, as the server is, has slow neighbours."""
CANCELLING = 10.0
"""Seconds that the runner has to end a run that is being cancelled."""
KILLING = 45.0
"""Seconds after which such a run is killed."""


class Verdict(Enum):
    MARK = "say where its process is"
    TERMINATE = "ask its process to end"
    KILL = "kill its process"
    CRASHED = "its process is gone"
    CANCELLED = "its process is gone, as it should be"


@dataclass(frozen=True)
class Run:
    """A run that has begun and not ended, as the server has it."""

    id: UUID
    state: UUID
    cancelling: bool
    place: str | None = None
    """Where its process is: `runner:pid`, as a runner marked it."""

    @property
    def runner(self) -> str | None:
        return self.place.rpartition(":")[0] if self.place else None


@dataclass
class _Same:
    """Something that stays the same: since when, and in how many rounds it was seen so."""

    since: float
    rounds: int = 0

    def lasts(self, now: float, seconds: float, rounds: int) -> bool:
        return now - self.since >= seconds and self.rounds >= rounds


@dataclass
class Rounds:
    """What one runner has seen in its rounds. Times are its own monotonic clock's: those of machines differ."""

    here: str
    """The name of this runner."""
    _states: dict[UUID, tuple[UUID, float]] = field(default_factory=dict)
    """Since when a run is in its state."""
    _gone: dict[UUID, _Same] = field(default_factory=dict)
    """Since when no process of a run is seen."""
    _signs: dict[str, tuple[object, _Same]] = field(default_factory=dict)
    """The last sign of life of each runner, and since when it is the same."""

    def signs(self, found: Mapping[str, object], now: float) -> None:
        """The runners' signs of life, which change with each round of theirs."""
        for runner, sign in found.items():
            known = self._signs.get(runner)
            if known is None or known[0] != sign:
                self._signs[runner] = (sign, _Same(now))
            else:
                known[1].rounds += 1

    def silent(self, now: float, seconds: float) -> list[str]:
        """Forget the runners that have been silent for so long; their names."""
        gone = [name for name, (_, same) in self._signs.items() if same.lasts(now, seconds, ROUNDS)]
        for name in gone:
            del self._signs[name]
        return gone

    def judge(self, runs: Iterable[Run], processes: Collection[UUID], now: float) -> list[tuple[Run, Verdict]]:
        """What to do about each run, by those of which this machine has a process."""
        unfinished = list(runs)
        for run in unfinished:
            if self._states.get(run.id, (None,))[0] != run.state:
                self._states[run.id] = (run.state, now)
            if run.id in processes:
                self._gone.pop(run.id, None)
            else:
                self._gone.setdefault(run.id, _Same(now)).rounds += 1
        known = {run.id for run in unfinished}
        self._states = {run_id: since for run_id, since in self._states.items() if run_id in known}
        self._gone = {run_id: since for run_id, since in self._gone.items() if run_id in known}
        return [(run, verdict) for run in unfinished if (verdict := self._verdict(run, now)) is not None]

    def _verdict(self, run: Run, now: float) -> Verdict | None:
        in_state = now - self._states[run.id][1]
        if run.id not in self._gone:
            if run.cancelling and in_state >= CANCELLING:
                return Verdict.KILL if in_state >= KILLING else Verdict.TERMINATE
            return Verdict.MARK if run.runner != self.here else None
        gone = self._gone[run.id]
        lost = Verdict.CANCELLED if run.cancelling else Verdict.CRASHED
        if run.runner is None:
            return lost if gone.lasts(now, UNSEEN, ROUNDS) else None
        if run.runner == self.here:
            return lost if gone.lasts(now, GONE, 2) else None
        sign = self._signs.get(run.runner)
        # a runner that never gave a sign is none of ours: a worker of a work pool looks after its runs itself
        return lost if sign is not None and sign[1].lasts(now, SILENT, ROUNDS) else None


@dataclass(frozen=True)
class Waiting:
    """A run of a schedule that has not begun."""

    id: UUID
    deployment: UUID
    due: datetime


def superseded(waiting: Iterable[Waiting], now: datetime) -> list[UUID]:
    """Runs that are due while a later one of the same schedule is due too, as after a night without a runner: each does
    what is to be done then, so one is enough."""
    due = sorted((run for run in waiting if run.due <= now), key=lambda run: run.due)
    latest = {run.deployment: run.id for run in due}
    return [run.id for run in due if latest[run.deployment] != run.id]
