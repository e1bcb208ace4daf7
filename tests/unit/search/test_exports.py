"""Searches and articles in other formats: read back by readers of these formats, and safe whatever is in the text."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import feedparser
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.formats import newsml_g2 as g2_reader
from pipeline.formats import ninjs as ninjs_reader
from pipeline.formats import nitf as nitf_reader
from pipeline.formats.items import Item, Story
from pipeline.search.exports import feeds, json_ld, newsml_g2, ninjs, nitf, tables
from tests.conftest import SHARED

SCHEMA = SHARED / "iptc" / "ninjs_schemas" / "ninjs-schema_3.0.json"
BASE = "https://search.example/"
ARTICLE: dict[str, Any] = {
    "article_id": "6c1f2c0e-0000-4000-8000-000000000000", "headline": "Ferry crews <walk> out & away", "summary": "In short.",
    "body": "First paragraph.\n\nSecond “paragraph”.", "byline": "By Ingrid Solberg", "authors": ["Ingrid Solberg"],
    "dateline": "Varnholm", "section": "Business", "topics": ["ferries", "strikes"], "language": "en", "urgency": 3,
    "published": "2026-03-14T08:20:00+00:00", "modified": "2026-03-14T09:20:00.123000+00:00", "shown_at": "2026-03-14T08:20:00+00:00",
    "url": "https://news.example/ferries?a=1&b=2", "publisher": "herald.example", "people": ["Ann Lee"], "places": ["Varnholm"],
    "organisations": ["Port Authority"], "media_topics": [{"code": "medtop:20000533", "name": "strike"}], "slug": "ferries",
    "pictures": [{"url": "https://news.example/a.jpg", "caption": "A ferry", "credit": "Lena"}, {"url": "javascript:alert(1)"}],
    "rights_holder": "The Herald", "rights": "© The Herald", "usage_terms": "No archive.", "genre": "Current", "credit": "Herald",
    "correction_note": "The time was wrong.", "revision": {"version": 4, "modified": "2026-03-14T09:20:00+00:00"}, "words": 4,
    "body_html": "<p>First paragraph.</p><p>Second “paragraph”.</p>",
}  # fmt: skip
BARE = {"article_id": "6c1f2c0e-0000-4000-8000-000000000001", "headline": "H"}


def g2_story(document: dict[str, Any]) -> Story:
    (found,) = g2_reader.read(Item(newsml_g2.news_item(document), "x"))
    assert isinstance(found, Story)
    return found


def ninjs_story(document: dict[str, Any]) -> Story:
    (found,) = ninjs_reader.read(Item(json.dumps(ninjs.ninjs(document)).encode(), "x"))
    assert isinstance(found, Story)
    return found


def nitf_story(document: dict[str, Any]) -> Story:
    return nitf_reader.read(Item(nitf.nitf(document), "x"))


@pytest.mark.parametrize("read", [g2_story, ninjs_story, nitf_story])
def test_what_is_written_is_read_back(read: Any) -> None:
    story = read(ARTICLE)
    assert story.headline == ARTICLE["headline"]
    assert "\n\n".join(story.paragraphs) == ARTICLE["body"]
    assert "Ingrid Solberg" in (story.byline or "")
    assert story.summary == "In short."
    assert (story.urgency, story.language) == (3, "en")
    assert [one.url for one in story.pictures] in ([], ["https://news.example/a.jpg"])
    assert read(BARE).headline == "H"


@pytest.mark.skipif(not SCHEMA.is_file(), reason="the schema is not beside this checkout")
@pytest.mark.parametrize("document", [ARTICLE, BARE])
def test_ninjs_is_valid_by_its_schema(document: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(ninjs.ninjs(document))


def test_newsml_g2_has_its_parts_in_the_order_of_the_standard() -> None:
    item = etree.fromstring(newsml_g2.news_item(ARTICLE))
    names = [etree.QName(one).localname for one in item]
    assert names == ["catalogRef", "rightsInfo", "itemMeta", "contentMeta", "contentSet"]
    assert item.get("version") == "4"
    meta = item.find("{*}itemMeta")
    assert meta is not None
    assert [etree.QName(one).localname for one in meta] == ["itemClass", "provider", "versionCreated", "firstCreated", "pubStatus", "edNote"]  # fmt: skip


def test_json_ld_is_a_news_article() -> None:
    made = json_ld.news_article(ARTICLE, BASE)
    assert (made["@type"], made["headline"], made["datePublished"]) == (
        "NewsArticle",
        ARTICLE["headline"],
        ARTICLE["published"],
    )
    assert [one["url"] for one in made["image"]] == ["https://news.example/a.jpg"]
    assert made["mainEntityOfPage"] == "https://search.example/articles/6c1f2c0e-0000-4000-8000-000000000000"
    assert json_ld.news_article({**ARTICLE, "url": "javascript:alert(1)"}, BASE)["url"] == made["mainEntityOfPage"]


def test_feeds_are_read_by_feed_readers() -> None:
    own = f"{BASE}v1/articles?q=a&format=atom"
    read = feedparser.parse(feeds.atom([ARTICLE, BARE], "Dateline: a", own, BASE))
    assert not read.bozo
    assert [one.title for one in read.entries] == ["Ferry crews <walk> out & away", "H"]
    assert read.entries[0].id == "urn:uuid:6c1f2c0e-0000-4000-8000-000000000000"
    assert read.entries[0].updated == ARTICLE["modified"]
    assert [one["term"] for one in read.entries[0].tags] == ["Business", "ferries", "strikes"]
    made = feeds.json_feed([ARTICLE], "t", own, BASE, f"{own}&cursor=x")
    assert (made["version"], made["next_url"]) == ("https://jsonfeed.org/version/1.1", f"{own}&cursor=x")
    assert made["items"][0]["content_text"] == ARTICLE["body"]
    assert not feedparser.parse(feeds.atom([], "t", own, BASE)).bozo
    illustrated = ARTICLE | {"pictures": [{"url": "https://img.example/ferry.jpg?w=9", "caption": "A <ferry>"}, {"url": "https://img.example/2"}, {"url": "javascript:x"}]}  # fmt: skip
    assert (
        feeds.json_feed([illustrated], "t", own, BASE, None)["items"][0]["image"] == "https://img.example/ferry.jpg?w=9"
    )
    enclosures = feedparser.parse(feeds.atom([illustrated], "t", own, BASE)).entries[0].enclosures
    assert [(one["href"], one["type"]) for one in enclosures] == [("https://img.example/ferry.jpg?w=9", "image/jpeg"), ("https://img.example/2", "image/*")]  # fmt: skip


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8") | st.sampled_from("\x00\x01\ufffe\ufdd0<&]\x85"), max_size=20))
def test_no_text_makes_a_format_fail(text: str) -> None:
    document = {"article_id": "a", "headline": text, "body": text, "byline": text, "publisher": text or "p", "authors": [text], "topics": [text], "language": text, "dateline": text}  # fmt: skip
    for xml in (newsml_g2.news_item(document), nitf.nitf(document), feeds.atom([document], text, text, text)):
        etree.fromstring(xml)
    json.dumps(
        [
            ninjs.ninjs(document),
            json_ld.news_article(document, BASE),
            feeds.json_feed([document], text, text, BASE, None),
        ]
    )
    rows = list(csv.reader(io.StringIO("".join(tables.csv_rows([document])), newline="")))
    assert len(rows) == 2
    assert all(len(row) == len(tables.COLUMNS) for row in rows)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1"])
def test_a_text_is_never_a_formula(text: str) -> None:
    document = {"article_id": "a", "headline": text, "authors": [text]}
    (_, row) = csv.reader(io.StringIO("".join(tables.csv_rows([document], ("headline", "authors"))), newline=""))
    assert row == [f"'{text}", f"'{text}"]


def test_columns_may_be_inside_of_others_and_numbers_stay_numbers() -> None:
    document = {"sentiment": {"score": -0.5}, "media_topics": [{"code": "a"}, {"code": "b"}], "words": 3}
    text = "".join(tables.csv_rows([document], ("sentiment.score", "media_topics.code", "words", "nothing.x")))
    assert text.splitlines()[1] == "-0.5,a; b,3,"
    assert b"".join(tables.ndjson_rows([{"a": 1}, {"a": 2}])) == b'{"a":1}\n{"a":2}\n'
