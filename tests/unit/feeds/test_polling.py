"""Feeds that are odd on purpose: what is in one never raises, and never costs more than its share."""

from __future__ import annotations

import json
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
    result = poll(Site(rss("<item><description><![CDATA[" + "<div>" * 1_000_000 + "]]></description></item>")))
    assert [reject.reason for reject in result.rejects] == ["too-large"]


def test_a_reader_that_fails_is_the_feeds_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(item: Item) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(polling, "detect", broken)
    result = poll(Site(rss(ITEM % (1, 1))))
    assert (result.outcome, [reject.reason for reject in result.rejects]) == ("failed", ["failed"])


def test_a_draft_is_neither_published_nor_refused() -> None:
    mark = "<a:control xmlns:a='http://www.w3.org/2007/app'><a:draft>yes</a:draft></a:control></item>"
    result = poll(Site(rss(ITEM % (1, 1), (ITEM % (2, 2)).replace("</item>", mark))))
    assert (len(result.events), result.rejects) == (1, [])


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


def item(title: str, link: str | None = None, guid: str | None = None, text: str = "Some text.", more: str = "") -> str:
    linked = f"<link>{link}</link>" if link else ""
    named = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    return f"<item><title>{title}</title>{linked}{named}<description>{text}</description>{more}</item>"


def polls(*contents: str) -> list[list[str]]:
    """The headlines that each poll in turn publishes."""
    feed, found = FEED, []
    for content in contents:
        result = poll(Site(content), feed)
        assert not result.rejects
        feed = result.feed
        found.append([event.data.headline for event in result.events])  # type: ignore[union-attr]
    return found


def test_items_that_share_an_id_are_published_once_each() -> None:
    content = rss(*(item(f"H{n}", f"https://w.example/{n}", "N/A") for n in range(3)))
    other = rss(*(item(f"H{n}", f"https://w.example/{n}", "the same") for n in range(3)))
    assert polls(content, content, content) == [["H0", "H1", "H2"], [], []]
    assert polls(other, other, other) == [["H0", "H1", "H2"], [], []]
    assert polls(other, rss(item("H3", "https://w.example/3", "the same")))[1] == ["H3"]


LONG = "A text of some length, which no other item of the feed has, as it is the news of one day alone."
CHANGING: dict[str, list[str]] = {
    "a tracker of its own": [rss(item("H", f"https://w.example/a?rnd={n}")) for n in range(3)],
    "a known tracker": [rss(item("H", f"https://w.example/a?utm_source={n}")) for n in range(3)],
    "a tracker, and a guid that is the link": [rss(item("H", f"https://w.example/a?rnd={n}", f"https://w.example/a?rnd={n}")) for n in range(3)],
    "a guid": [rss(item("H", "https://w.example/a", f"g{n}")) for n in range(3)],
    "a guid, and no link": [rss(item("H", None, f"guid-{n}", LONG)) for n in range(3)],
    "both, at a time": [rss(item("H", f"https://w.example/{n}", f"g{n}", more="<pubDate>Mon, 06 Jul 2026 08:00:00 GMT</pubDate>")) for n in range(3)],
    "both, with a long text": [rss(item("H", f"https://w.example/{n}", f"g{n}", LONG)) for n in range(3)],
    "the time, and a guid": [rss(item("H", "https://w.example/a", f"g{n}", more=f"<pubDate>Mon, 06 Jul 2026 08:0{n}:00 GMT</pubDate>")) for n in range(3)],
    "revisions of one entry, in another order": [
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>" + "".join(
            f"<entry><id>tag:w.example,2026:1</id><title>H</title><link href='https://w.example/a'/><updated>2026-07-06T0{n}:00:00Z</updated><summary>T{n}</summary></entry>"
            for n in order) + "</feed>" for order in ((1, 2), (1, 2), (1, 2))
    ],
    "its time of modification": [
        f"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>tag:w.example,2026:1</id><title>H</title><link href='https://w.example/a'/><updated>2026-07-06T0{n}:00:00Z</updated><summary>T</summary></entry></feed>"
        for n in range(3)
    ],
    "the time of a sitemap's page": [
        f"<urlset xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>https://w.example/a</loc><lastmod>2026-07-06T0{n}:00:00Z</lastmod><n:news><n:title>H</n:title></n:news></url></urlset>"
        for n in range(3)
    ],
    "nothing, of a JSON Feed without addresses": [json_feed("t")] * 3,
}  # fmt: skip


