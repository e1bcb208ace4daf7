"""Feeds, comments and archives by their specifications, on items of our own, and what every format has to stand."""

from __future__ import annotations

import gzip
import json
from datetime import datetime

import pytest

from pipeline.formats.items import CommentState, Discussion, Item
from pipeline.formats.table import detect
from pipeline.formats.xml import without_notices
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_item
from pipeline.operations.preview import preview_item
from schemas.comment import ReceivedComment
from schemas.events import RawArticleEvent
from tests.support.samples import G2, SETTINGS, events, refusal, stories, story, warc_record

# Feeds


def test_an_rss_feed_with_its_extensions() -> None:
    feed = """<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/">
    <channel><title>Wire</title><link>https://w.example/</link><language>en</language>
    <item><title>A &amp;amp; B</title><link>/a?utm_source=x</link><guid isPermaLink="false">g1</guid><pubDate>Sat, 14 Mar 2026 08:20:00 +0200</pubDate><dc:creator>ann@w.example (Ann Lee)</dc:creator>
    <category>Port</category><description>Short.</description><content:encoded><![CDATA[<p>One.</p><p>Two.</p><iframe src="x"></iframe>]]></content:encoded>
    <media:group><media:content url="https://p.example/s.jpg" width="100" medium="image"/><media:content url="https://p.example/l.jpg" width="900" medium="image"/></media:group><wfw:commentRss>https://w.example/a/feed</wfw:commentRss></item>
    <item><title/><description>Only a description, of a certain length, and no title.</description><link>https://w.example/b</link></item>
    </channel></rss>"""
    first, second = stories(feed)
    assert (first.headline, first.url, first.guid) == ("A & B", "https://w.example/a?utm_source=x", "g1")
    assert first.byline == "Ann Lee", "without the e-mail address"
    assert first.paragraphs == ["One.", "Two."]
    assert first.published == "2026-03-14T06:20:00Z"
    assert (first.pictures[0].url, first.links[-1].url, first.topics) == (
        "https://p.example/l.jpg",
        "https://w.example/a/feed",
        ["Port"],
    )
    assert second.headline == "Only a description, of a certain length, and no title."
    assert second.partial


def test_where_a_feed_says_that_it_is() -> None:
    georss = "<georss:polygon>59 10 59 11 61 11 61 10 59 10</georss:polygon><georss:featurename>Oslo fjord</georss:featurename>"
    feed = '<rss version="2.0" xmlns:georss="http://www.georss.org/georss"><channel>{}</channel></rss>'
    found = story(feed.format(f"<item><title>Ferries</title><guid>urn:1</guid>{georss}</item>"))
    assert [(one.name, one.latitude, one.longitude) for one in found.named] == [("Oslo fjord", 60.0, 10.5)]
    nowhere = story(
        feed.format("<item><title>Ferries</title><guid>urn:1</guid><georss:point>95 x</georss:point></item>")
    )
    assert nowhere.named == []


def test_a_commenter_has_a_name_but_no_address() -> None:
    (found,) = events(
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"><entry><id>urn:c</id><title>Re</title>'
        '<thr:in-reply-to ref="https://p.example/1"/><author><name>Bo</name><email>bo@p.example</email></author><content>Yes</content></entry></feed>'
    ).events
    assert isinstance(found.data, ReceivedComment)
    assert found.data.author == "Bo"


def test_a_comment_feed_is_comments_of_its_article() -> None:
    feed = """<rss version="2.0"><channel><title>Comments on: A</title>
    <item><title>By: Ann</title><link>https://w.example/a#comment-7</link><guid>https://w.example/a#comment-7</guid><pubDate>Sat, 14 Mar 2026 08:20:00 GMT</pubDate><description>Well said.</description></item></channel></rss>"""
    item = Item(feed.encode(), "test")
    (thread,) = detect(item).read(item)
    assert isinstance(thread, Discussion)
    assert thread.url == "https://w.example/a"
    assert [(c.author, c.text) for c in thread.comments] == [("Ann", "Well said.")]


def test_a_feed_that_is_cut_off_gives_what_is_whole() -> None:
    feed = "<rss version='2.0'><channel><item><title>Whole</title><link>https://w.example/1</link></item><item><title>Cut</title><descr"
    read = events(feed)
    assert [event.data.headline for event in read.events] == ["Whole"]  # type: ignore[union-attr]
    assert [reject.reason for reject in read.rejects] == ["truncated"]


