"""What is one story and what is two: the ids and addresses of one document's items."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.formats.items import State, Story
from pipeline.ingest.claims import settle
from tests.support.samples import events

SITE = "https://w.example"


def told(number: int, **more: Any) -> Story:
    return Story(**{"headline": f"Headline {number}", "paragraphs": [f"Text {number}."]} | more)


def names(*stories: Story) -> list[tuple[str | None, str | None]]:
    """Each story's own address and id."""
    settle(stories)
    return [(story.url if story.own_url else None, story.guid) for story in stories]


@pytest.mark.parametrize("same", ["N/A", "0", "none", "item", "https://w.example/feed", "tag:w.example,2026:all"])
def test_an_id_of_several_items_at_different_addresses_is_none(same: str) -> None:
    stories = [told(n, url=f"{SITE}/{n}", guid=same, guids=[same]) for n in range(3)]
    assert names(*stories) == [(f"{SITE}/{n}", None) for n in range(3)]
    assert [story.guids for story in stories] == [[], [], []]


ONE: dict[str, list[dict[str, Any]]] = {
    "an item listed twice": [{"headline": "H", "paragraphs": ["T"]}] * 2,
    "versions": [{"version": 1}, {"version": 2, "url": f"{SITE}/moved"}],
    "revisions at their times": [{"modified": "2026-03-01T08:00:00Z"}, {"modified": "2026-03-01T09:00:00Z"}],
    "a story under one headline": [{"headline": "H"}] * 2,
    "a story and its kill": [{}, {"state": State.KILLED, "headline": "KILL: H"}],
}


@pytest.mark.parametrize("several", ONE.values(), ids=ONE)
def test_what_is_told_of_as_one_stays_one(several: list[dict[str, Any]]) -> None:
    stories = [told(n, **({"url": f"{SITE}/1", "guid": "urn:a"} | one)) for n, one in enumerate(several)]
    assert [guid for _, guid in names(*stories)] == ["urn:a", "urn:a"]
    assert all(story.own_url for story in stories)


def test_items_that_were_first_published_at_several_times_are_no_revisions_of_one() -> None:
    times = [{"published": f"2026-03-0{n}T08:00:00Z", "modified": f"2026-03-0{n}T09:00:00Z", "version": 1} for n in (1, 2)]  # fmt: skip
    assert names(*(told(n, guid="urn:news:item", **one) for n, one in enumerate(times))) == [(None, None)] * 2
    first = {"published": "2026-03-01T08:00:00Z"}
    assert names(*(told(n, guid="urn:a", **(one | first)) for n, one in enumerate(times))) == [(None, "urn:a")] * 2


def test_a_guid_outranks_an_address_of_several_items_and_the_page_itself_keeps_it() -> None:
    page = f"{SITE}/status"
    assert names(told(1, url=page, guid="a"), told(2, url=page, guid="b")) == [(None, "a"), (None, "b")]
    assert names(told(1, url=page, guid="a"), told(2, url=page)) == [(None, "a"), (page, None)]
    parts = [told(n, url=f"{page}#p{n}") for n in (1, 2)]
    assert names(*parts) == [(None, f"{page}#p1"), (None, f"{page}#p2")]


def test_items_that_have_nothing_but_one_address_are_known_by_their_headlines_and_times() -> None:
    page = f"{SITE}/ticker"
    assert names(told(1, url=page), told(2, url=page)) == [(None, None), (None, None)]
    alerts = [told(n, headline="Alert", url=page, published=f"2026-03-0{n}") for n in (1, 2)]
    assert names(*alerts) == [(None, "alert 2026-03-01"), (None, "alert 2026-03-02")]


def test_an_address_is_no_items_own_where_it_is_the_home_page_the_site_or_the_feed() -> None:
    assert names(told(1, url=f"{SITE}/", guid="a")) == [(None, "a")]
    assert names(told(1, url=f"{SITE}/index.html")) == [(None, None)]
    assert names(told(1, url=f"{SITE}/status", site_url=f"{SITE}/status?utm_source=rss", guid="a")) == [(None, "a")]
    assert names(told(1, url=f"{SITE}/1", guid=SITE)) == [(f"{SITE}/1", None)]
    assert names(told(1, url=f"{SITE}/?p=1")) == [(f"{SITE}/?p=1", None)]
    assert names(told(1, url=f"{SITE}/", fetched_from=f"{SITE}/")) == [(f"{SITE}/", None)], "the page is there"


def test_different_pages_that_declare_one_address_are_each_where_they_were_fetched_from() -> None:
    pages = [told(n, url=f"{SITE}/story", fetched_from=f"{SITE}/story?n={n}") for n in (1, 2)]
    assert names(*pages) == [(f"{SITE}/story?n=1", None), (f"{SITE}/story?n=2", None)]
    again = [told(n, url=f"{SITE}/story", fetched_from=f"{SITE}/story") for n in (1, 2)]
    assert names(*again) == [(f"{SITE}/story", None)] * 2, "a page that was archived twice"


def test_what_was_shared_before_is_shared_where_one_item_alone_is_left() -> None:
    page = f"{SITE}/ticker"
    shared = settle([told(1, url=page, guid="a"), told(2, url=page, guid="b")])
    assert shared == [f"url {page}"]
    alone = told(3, url=page, guid="c")
    assert settle([alone], shared.__contains__) == shared
    assert (alone.own_url, alone.guid) == (False, "c")
    of_all = settle([told(n, url=f"{SITE}/{n}", guid="x") for n in (1, 2)])
    alone = told(3, url=f"{SITE}/3", guid="x")
    settle([alone], of_all.__contains__)
    assert (alone.own_url, alone.guid) == (True, None)


def test_an_id_given_by_the_sender_or_pushed_by_a_provider_is_its_own() -> None:
    feed = '{"version":"https://jsonfeed.org/version/1.1","feed_url":"https://w.example/f.json","items":[{"id":7,"title":"T","content_text":"x"}]}'
    assert [c.value for c in events(feed).events[0].data.claims] == ["https://w.example/f.json#7"]
    assert [c.value for c in events(feed, guid="mine").events[0].data.claims] == ["mine"]
    assert [c.value for c in events(feed, only_itself=True, provider="w").events[0].data.claims] == ["7"]


def test_comments_of_a_placeholder_name_no_article() -> None:
    read = events('{"item":"N/A","comments":[{"author":"A","text":"x"}]}')
    assert read.reject is not None
    assert not read.events


def test_a_page_that_the_home_pages_script_shows_is_known_by_its_route() -> None:
    routes = ("#/news/7", "#!news/8", "#/", "#top", "")
    found = names(*(told(n, url=f"{SITE}/{route}") for n, route in enumerate(routes)))
    assert [url for url, _ in found] == [None] * 5
    assert [guid for _, guid in found[:2]] == [f"{SITE}/#/news/7", f"{SITE}/#!news/8"]
    assert not any((guid or "").startswith("https:") for _, guid in found[2:])
