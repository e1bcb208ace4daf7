"""Whether a provider is silent, by its own rhythm. Pure.

What it sent is counted in slots of ten minutes. A slot of the week has a usual rate: the lower median over the weeks before
its last item, smoothed by an hour to each side, so that daylight saving time and a late edition move nothing, and by more
where little comes. By these rates a silence is as long as the items that would usually have come in it: a night or a Sunday
counts for nothing. It is unusual where it is twice as long as the longest that the provider had by itself, which is
measured by the busiest of its weeks: a rate that is low as nothing came in just that silence would make it look short.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from statistics import median_low

from schemas.report import Pulse

SLOT = timedelta(minutes=10)
WEEK = timedelta(days=7)
LEARNED = timedelta(weeks=4)
"""The longest time before a provider's last item that its rhythm is learned from."""
FORGOTTEN = timedelta(weeks=5)
"""A provider that was silent for so long is no longer expected."""
_SLOTS = WEEK // SLOT
_SMOOTH = timedelta(hours=1) // SLOT
_ITEMS = 12
"""At least as many items a week as the slots that are smoothed together have."""
_FEWEST = 4
"""Items without which there is no rhythm."""
_FACTOR, _FACTOR_OF_ONE_WEEK = 2.0, 3.0
_LEAST = 2.0
"""Items missing, below which nothing is unusual."""
_LEARNING = timedelta(days=1)
"""In its first week, a silence of less than a day may be a night."""


@dataclass(frozen=True)
class Rhythm:
    """What is usual for one provider. `last` is the last slot in which something came."""

    last: datetime
    rates: tuple[float, ...]
    """Items by slot of the week; empty while it is being learned."""
    longest: float
    """The longest usual silence: in items, or in seconds while it is being learned."""
    weeks: int


@dataclass(frozen=True)
class Verdict:
    pulse: Pulse
    expected: float | None = None
    alarm_at: float | None = None


def slot(at: datetime) -> int:
    """The number of a moment's slot."""
    return int(at.timestamp() // SLOT.total_seconds())


def learn(counts: Mapping[int, int]) -> Rhythm | None:
    """The rhythm of a provider that sent so many items in these slots; None where there is no item at all."""
    filled = sorted(number for number, count in counts.items() if count > 0)
    if not filled:
        return None
    end = filled[-1] + 1
    began = max(filled[0], end - LEARNED // SLOT)
    weeks = (end - began) // _SLOTS
    filled = [number for number in filled if number >= began]
    last = datetime.fromtimestamp((end - 1) * SLOT.total_seconds(), UTC)
    if not weeks or len(filled) < _FEWEST or sum(counts[number] for number in filled) < _FEWEST:
        gaps = [(after - before) * SLOT.total_seconds() for before, after in pairwise(filled)]
        return Rhythm(last, (), max(gaps, default=0.0), 0)
    by_week = _by_week(counts, end, weeks)
    busiest = tuple(map(max, *by_week)) if weeks > 1 else by_week[0]
    whole = [number for number in filled if number >= end - weeks * _SLOTS]
    # a silence begins somewhere in the slot of its last item, and ends in that of the next
    silences = sorted(_between(busiest, before + 1, after + 1) for before, after in pairwise(whole))
    if weeks > 1 and len(silences) > _FEWEST:
        silences = silences[:-1]  # one outage is no habit
    return Rhythm(last, tuple(map(median_low, zip(*by_week, strict=True))), max(silences, default=0.0), weeks)


def judge(rhythm: Rhythm, last: datetime, now: datetime) -> Verdict:
    """Whether nothing since `last` is usual."""
    if not rhythm.rates:
        silence = (now - last).total_seconds()
        unusual = rhythm.longest > 0 and silence > max(_LEARNING.total_seconds(), 3 * rhythm.longest)
        return Verdict(Pulse.SILENT if unusual else Pulse.LEARNING)
    expected = _expected(rhythm.rates, last, now)
    factor = _FACTOR if rhythm.weeks > 1 else _FACTOR_OF_ONE_WEEK
    alarm_at = max(_LEAST, factor * rhythm.longest)
    return Verdict(Pulse.SILENT if expected >= alarm_at else Pulse.USUAL, expected, alarm_at)


def _by_week(counts: Mapping[int, int], end: int, weeks: int) -> list[tuple[float, ...]]:
    """The rates of each week, by slot of the week as Unix time has weeks."""
    numbers = range(end - weeks * _SLOTS, end)
    items = sum(counts.get(number, 0) for number in numbers) / weeks
    smooth = min(_SLOTS // 2 - 1, max(_SMOOTH, round(_SLOTS * _ITEMS / items / 2)))
    found = []
    for k in range(weeks):
        week = [0] * _SLOTS
        for number in numbers[k * _SLOTS : (k + 1) * _SLOTS]:
            week[number % _SLOTS] = counts.get(number, 0)
        found.append(_smoothed(week, smooth))
    return found


def _smoothed(week: list[int], smooth: int) -> tuple[float, ...]:
    """The mean of each slot and `smooth` neighbours to each side; the week is a ring."""
    sums = [0, *accumulate(week[-smooth:] + week + week[: smooth + 1])]
    width = 2 * smooth + 1
    return tuple((sums[place + width] - sums[place]) / width for place in range(len(week)))


def _between(rates: tuple[float, ...], first: int, end: int) -> float:
    """Items expected in the slots from `first` to before `end`."""
    weeks, rest = divmod(end - first, _SLOTS)
    return weeks * sum(rates) + sum(rates[number % _SLOTS] for number in range(end - rest, end))


def _expected(rates: tuple[float, ...], last: datetime, now: datetime) -> float:
    if now <= last:
        return 0.0
    first, end = slot(last), slot(now)
    whole = _between(rates, first, end + 1)
    size = SLOT.total_seconds()
    before = (last.timestamp() - first * size) / size
    after = 1 - (now.timestamp() - end * size) / size
    return max(0.0, whole - before * rates[first % _SLOTS] - after * rates[end % _SLOTS])