def test_json_feed_and_news_sitemap() -> None:
    found = story(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "W", "home_page_url": "https://w.example",
        "items": [{"id": 1, "url": "/a", "title": "T", "content_html": "<p>One.</p>", "authors": [{"name": "Ann"}], "tags": ["x"]}]}))  # fmt: skip
    assert (found.url, found.guid, found.byline, found.paragraphs) == ("https://w.example/a", "1", "Ann", ["One."])
    listed = story(
        """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://w.example/a</loc>
        <n:news><n:publication><n:name>Wire</n:name><n:language>en</n:language></n:publication><n:publication_date>2026-03-14</n:publication_date><n:title>T</n:title><n:keywords>a, b</n:keywords></n:news></url><url><loc>https://w.example/about</loc></url></urlset>"""
    )
    assert (listed.headline, listed.url, listed.language, listed.topics, listed.partial) == (
        "T",
        "https://w.example/a",
        "en",
        ["a", "b"],
        True,
    )


# Comments


def test_wxr_posts_drafts_schedules_and_comments() -> None:
    export = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Blog</title>
    <wp:author><wp:author_login>al</wp:author_login><wp:author_display_name>Ann Lee</wp:author_display_name></wp:author>
    <item><title>P</title><link>https://b.example/p</link><dc:creator>al</dc:creator><guid>https://b.example/?p=1</guid><content:encoded><![CDATA[One.

