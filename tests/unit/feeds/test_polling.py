"""Feeds that are odd on purpose: what is in one never raises, and never costs more than its share."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.feeds import polling
from pipeline.feeds.storing import store
from pipeline.feeds.subscriptions import subscription
from pipeline.formats.items import Item
from pipeline.ingest.events import story_events
from pipeline.ingest.fetching import Fetched, Unfetchable
from pipeline.ingest.publisher import Publisher
from pipeline.settings import Settings
from schemas.subscription import Subscription
from tests.support.builders import raw_article
from tests.support.ingest import MemoryProducer

NOW = datetime(2026, 3, 14, 8, 20, tzinfo=UTC)
SETTINGS = Settings(_env_file=None, kafka_servers="kafka.example:9092")
FEED = subscription("https://w.example/feed", NOW)
ITEM = "<item><title>A headline %s</title><link>https://w.example/%s</link><description>Some text.</description></item>"


class Site:
    def __init__(self, content: str, moved_to: str | None = None, **headers: str) -> None:
        self._answer = Fetched(FEED.url, 200, content.encode(), headers, moved_to)

    def get(self, url: str, headers: Any = None) -> Fetched:
        return self._answer


def rss(*items: str) -> str:
    return f"<rss version='2.0'><channel><title>T</title>{''.join(items)}</channel></rss>"


def poll(site: Any, feed: Subscription = FEED) -> polling.PollResult:
    result = polling.poll(feed, site, None, SETTINGS, NOW)  # type: ignore[arg-type]
    Subscription.model_validate_json(result.feed.model_dump_json())  # what is stored can be read
    return result


def test_a_feed_that_moved_to_an_address_too_long_to_store_is_read_and_stays_where_it_was() -> None:
    result = poll(Site(rss(ITEM % (1, 1)), "https://w.example/" + "x" * 600))
    assert (result.outcome, result.feed.url) == ("new", FEED.url)


def test_no_more_items_are_read_than_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "_MAX_SEEN", 10)
    result = poll(Site(rss(*(ITEM % (n, n) for n in range(15)))))
    assert len(result.events) == len(result.feed.seen) == 10


def test_a_feed_that_would_take_minutes_to_read_is_refused() -> None:
    began = time.process_time()
    result = poll(Site(rss("<item><description><![CDATA[" + "<div>" * 1_000_000 + "]]></description></item>")))
    assert [reject.reason for reject in result.rejects] == ["too-large"]
    assert time.process_time() - began < 5


def test_a_reader_that_fails_is_the_feeds_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(item: Item) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(polling, "detect", broken)
    result = poll(Site(rss(ITEM % (1, 1))))
    assert (result.outcome, [reject.reason for reject in result.rejects]) == ("failed", ["failed"])


def test_what_is_refused_of_a_feed_is_stored_once() -> None:
    result = poll(Site(rss(*("<item/>" for _ in range(50)), ITEM % (1, 1))))
    assert len(result.rejects) > 1
    producer = MemoryProducer()

    class Stored:
        def refresh(self) -> None: ...
        def get(self, name: str) -> None: ...

    with Publisher(SETTINGS, producer) as publisher:
        store(result, Stored(), publisher)  # type: ignore[arg-type]
    assert len(producer.values("dead-letters")) == 1


def json_feed(tag: str) -> str:
    item = {"title": "A headline", "content_text": "Some text."}
    items = [item | {"id": "1", "tags": [tag]}, item | {"id": "2"}]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items})


BAD = {
    "an item that the contract can't hold": json_feed("t" * 5000),
    "an item that is none": rss("<item/>", ITEM % (2, 2)),
    "an event": raw_article("a").to_json().decode(),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_what_is_refused_of_a_feed_is_said_at_the_first_poll_only(content: str) -> None:
    site = Site(content)
    first = poll(site)
    assert first.rejects
    again = poll(site, first.feed)
    assert (again.outcome, again.events, again.rejects) == ("unchanged", [], []), "each dead letter has the whole feed"


def test_an_item_of_which_anything_is_corrected_is_taken() -> None:
    first = poll(Site(json_feed("t" * 5000)))
    assert (len(first.events), len(first.rejects)) == (1, 1)
    assert len(poll(Site(json_feed("t")), first.feed).events) == 1


def test_an_event_is_not_taken_from_a_feed() -> None:
    result = poll(Site(raw_article("a").to_json().decode()))
    assert ([reject.reason for reject in result.rejects], result.events) == (["not-yours"], [])


def test_an_item_on_which_our_code_fails_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(story: Any, *rest: Any) -> Any:
        if story.headline == "A headline 1":
            raise ZeroDivisionError
        return story_events(story, *rest)

    monkeypatch.setattr(polling, "story_events", fails)
    result = poll(Site(rss(ITEM % (1, 1), ITEM % (2, 2))))
    assert (result.outcome, len(result.events)) == ("new", 1)
    assert [reject.reason for reject in result.rejects] == ["failed"]


@pytest.mark.parametrize("error", [Unfetchable("x", status=429, retry_after=float("inf")), Unfetchable("x" * 5000)])
def test_a_site_that_fails_is_asked_later(error: Unfetchable) -> None:
    class Broken:
        def get(self, url: str, headers: Any = None) -> Fetched:
            raise error

    result = poll(Broken())
    assert result.outcome == "failed"
    assert result.feed.next_poll is not None
    assert result.feed.next_poll > NOW
