"""A time that is none is absent, and the next source of the same time is asked, in every format."""

from __future__ import annotations

import json

import pytest

from tests.support.samples import story

ZERO, TIME = "0001-01-01T00:00:00Z", "2026-05-18T10:00:00Z"
G2 = '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:a"><itemMeta><itemClass qcode="ninat:text"/>{}</itemMeta><contentMeta>{}<headline>H</headline></contentMeta></newsItem>'
NITF = '<nitf><head><docdata><doc-id id-string="n"/><date.issue norm="{}"/></docdata>{}</head><body><body.head><hedline><hl1>H</hl1></hedline>{}</body.head><body.content><p>T.</p></body.content></body></nitf>'
RSS = '<rss version="2.0" xmlns:dcterms="http://purl.org/dc/terms/"><channel><title>W</title><item><title>H</title><guid>urn:r:1</guid>{}</item></channel></rss>'
TEXT = (
    "<p>" + "The council voted to close the old swing bridge for repairs that will last until the autumn. " * 3 + "</p>"
)
PAGE = (
    "<!DOCTYPE html><html><head><title>Bridge shut</title>{}</head><body><article><h1>Bridge shut</h1>"
    + TEXT * 2
    + "</article></body></html>"
)


@pytest.mark.parametrize(
    "content",
    [
        G2.format(f"<firstCreated>{ZERO}</firstCreated>", f"<contentCreated>{TIME}</contentCreated>"),
        NITF.format("00000000T000000Z", "", f'<dateline><story.date norm="{TIME}">May 18</story.date></dateline>'),
        json.dumps({"uri": "urn:n", "headline": "H", "body_text": "T.", "firstcreated": ZERO, "contentcreated": TIME}),
        RSS.format(f"<pubDate>Mon, 30 Nov -0001 00:00:00 +0000</pubDate><dcterms:created>{TIME}</dcterms:created>"),
        PAGE.format(f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Bridge shut", "datePublished": "{ZERO}"}}</script><meta property="article:published_time" content="{TIME}">'),
    ],
)  # fmt: skip
def test_the_next_source_of_the_time_of_publication(content: str) -> None:
    assert story(content).published in (TIME, "2026-05-18T10:00:00+00:00")


@pytest.mark.parametrize(
    "content",
    [
        G2.format(f"<versionCreated>{ZERO}</versionCreated>", f"<contentModified>{TIME}</contentModified>"),
        NITF.format(TIME, '<revision-history norm="00000000T000000Z"/>', ""),
        PAGE.format(f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Bridge shut", "dateModified": "{ZERO}"}}</script><meta property="article:modified_time" content="{TIME}">'),
    ],
)  # fmt: skip
def test_the_next_source_of_the_time_of_modification(content: str) -> None:
    assert story(content).modified == TIME


def test_the_year_1_of_a_feed_is_not_2001() -> None:
    assert story(RSS.format("<pubDate>Mon, 01 Jan 0001 00:00:00 GMT</pubDate>")).published is None


def test_a_zone_whose_name_ends_in_z_is_no_utc() -> None:
    assert (
        story(RSS.format("<pubDate>Tue, 19 May 2026 10:00:00 MESZ</pubDate>")).published
        == "Tue, 19 May 2026 10:00:00 MESZ"
    )


def test_a_page_that_says_only_when_it_was_modified_has_no_other_day() -> None:
    assert story(PAGE.format(f'<meta property="article:modified_time" content="{TIME}">')).published is None
