"""Whether more is refused than usual. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.operations.watch.latency import percentile
from schemas.report import RefusalRate

FAILED = "failed"
"""The reason of what our own code failed on."""
_HOURS = 7 * 24
_FEW = 10
"""Dead letters in an hour, below which nothing is unusual."""
_FACTOR = 3


def rate(stage: str, reason: str, hours: Sequence[int], last_hour: int, providers: Iterable[str] = ()) -> RefusalRate:
    """`hours`: how many there were in each of the week's hours that had any, without the last one. An hour without any
    counts too, so that what happens once a week is not usual."""
    past = [*hours, *[0] * max(0, _HOURS - len(hours))]
    usual = int(percentile(past, 95))
    return RefusalRate(
        stage=stage,
        reason=reason,
        last_hour=last_hour,
        usual=usual,
        unusual=reason != FAILED and last_hour > max(_FEW, _FACTOR * usual),
        providers=tuple(providers),
    )
