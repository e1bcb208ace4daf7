"""Whether a stage's lag grows, and when it has caught up, from a few samples. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from pipeline.operations.watch.memory import Sample
from schemas.report import Trend

WINDOW = timedelta(minutes=5)
"""How far back a trend looks."""
_SHORTEST = timedelta(seconds=10)
STUCK = timedelta(seconds=90)
"""A stage that finished nothing for so long, while it had something to do, is stuck."""
_FEW, _SHARE = 20, 0.05
"""A lag that changes by less is steady."""


@dataclass(frozen=True)
class Course:
    trend: Trend = Trend.UNKNOWN
    rate: float | None = None
    """Records a second that are finished."""
    caught_up_in: float | None = None
    """Seconds."""


def course(samples: Sequence[Sample], stage: str) -> Course:
    """Where a stage's lag goes by its samples, the oldest first; unknown where they are too close together."""
    seen = [(one.at, one.stages[stage]) for one in samples if stage in one.stages]
    seen = [one for one in seen if seen[-1][0] - one[0] <= WINDOW]
    if len(seen) < 2 or seen[-1][0] - seen[0][0] < _SHORTEST:
        return Course()
    (before, first), (now, last) = seen[0], seen[-1]
    seconds = (now - before).total_seconds()
    if last.finished < first.finished:  # the group was reset, or the topics are others
        return Course()
    change = last.lag - first.lag
    rate = (last.finished - first.finished) / seconds
    if abs(change) <= max(_FEW, _SHARE * max(first.lag, last.lag)) and not (last.lag == 0 < first.lag):
        return Course(Trend.STEADY, rate, 0.0 if last.lag == 0 else None)
    if change > 0:
        return Course(Trend.GROWING, rate)
    return Course(Trend.FALLING, rate, last.lag / (-change / seconds))


def is_stuck(samples: Sequence[Sample], stage: str) -> bool:
    """Whether it had something to do all the time, and finished nothing, for STUCK."""
    seen = [(one.at, one.stages[stage]) for one in samples if stage in one.stages]
    if not seen:
        return False
    since = next((at for at, one in reversed(seen) if one.lag == 0 or one.finished != seen[-1][1].finished), None)
    after = [at for at, _ in seen if since is None or at > since]
    return bool(after) and after[-1] - after[0] >= STUCK
