"""Times of articles and comments."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.stages.normalize import normalize_article, normalize_comment
from schemas.article import Article
from schemas.comment import Comment
from schemas.events import RawArticleEvent
from tests.support.samples import NEWSML, events, newsml, ninjs


def articles(content: str, **said: Any) -> list[Article]:
    found = events(content, **said).events
    normal = [normalize_article(event).data for event in found if isinstance(event, RawArticleEvent)]
    return [one for one in normal if isinstance(one, Article)]


FEED = """<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><title>F</title><entry><id>urn:e</id><title>Head</title>
<updated>2026-03-14T08:20:00Z</updated><content>Text.</content></entry></feed>"""
G2 = """<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:a"><itemMeta><versionCreated>2026-03-14T08:20:00Z</versionCreated></itemMeta>
<contentMeta><headline>Head</headline></contentMeta></newsItem>"""


@pytest.mark.parametrize("content", [FEED, G2, json.dumps(ninjs("urn:n", versioncreated="2026-03-14T08:20:00Z"))])
def test_an_item_with_a_modification_time_alone_has_a_time_of_publication(content: str) -> None:
    (article,) = articles(content)
    assert article.published is not None
    assert article.published.utc == datetime(2026, 3, 14, 8, 20, tzinfo=UTC)
    assert article.published.derived
    assert ("published", "first-modified") in {(change.field, change.rule) for change in article.changes}


def test_a_time_of_publication_that_the_item_says_is_not_derived() -> None:
    (article,) = articles(NEWSML.format(items=newsml("a1")))
    assert article.published is not None
    assert article.published.derived is None


PAGE = """<html lang="en"><head><meta property="article:published_time" content="05/04/2024 09:00"></head><body><article><h1>Swing bridge closes for the summer</h1>
<p>The council voted on Tuesday evening to close the old swing bridge for repairs that will last until the autumn.</p>
<p>Engineers had found cracks in two of the four bearings during the yearly inspection in March, they told the council.</p></article>
<section id="comments"><ol class="commentlist"><li class="comment" id="comment-1"><span class="author">Ann</span><time>{one}</time><p>At last they do something about it.</p></li>
<li class="comment" id="comment-2"><span class="author">Bo</span><time>{two}</time><p>And who is to pay for all of that?</p></li></ol></section></body></html>"""


def test_all_times_of_a_page_are_read_alike() -> None:
    read = events(PAGE.format(one="06/04/2024 10:00", two="13/04/2024 11:00"), provider="paper")
    article, *comments = read.events
    assert article.data.day_first is True  # type: ignore[union-attr]
    made = normalize_article(article).data  # type: ignore[arg-type]
    assert isinstance(made, Article)
    assert made.published is not None
    assert made.published.utc.month == 4
    posted = [one.data.posted for one in map(normalize_comment, comments) if isinstance(one.data, Comment)]  # type: ignore[arg-type]
    assert [one.utc.day for one in posted if one] == [6, 13]


def test_all_times_of_a_feed_are_read_alike() -> None:
    entry = "<item><title>Item {n}</title><link>https://p.example/{n}</link><description>Text.</description><pubDate>{at}</pubDate></item>"
    items = "".join(entry.format(n=n, at=at) for n, at in enumerate(("05/04/2024 09:00", "13/04/2024 09:00")))
    found = articles(f"<rss version='2.0'><channel><title>P</title><language>en-us</language>{items}</channel></rss>")
    assert [one.published.utc.month for one in found if one.published] == [4, 4]


def test_a_pushed_article_is_read_by_the_region_of_its_language() -> None:
    item = ninjs("urn:n", firstcreated="05/04/2024 09:00", language="en-GB")
    (british,), (american,) = articles(json.dumps(item)), articles(json.dumps(item | {"language": "en-US"}))
    assert british.published is not None
    assert american.published is not None
    assert (british.published.utc.month, american.published.utc.month) == (4, 5)
