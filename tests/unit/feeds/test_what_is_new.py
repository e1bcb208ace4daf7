"""What of a feed is new at a poll: whatever a site changes without need, each item is published once, and each change."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.feeds import polling
from tests.unit.feeds.site import FEED, NOW, SETTINGS, Site, item, json_feed, poll, rss


def test_an_item_of_which_anything_is_corrected_is_taken() -> None:
    first = poll(Site(json_feed("t" * 5000)))
    assert (len(first.events), len(first.rejects)) == (1, 1)
    assert len(poll(Site(json_feed("t")), first.feed).events) == 1


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
