from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.feeds import schedule
from pipeline.feeds.subscriptions import subscription
from schemas.subscription import Subscription

NOW = datetime(2026, 3, 14, 8, 20, tzinfo=UTC)


def feed(**changes: object) -> Subscription:
    return subscription("https://w.example/feed", NOW).model_copy(update=changes)


def test_a_feed_that_changes_is_asked_more_often_and_one_that_does_not_less() -> None:
    assert schedule.next_interval(0, True) == schedule.FIRST_INTERVAL
    assert schedule.next_interval(1000, True) == 500
    assert schedule.next_interval(1000, False) == 1500
    assert schedule.next_interval(70, True) == schedule.MIN_INTERVAL
    assert schedule.next_interval(schedule.MAX_INTERVAL, False) == schedule.MAX_INTERVAL
    assert schedule.next_interval(1000, True, requested=3600) == 3600


@pytest.mark.parametrize(
    ("headers", "ttl", "period", "frequency", "seconds"),
    [
        ({"cache-control": "public, max-age=600"}, None, None, None, 600),
        ({}, "60", None, None, 3600),
        ({}, None, "hourly", "4", 900),
        ({"cache-control": "max-age=60"}, "10", "daily", "2", schedule.MAX_INTERVAL),
        ({}, "soon", "often", None, None),
        ({"cache-control": "no-store"}, None, None, None, None),
    ],
)
def test_what_a_feed_asks_for(
    headers: dict[str, str], ttl: str | None, period: str | None, frequency: str | None, seconds: int | None
) -> None:
    assert schedule.requested_interval(headers, ttl, period, frequency) == seconds


def test_failures_make_it_wait_longer_and_in_the_end_disable_it() -> None:
    failing = feed()
    waits = []
    for _ in range(schedule.MAX_FAILURES):
        assert failing.disabled is None
        failing = schedule.after_failure(failing, NOW, "500", 500, None)
        assert failing.next_poll is not None
        waits.append((failing.next_poll - NOW).total_seconds())
    assert waits == sorted(waits)
    assert failing.disabled == NOW
    assert "12 times in a row" in (failing.problem or "")
    assert not schedule.is_due(failing, NOW + timedelta(days=30))
    assert schedule.after_success(feed(failures=3, problem="x"), NOW, True, None).failures == 0


def test_retry_after_is_obeyed_and_gone_is_gone() -> None:
    assert schedule.after_failure(feed(), NOW, "429", 429, 7200).next_poll == NOW + timedelta(hours=2)
    assert schedule.after_failure(feed(), NOW, "410 Gone", 410, None).disabled == NOW


def test_a_round_begins_with_the_feeds_that_have_waited_longest() -> None:
    late, later, fresh = feed(next_poll=NOW), feed(next_poll=NOW + timedelta(hours=1)), feed()
    assert schedule.in_turn([later, late, fresh, fresh]) == [fresh, fresh, late, later]
