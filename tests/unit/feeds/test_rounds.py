"""A round of polling, over a site in memory."""

from __future__ import annotations

import gc
import weakref
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.feeds import polling, rounds
from pipeline.feeds.polling import PollResult
from pipeline.feeds.subscriptions import subscription
from pipeline.ingest.fetching import Fetched
from pipeline.settings import Settings

NOW = datetime(2026, 3, 14, 8, 20, tzinfo=UTC)
SETTINGS = Settings(_env_file=None)
ITEM = "<item><title>A headline</title><link>https://w.example/1</link><description>Some text.</description></item>"


def test_of_a_feed_that_is_stored_only_the_numbers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    feeds = [subscription(f"https://w.example/{n}", NOW) for n in range(5)]
    held: list[int] = []
    results: list[weakref.ref[PollResult]] = []

    def poll(feed: Any, *rest: Any) -> PollResult:
        content = f"<rss version='2.0'><channel><title>T</title><item/>{ITEM}</channel></rss>".encode()
        return polling.read_feed(feed, Fetched(feed.url, 200, content, {}), None, SETTINGS, NOW)  # type: ignore[arg-type]

    def finish(result: PollResult) -> None:
        results.append(weakref.ref(result))
        gc.collect()
        held.append(sum(one() is not None for one in results))

    monkeypatch.setattr(rounds, "poll", poll)
    found = rounds._poll_all(SETTINGS, feeds, finish, 0)
    assert held == [1] * 5, "those of the whole round would be in memory at once"
    assert [(one.url, one.outcome, one.events, one.refused) for one in found] == [
        (feed.url, "new", 1, 1) for feed in feeds
    ]
    assert all(one.next_poll is not None and one.problem is None for one in found)
