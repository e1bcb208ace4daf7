"""When to ask for a feed again: pure decisions from what it said and how often it changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from schemas.subscription import Subscription

SHORTEST, FIRST, LONGEST = 60, 900, 6 * 3600
"""Seconds."""
MOST_FAILURES = 12
"""In a row, after which a feed is no longer asked for (about four days)."""
_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}


def next_interval(last: int, changed: bool, asked_for: int | None = None) -> int:
    """Seconds until the next poll: half as long after a change, half as long again without one; never sooner than the
    feed asks for."""
    interval = (last // 2 if changed else last * 3 // 2) if last else FIRST
    least = max(SHORTEST, min(asked_for or 0, LONGEST))
    return max(least, min(interval, LONGEST))


def asked_for(headers: Mapping[str, str], ttl: str | None, period: str | None, frequency: str | None) -> int | None:
    """Seconds for which a feed asks to be left alone: the longest of Cache-Control's max-age, RSS's ttl (minutes), and
    the syndication module's updatePeriod by its updateFrequency."""
    wishes = []
    if match := re.search(r"max-age\s*=\s*(\d{1,9})", headers.get("cache-control", ""), re.IGNORECASE):
        wishes.append(int(match[1]))
    if ttl and ttl.strip().isdigit():
        wishes.append(int(ttl.strip()) * 60)
    if period and (seconds := _PERIODS.get(period.strip().casefold())):
        times = int(frequency.strip()) if frequency and frequency.strip().isdigit() and int(frequency) else 1
        wishes.append(seconds // times)
    return min(max(wishes), LONGEST) if wishes else None


def after_success(feed: Subscription, now: datetime, changed: bool, wish: int | None) -> Subscription:
    """`feed` after it answered."""
    interval = next_interval(feed.interval_seconds, changed, wish)
    hub_delivers = feed.hub is not None and feed.hub.state == "active"
    wait = max(interval, LONGEST) if hub_delivers else interval  # a hub brings what is new; a look now and then stays
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
    """`feed` after it did not answer well: asked for later and later, as Retry-After says at the soonest, and in the end
    no more. 410 ends it at once."""
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
    elif failures >= MOST_FAILURES:
        update |= {"disabled": now, "problem": f"{problem[:1900]} ({failures} times in a row)"}
    return feed.model_copy(update=update)


def is_due(feed: Subscription, now: datetime) -> bool:
    return feed.disabled is None and (feed.next_poll is None or feed.next_poll <= now)