[gallery ids="1"]Two.]]></content:encoded><wp:post_date_gmt>2026-03-14 08:00:00</wp:post_date_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type><category domain="category">Port</category>
    <wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_author>Bo</wp:comment_author><wp:comment_author_email>bo@x.example</wp:comment_author_email><wp:comment_author_IP>198.51.100.7</wp:comment_author_IP><wp:comment_date_gmt>2026-03-14 09:00:00</wp:comment_date_gmt><wp:comment_content>Yes.</wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>
    <wp:comment><wp:comment_id>2</wp:comment_id><wp:comment_author>Cy</wp:comment_author><wp:comment_content>Buy!</wp:comment_content><wp:comment_approved>spam</wp:comment_approved><wp:comment_parent>1</wp:comment_parent></wp:comment>
    <wp:comment><wp:comment_id>3</wp:comment_id><wp:comment_content>…</wp:comment_content><wp:comment_type>pingback</wp:comment_type></wp:comment></item>
    <item><title>Later</title><link>https://b.example/l</link><wp:post_date_gmt>2027-01-01 00:00:00</wp:post_date_gmt><wp:status>future</wp:status><wp:post_type>post</wp:post_type></item>
    <item><title>Draft</title><wp:status>draft</wp:status><wp:post_type>post</wp:post_type></item></channel></rss>"""
    post, later = stories(export)
    assert (post.byline, post.section, post.paragraphs) == ("Ann Lee", "Port", ["One.", "Two."])
    assert [(c.own_id, c.parent, c.state) for c in post.comments] == [
        ("1", None, CommentState.APPROVED),
        ("2", "1", CommentState.REJECTED),
    ]
    assert later.embargo_until == "2027-01-01T00:00:00Z"
    read = events(export)
    types = [event.type.value for event in read.events]
    assert types == ["article.published", "comment.posted", "comment.posted", "comment.moderated", "article.published"]
    comments = " ".join(event.to_json().decode() for event in read.events if event.type.value.startswith("comment."))
    assert "bo@x.example" not in comments
    assert "198.51.100.7" not in comments


def test_comments_with_one_id_twice_are_two() -> None:
    body = {"article": {"id": "a"}, "comments": [{"id": "1", "text": "One"}, {"id": "1", "text": "Two"}]}
    read = events(json.dumps(body))
    assert len({event.data.comment_id for event in read.events}) == 2  # type: ignore[union-attr]


def test_a_removed_comment_has_no_text() -> None:
    body = {"article": {"id": "a"}, "comments": [{"id": "1", "text": "Secret", "status": "removed"}]}
    (event,) = events(json.dumps(body)).events
    assert event.type == "comment.removed"
    assert b"Secret" not in event.to_json()


# Archives, lists, odd bytes


def test_a_warc_is_read_page_by_page() -> None:
    sentence = (
        "<p>Ferry crews at the port of Varnholm walked out on Saturday after talks about night shifts failed again.</p>"
    )
    page = (
        "<html><head><title>{0} and more of it</title></head><body><article><h1>{0} and more of it</h1>"
        + sentence * 3
        + "</article></body></html>"
    )
    packed = b"".join(
        warc_record(f"https://w.example/{name}", status, page.format(name))
        for status, name in (("200 OK", "One"), ("404 Not Found", "Gone"), ("200 OK", "Two"))
    )
    found = stories(packed)
    assert [(one.headline, one.url) for one in found] == [
        ("One and more of it", "https://w.example/One"),
        ("Two and more of it", "https://w.example/Two"),
    ]
    cut = events(packed[:-200])
    assert cut.events
    assert len(cut.rejects) <= 1


def test_a_gzipped_item_is_what_is_in_it() -> None:
    packed = gzip.compress(G2.encode())
    assert events(packed).kind == "newsml-g2"
    assert events(packed[:-20]).rejects[0].reason == "truncated"
    assert events(gzip.compress(b" " * (SETTINGS.largest_record + 10))).rejects[0].reason == "too-large"


MAIL = "Received: from x.example\nFrom: Ann Lee <ann@x.example>\nTo: desk@x.example\nSubject: The bridge\n story\nMIME-Version: 1.0\n\n"
MAILBOX = "From ann@x.example Fri Apr  5 10:00:00 2024\nFrom: Ann Lee <ann@x.example>\nSubject: The bridge\nDate: Fri, 5 Apr 2024 10:00:00 +0200\n\n"
BLOG = "AUTHOR: Ann Lee\nTITLE: The bridge closes\nSTATUS: Draft\n-----\nBODY:\n"


@pytest.mark.parametrize(
    ("start", "words"), [(MAIL, "mail message"), (MAILBOX, "mail message"), (BLOG, "Movable Type")]
)
def test_text_of_another_kind_is_no_page(start: str, words: str) -> None:
    text = "The bridge closes for the summer, the council of Port Alder said on Tuesday, and it will open again in the autumn."
    refused = refusal(f"{start}{text}\n\n{text}\n")
    assert (refused.reason, words in refused.detail) == ("unknown-format", True)
    assert story(f"From the bridge: a report\n\n{text}\n\n{text}\n").headline == "From the bridge: a report"


def test_drafts_and_what_a_blog_keeps_beside_its_posts_are_left_out() -> None:
    def entry(own: int, more: str) -> str:
        return f"<entry><id>tag:b.example,2026:{own}</id><title>Number {own}</title><updated>2026-05-1{own}T08:00:00Z</updated><content>Words.</content>{more}</entry>"

    entries = (
        entry(1, "<b:type>POST</b:type><b:status>LIVE</b:status>"), entry(2, "<b:type>POST</b:type><b:status>SOFT_TRASHED</b:status>"),
        entry(3, "<b:parent>tag:b.example,2026:1</b:parent><b:type>COMMENT</b:type><b:status>LIVE</b:status>"),
        entry(4, "<b:parent>tag:b.example,2026:1</b:parent><b:type>COMMENT</b:type><b:status>SPAM_COMMENT</b:status>"),
        entry(5, "<a:control><a:draft>yes</a:draft></a:control>"), entry(6, "<a:control><a:draft>no</a:draft></a:control>"),
    )  # fmt: skip
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom' xmlns:a='http://www.w3.org/2007/app' xmlns:b='http://schemas.google.com/blogger/2018'><id>x</id><title>B</title>{''.join(entries)}</feed>"
    read = events(feed)
    assert [(event.data.kind, getattr(event.data, "headline", None)) for event in read.events] == [
        ("article", "Number 1"), ("article", "Number 6"), ("comment", None),
    ]  # fmt: skip
    assert read.events[0].data.article_id == read.events[2].data.article_id
    assert read.left_out == (
        "1 drafts, 1 entries with the status soft_trashed, 1 entries with the status spam_comment",
    )


def test_what_no_format_knows_is_told_what_it_looks_like() -> None:
    assert "keys" not in refusal('{"a": 1}').detail
    assert "(a)" in refusal('{"a": 1}').detail
    assert "can't be read" in refusal('{"a": ').detail
    assert "'shop'" in refusal("<shop><p>Hello</p></shop>").detail
    assert "feeds import" in refusal("<opml><body/></opml>").detail
    assert "conceptItem" in refusal('<conceptItem xmlns="http://iptc.org/std/nar/2006-10-01/"/>').detail


def test_an_item_without_id_or_date_is_known_by_its_headline_and_receipt() -> None:
    content = "<nitf><body><body.head><hedline><hl1>Head</hl1></hedline></body.head><body.content><p>T.</p></body.content></body></nitf>"
    first, second = events(content).events[0], events(content).events[0]
    assert first.data.article_id == second.data.article_id
    assert first.id == second.id
    assert isinstance(first, RawArticleEvent)
    assert first.data.claims[0].scheme == "headline"


def test_text_of_a_feed_that_looks_like_markup_is_text() -> None:
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><title>A</title><id>tag:f.example,2026:1</id>
    <content type="text">If a &lt; b then &lt;p&gt; is a tag &amp;nbsp; here.</content></entry></feed>"""
    (read,) = events(feed).stories
    assert read.paragraphs == ["If a < b then <p> is a tag &nbsp; here."]
    assert read.summary is None


