"""Feeds that are odd on purpose: what is in one never raises, and never costs more than its share."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from pipeline.feeds import full_text, polling
from pipeline.feeds.storing import store
from pipeline.formats.items import Item
from pipeline.ingest.events import story_events
from pipeline.ingest.fetching import Fetched, Unfetchable
from pipeline.ingest.publisher import Publisher
from tests.support.builders import raw_article
from tests.support.ingest import MemoryProducer
from tests.unit.feeds.site import FEED, ITEM, NOW, SETTINGS, Site, item, json_feed, poll, rss


def test_a_feed_that_moved_to_an_address_too_long_to_store_is_read_and_stays_where_it_was() -> None:
    result = poll(Site(rss(ITEM % (1, 1)), "https://w.example/" + "x" * 600))
    assert (result.outcome, result.feed.url) == ("new", FEED.url)


COMMENTS = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:t='http://purl.org/syndication/thread/1.0'><title>Comments</title>%s</feed>"
COMMENT = "<entry><id>tag:w.example,2026:c%s</id><title>By A</title><author><name>A</name></author><link href='https://w.example/1#c%s'/><t:in-reply-to ref='tag:w.example,2026:1' href='https://w.example/1'/><updated>2026-03-02T10:00:00Z</updated><content>Words %s</content></entry>"
LARGE = {
    "rss": lambda numbers: rss(*(ITEM % (n, n) for n in numbers)),
    "json feed": lambda numbers: json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": str(n), "title": f"H {n}", "content_text": f"Text {n}."} for n in numbers]}
    ),
    "sitemap": lambda numbers: "<urlset xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'>"
    + "".join(f"<url><loc>https://w.example/{n}</loc><n:news><n:title>A headline {n}</n:title></n:news></url>" for n in numbers)
    + "</urlset>",
    "comments": lambda numbers: COMMENTS % "".join(COMMENT % (n, n, n) for n in numbers),
}  # fmt: skip


@pytest.mark.parametrize("made", LARGE.values(), ids=LARGE)
def test_of_a_feed_with_more_items_than_most_have_each_is_published_once(
    monkeypatch: pytest.MonkeyPatch, made: Any
) -> None:
    monkeypatch.setattr(polling, "_MAX_SEEN", 100)
    first = poll(Site(made(range(250))))
    assert (len(first.events), first.rejects) == (250, [])
    newer = poll(Site(made(range(-1, 250))), first.feed)
    assert (len(newer.events), newer.rejects) == (1, []), "none is lost, and none sent anew"


SMALL = SETTINGS.model_copy(update={"largest_record": 16 * 1024})


@pytest.mark.parametrize("made", LARGE.values(), ids=LARGE)
def test_of_more_items_than_can_be_remembered_the_rest_is_refused_and_said(made: Any) -> None:
    most = SMALL.largest_record // 160
    feed, seen = FEED, []
    for _ in range(3):
        result = polling.poll(feed, Site(made(range(most + 20)), etag="1"), None, SMALL, NOW)  # type: ignore[arg-type]
        feed = result.feed
        assert feed.problem is not None
        assert f"more than {most} items" in feed.problem
        seen.append((len(result.events), [one.reason for one in result.rejects]))
    assert seen == [(most, ["too-large"]), (0, []), (0, [])]
    assert len(feed.model_dump_json().encode()) < SMALL.largest_record
    assert polling.poll(feed, NotModified(), None, SMALL, NOW).feed.problem == feed.problem  # type: ignore[arg-type]
    fits = polling.poll(feed, Site(made(range(most))), None, SMALL, NOW).feed  # type: ignore[arg-type]
    assert fits.problem is None


class NotModified:
    def get(self, url: str, headers: Any = None) -> Fetched:
        return Fetched(url, 304, b"", {}, None)


@pytest.mark.parametrize("delivered", [False, True])
def test_pages_that_would_take_too_long_are_left_to_the_next_poll(
    monkeypatch: pytest.MonkeyPatch, delivered: bool
) -> None:
    now, fetched = [0.0], []
    monkeypatch.setattr("pipeline.feeds.full_text.time.monotonic", lambda: now[0])

    class Pages:
        def complete(self, story: Any) -> None:
            fetched.append(story.url)
            now[0] += full_text.LONGEST_TURN / 2

    content = LARGE["sitemap"](range(7))
    feed, published = FEED.model_copy(update={"full_text": True}), []
    for _ in range(3):
        now[0] += 10_000
        if delivered:
            answer = Fetched(FEED.url, 200, content.encode(), {"etag": "1"}, None)
            result = polling.read_feed(feed, answer, Pages(), SETTINGS, NOW)  # type: ignore[arg-type]
        else:
            result = polling.poll(feed, Site(content, etag="1"), Pages(), SETTINGS, NOW)  # type: ignore[arg-type]
        feed = result.feed
        published.append([event.subject for event in result.events])
        if result.waiting:
            assert feed.etag is None, "the server would say that nothing has changed"
            assert feed.next_poll == NOW + timedelta(seconds=60)
    assert [len(each) for each in published] == [3, 3, 1]
    assert len({one for each in published for one in each}) == 7
    assert fetched == [f"https://w.example/{n}" for n in range(7)]
    assert feed.etag == "1"


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
