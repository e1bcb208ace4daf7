"""When to poll a feed again: pure decisions from its headers and how often it changes. Intervals are in seconds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pipeline.numbers import whole_number
from schemas.subscription import Subscription

MIN_INTERVAL, FIRST_INTERVAL, MAX_INTERVAL = 60, 900, 6 * 3600
MAX_FAILURES = 12
"""In a row, after which a feed is disabled (about four days)."""
_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}


def next_interval(last: int, changed: bool, requested: int | None = None) -> int:
    """Seconds until the next poll: half the last interval after a change, one and a half without one, and at least what
    the feed requests."""
    interval = (last // 2 if changed else last * 3 // 2) if last else FIRST_INTERVAL
    minimum = max(MIN_INTERVAL, min(requested or 0, MAX_INTERVAL))
    return max(minimum, min(interval, MAX_INTERVAL))


def requested_interval(
    headers: Mapping[str, str], ttl: str | None, period: str | None, frequency: str | None
) -> int | None:
    """The interval that a feed requests: the longest of Cache-Control's max-age, RSS's ttl (minutes), and the syndication
    module's updatePeriod divided by its updateFrequency. None where it requests none."""
    intervals = []
    if match := re.search(r"max-age\s*=\s*(\d{1,9})", headers.get("cache-control", ""), re.IGNORECASE):
        intervals.append(int(match[1]))
    if minutes := whole_number(ttl):
        intervals.append(minutes * 60)
    if period and (seconds := _PERIODS.get(period.strip().casefold())):
        intervals.append(seconds // (whole_number(frequency) or 1))
    return min(max(intervals), MAX_INTERVAL) if intervals else None


def after_success(feed: Subscription, now: datetime, changed: bool, requested: int | None) -> Subscription:
    """`feed` after a successful poll."""
    interval = next_interval(feed.interval_seconds, changed, requested)
    hub_delivers = feed.hub is not None and feed.hub.state == "active"
    wait = max(interval, MAX_INTERVAL) if hub_delivers else interval  # polling stays as a safety net
    return feed.model_copy(
        update={
            "polled": now,
            "changed": now if changed else feed.changed,
            "next_poll": now + timedelta(seconds=wait),
            "interval_seconds": interval,
            "failures": 0,
            "problem": None,
        }
    )


def after_failure(
    feed: Subscription, now: datetime, problem: str, status: int | None, wait: float | None
) -> Subscription:
    """`feed` after a failed poll: the delay doubles, is at least `wait` (the seconds of Retry-After), and the feed is disabled
    after MAX_FAILURES, or at once by 410."""
    failures = feed.failures + 1
    seconds = max(min(300 * 2 ** (failures - 1), 24 * 3600), min(wait or 0, 7 * 24 * 3600))
    update: dict[str, object] = {
        "polled": now,
        "failures": failures,
        "problem": problem[:2000],
        "next_poll": now + timedelta(seconds=seconds),
    }
    if status == 410:
        update |= {"disabled": now, "problem": f"{problem[:1900]}: it is gone for good"}
    elif failures >= MAX_FAILURES:
        update |= {"disabled": now, "problem": f"{problem[:1900]} ({failures} times in a row)"}
    return feed.model_copy(update=update)


def is_due(feed: Subscription, now: datetime) -> bool:
    return feed.disabled is None and (feed.next_poll is None or feed.next_poll <= now)


def in_turn(feeds: Iterable[Subscription]) -> list[Subscription]:
    """Those that have waited longest first: a round that takes too long is ended, and the next one begins with the others."""
    return sorted(feeds, key=lambda feed: (feed.next_poll is not None, feed.next_poll))
