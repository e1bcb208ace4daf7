"""A provider that fell silent is found at the right hour of its week, and no other."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from pipeline.operations.watch.rhythm import FORGOTTEN, judge, learn, slot
from schemas.report import Pulse

NOW = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Rate = Callable[[datetime], float]
"""Items an hour."""


def items(rate: Rate, begin: datetime, end: datetime, seed: int = 1) -> list[datetime]:
    """At random moments, so many an hour."""
    chance, found, at, most = random.Random(seed), [], begin, 60.0
    while at < end:
        at += timedelta(hours=chance.expovariate(most))
        if chance.random() < rate(at) / most:
            found.append(at)
    return [one for one in found if one < end]


def pulse(sent: list[datetime], now: datetime) -> Pulse:
    sent = [at for at in sent if now - FORGOTTEN < at <= now]
    rhythm = learn(Counter(map(slot, sent)))
    assert rhythm is not None
    return judge(rhythm, max(sent), now).pulse


def found_after(sent: list[datetime], until: datetime) -> timedelta | None:
    """How long after its last item the silence is found."""
    now = max(sent)
    while now < until:
        if pulse(sent, now) is Pulse.SILENT:
            return now - max(sent)
        now += 20 * MINUTE
    return None


def office(at: datetime) -> float:
    """A newsroom in Paris: from 7 to 20 on weekdays."""
    local = at.astimezone(ZoneInfo("Europe/Paris"))
    return 12.0 if local.weekday() < 5 and 7 <= local.hour < 20 else 0.0


def test_a_busy_wire_is_missed_within_the_hour() -> None:
    sent = items(lambda _: 60.0, NOW - 28 * DAY, NOW)
    late = found_after(sent, NOW + DAY)
    assert late is not None
    assert late <= HOUR


def test_a_newsroom_is_not_missed_at_night_nor_on_sunday_but_on_monday_morning() -> None:
    friday = datetime(2026, 3, 13, 22, 0, tzinfo=UTC)
    sent = items(office, friday - 28 * DAY, friday)
    assert pulse(sent, friday + 6 * HOUR) is Pulse.USUAL
    assert pulse(sent, friday + 2 * DAY) is Pulse.USUAL
    assert pulse(sent, datetime(2026, 3, 16, 5, 0, tzinfo=UTC)) is Pulse.USUAL
    assert pulse(sent, datetime(2026, 3, 16, 11, 0, tzinfo=UTC)) is Pulse.SILENT


@pytest.mark.parametrize("rate", [office, lambda _: 60.0, lambda _: 6.0, lambda _: 0.25, lambda _: 1 / 24])
@pytest.mark.parametrize("seed", [1, 2])
def test_who_goes_on_as_usual_is_never_called_silent(rate: Rate, seed: int) -> None:
    begin = NOW - 35 * DAY
    sent = items(rate, begin, NOW, seed)
    late = [(after - before, after) for before, after in pairwise(sent) if after > begin + 15 * DAY]
    for _, after in sorted(late)[-8:]:  # at the end of the longest silences
        assert pulse(sent, after - timedelta(seconds=1)) is not Pulse.SILENT, after


def test_the_change_to_summer_time_is_no_silence() -> None:
    change = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    sent = items(office, change - 28 * DAY, change + 8 * DAY)
    now = change
    while now < change + 3 * DAY:
        assert pulse(sent, now) is not Pulse.SILENT, now
        now += 90 * MINUTE


def test_a_daily_letter_is_missed_when_two_are() -> None:
    sent = [NOW - n * DAY for n in range(1, 25)]
    assert pulse(sent, NOW + HOUR) is Pulse.USUAL
    assert pulse(sent, NOW + 2 * DAY) is Pulse.SILENT


def test_a_weekly_letter_is_missed_when_two_are() -> None:
    sent = [NOW - n * 7 * DAY for n in range(1, 5)]
    assert pulse(sent, NOW + 2 * HOUR) is not Pulse.SILENT
    assert pulse(sent, NOW + 6 * DAY) is not Pulse.SILENT


def test_what_comes_in_batches_is_not_missed_between_them() -> None:
    """A feed that is polled every three hours brings twenty items at once."""
    sent = [NOW - n * 3 * HOUR + k * MINUTE / 60 for n in range(1, 200) for k in range(20)]
    assert pulse(sent, max(sent) + 4 * HOUR) is Pulse.USUAL
    assert pulse(sent, max(sent) + 9 * HOUR) is Pulse.SILENT


def test_one_outage_in_the_past_does_not_make_the_next_one_usual() -> None:
    sent = [at for at in items(lambda _: 30.0, NOW - 28 * DAY, NOW) if not 9 * DAY < NOW - at < 11 * DAY]
    assert pulse(sent, NOW + 3 * HOUR) is Pulse.SILENT


def test_a_silence_does_not_become_usual_by_going_on() -> None:
    sent = items(lambda _: 30.0, NOW - 28 * DAY, NOW)
    assert all(pulse(sent, NOW + days * DAY) is Pulse.SILENT for days in (1, 8, 15, 22))


def test_in_its_first_week_a_night_is_no_silence_and_three_days_are() -> None:
    tuesday = datetime(2026, 3, 17, 17, 0, tzinfo=UTC)
    sent = items(office, tuesday - 34 * HOUR, tuesday)
    assert pulse(sent, tuesday + 13 * HOUR) is Pulse.LEARNING
    assert pulse(sent, tuesday + 72 * HOUR) is Pulse.SILENT


def test_one_item_is_no_rhythm_and_none_is_nothing() -> None:
    assert pulse([NOW], NOW + 20 * DAY) is Pulse.LEARNING
    assert learn({}) is None