@pytest.mark.parametrize("contents", CHANGING.values(), ids=CHANGING)
def test_nothing_unchanged_is_published_again_where_this_changes_at_each_poll(contents: list[str]) -> None:
    first, *later = polls(*contents)
    assert first
    assert later == [[], []]


def test_a_change_is_published_also_where_the_guid_changes_or_the_change_is_taken_back() -> None:
    first, second = (item("H", "https://w.example/a", "g", text) for text in ("One text.", "Another."))
    assert polls(rss(first), rss(second), rss(first)) == [["H"], ["H"], ["H"]]
    assert polls(rss(first), rss(item("H", "https://w.example/a", "g2", "Another."))) == [["H"], ["H"]]


def test_a_page_whose_text_is_to_be_fetched_is_new_with_its_time() -> None:
    asked: list[str] = []

    class Pages:
        def complete(self, story: Any) -> None:
            asked.append(story.url)

    feed = FEED.model_copy(update={"full_text": True})
    live = item("A", "https://w.example/live", "g1") + item("B", "https://w.example/live", "g2")
    for hour in (1, 2, 2):
        news = f"<entry><id>tag:w.example,2026:1</id><title>H</title><link href='https://w.example/a'/><updated>2026-07-06T0{hour}:00:00Z</updated><summary>T</summary></entry>"
        content = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>{news}</feed>"
        feed = polling.poll(feed, Site(content), Pages(), SETTINGS, NOW).feed  # type: ignore[arg-type]
    assert asked == ["https://w.example/a"] * 2
    polling.poll(feed, Site(rss(live)), Pages(), SETTINGS, NOW)  # type: ignore[arg-type]
    assert asked == ["https://w.example/a"] * 2, "a page of several items is the text of none"


def test_short_items_without_a_time_that_are_alike_are_published_each() -> None:
    contents = [rss(item("Alert", f"https://w.example/{n}", f"g{n}", "Road closed.")) for n in range(3)]
    assert polls(*contents) == [["Alert"], ["Alert"], ["Alert"]]


def test_the_last_post_of_a_live_page_keeps_its_id_when_it_is_alone() -> None:
    page = "https://w.example/live"
    first = poll(Site(rss(item("A", page, "post-number-1"), item("B", page, "post-number-2"))))
    assert first.events[0].subject != first.events[1].subject
    second = poll(Site(rss(item("B", page, "post-number-2", "More text."))), first.feed)
    assert [event.subject for event in second.events] == [first.events[1].subject]


def test_a_permanent_redirect_is_remembered_once_its_target_answers_as_a_feed() -> None:
    moved = "https://new.example/feed"
    login = poll(Site("<html><head><title>Guest network</title></head><body><form>Log in</form></body></html>", moved))
    assert (login.outcome, login.feed.url) == ("failed", FEED.url)
    for content in ("", "not found", "<unknown/>", "<rss"):
        assert poll(Site(content, moved)).feed.url == FEED.url
    assert poll(Site(rss(ITEM % (1, 1)), moved)).feed.url == moved
    assert poll(Site(rss(), moved)).feed.url == moved


EMPTY = {
    "sitemap": "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'></urlset>",
    "sitemap that closes itself": "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>",
    "rss": rss(),
    "atom": "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title></feed>",
    "atom without anything": "<feed xmlns='http://www.w3.org/2005/Atom'/>",
    "json feed": '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": []}',
}


@pytest.mark.parametrize("content", EMPTY.values(), ids=EMPTY)
def test_a_feed_without_items_has_nothing_new_and_did_not_fail(content: str) -> None:
    result = poll(Site(content))
    assert (result.outcome, result.events, result.rejects, result.feed.failures) == ("unchanged", [], [], 0)


def test_addresses_of_a_feed_are_resolved() -> None:
    links = "<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='hub' href='/hub'/><atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='self' href='all.xml'/>"
    feed = (
        f"<rss version='2.0'><channel><title>T</title><link>/</link>{links}{item('H', 'news/1', '7')}</channel></rss>"
    )
    as_json = '{"version":"https://jsonfeed.org/version/1.1","home_page_url":"/","feed_url":"all.json","hubs":[{"type":"WebSub","url":"//hub.example/"}],"items":[{"id":"7","url":"news/1","title":"H"}]}'
    for content, hub, own in (
        (feed, "https://w.example/hub", "all.xml"),
        (as_json, "https://hub.example/", "all.json"),
    ):
        result = poll(Site(content))
        assert result.hub == (hub, f"https://w.example/{own}")
        (event,) = result.events
        assert [one.value for one in event.data.claims] == ["https://w.example/news/1", f"https://w.example/{own}#7"]