@pytest.mark.parametrize("prefix", ["feedburner", "pheedo"])
def test_an_address_that_a_service_replaced_is_the_story_s(prefix: str) -> None:
    spaces = {
        "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
        "pheedo": "http://www.pheedo.com/namespace/pheedo",
    }
    feed = f"""<rss version="2.0" xmlns:{prefix}="{spaces[prefix]}"><channel><title>F</title><item><title>A</title><link>https://service.example/~3/1</link>
    <{prefix}:origLink>https://paper.example/a?id=1&amp;section=2</{prefix}:origLink></item></channel></rss>"""
    (read,) = events(feed).stories
    assert read.url == "https://paper.example/a?id=1&section=2"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026/03/02 10:00:00 UTC", "2026-03-02T10:00:00+00:00"), ("2026-03-02 10:00:00 +0100 CET", "2026-03-02T09:00:00+00:00"), ("20260302T100000Z", "2026-03-02T10:00:00+00:00"),
        ("2026-03-02 10:00:00 +0100", "2026-03-02T09:00:00+00:00"), ("2026-03-02T10:00:00.5+01:00", "2026-03-02T09:00:00+00:00"), ("2026年3月2日 10:00", "2026-03-02T10:00:00+00:00"),
        ("Mon, 2 Mar 26 10:00:00 GMT", "2026-03-02T10:00:00+00:00"),
    ],
)  # fmt: skip
def test_a_year_first_in_a_feed_costs_no_month_and_no_hour(written: str, moment: str) -> None:
    for feed in (
        f"<rss version='2.0'><channel><item><title>A</title><link>https://paper.example/1</link><pubDate>{written}</pubDate></item></channel></rss>",
        f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A</title><id>https://paper.example/1</id><published>{written}</published></entry></feed>",
    ):
        (row,) = preview_item(events(feed), SETTINGS)
        assert (
            datetime.fromisoformat(row["normalized"]["published"]["utc"]).replace(microsecond=0).isoformat() == moment
        )


NOTICES = ["<br />\n<b>Warning</b>: Undefined variable in <b>/www/rss.php</b> on line <b>2</b><br />\n", "Notice: cache miss\n\n", "<!-- x -->\nDeprecated: each()\n"]  # fmt: skip


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize("charset", [None, "utf-8"])
def test_a_feed_or_sitemap_after_a_server_s_notices(notice: str, charset: str | None) -> None:
    feed = f'{notice}<?xml version="1.0" encoding="UTF-8"?>\n<!-- c -->\n<rss version="2.0"><channel><item><title>Übung</title><link>https://paper.example/1</link></item></channel></rss>'
    news = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    sitemap = f'{notice}<?xml version="1.0"?><urlset {news}><url><loc>https://paper.example/1</loc><news:news><news:title>Übung</news:title></news:news></url></urlset>'
    for content, kind in ((feed, "feed"), (sitemap, "news sitemap")):
        read = read_item(Item(content.encode(), "f", charset=charset), Hints(), SETTINGS)
        assert (read.kind, [one.headline for one in read.stories]) == (kind, ["Übung"])


def test_a_page_about_feeds_is_a_page() -> None:
    shown = '<textarea><?xml version="1.0"?><rss version="2.0"><channel><item><title>No</title></item></channel></rss></textarea>'
    for start in ("<!DOCTYPE html>", "<html><body>", "\n<head><title>x</title></head>"):
        assert without_notices((start + shown).encode()) == (start + shown).encode()


def test_a_feed_that_tells_of_exports_is_a_feed() -> None:
    feed = "<rss version='2.0'><channel><item><title>A</title><link>https://paper.example/1</link><description>See http://wordpress.org/export/1.2/ for it.</description></item></channel></rss>"
    assert events(feed).kind == "feed"
