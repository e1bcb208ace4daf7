"""Each wire format by its specification, on items of our own: what it yields, and what it refuses and why."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from pipeline.formats.items import State
from pipeline.push.docs import EXAMPLES
from tests.support.samples import G2, NEWSML, events, newsml, refusal, stories, story


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (name, example if isinstance(example, str) else json.dumps(example))
        for name, (_, example) in (EXAMPLES["/v1/items"] | EXAMPLES["/v1/comments"]).items()
    ],
)
def test_the_examples_of_the_ingest_api_are_of_the_formats_that_they_name(name: str, content: str) -> None:
    read = events(content)
    assert read.kind == {"newsml 1.2": "newsml 1", "atom": "feed"}.get(name, name)
    assert read.reject is None
    assert read.events


# ninjs


def test_ninjs_1_with_all_that_it_can_say() -> None:
    found = story(
        json.dumps(
            {
                "uri": "urn:wire:1", "type": "text", "version": "3", "versioncreated": "2026-03-14T08:20:00+02:00",
                "firstcreated": "2026-03-14T05:00:00Z", "embargoed": "2026-03-15T00:00:00Z", "pubstatus": "usable",
                "urgency": 2, "language": "en", "headline": "A &amp; B <b>meet</b>", "byline": "Ann Lee",
                "slugline": "meeting", "located": "Bern", "description_text": "They met.",
                "body_xhtml": "<p>First.</p><script>alert(1)</script><p onclick='x()'>Second<br><br>Third.</p>",
                "copyrightholder": "Wire", "copyrightnotice": "(c) Wire", "usageterms": "No archive",
                "person": [{"name": "Ann Lee", "rel": "mentions", "code": "Q1", "scheme": "wd"}],
                "place": [{"name": "Bern"}], "organisation": [{"name": "Wire AG"}],
                "subject": [{"code": "20000533", "scheme": "http://cv.iptc.org/newscodes/mediatopic/", "name": "strike"},
                            {"code": "medtop:11000000"}],
                "infosource": [{"name": "Source"}], "ednote": "CORRECTS the year",
                "associations": {"photo": {"uri": "urn:p:1", "type": "picture", "headline": "Bern", "byline": "Cam",
                    "renditions": {"s": {"href": "https://p.example/s.jpg", "width": 10, "mimetype": "image/jpeg"},
                                   "l": {"href": "https://p.example/l.jpg", "width": 900, "mimetype": "image/jpeg"}}},
                    "more": {"uri": "urn:wire:0", "type": "text", "headline": "Before"}},
            }
        )
    )  # fmt: skip
    assert (found.headline, found.byline, found.slug, found.dateline) == ("A & B meet", "Ann Lee", "meeting", "Bern")
    assert found.paragraphs == ["First.", "Second", "Third."]
    assert found.body_html is not None
    assert "script" not in found.body_html
    assert "onclick" not in found.body_html
    assert (found.guid, found.version, found.urgency, found.embargo_until) == (
        "urn:wire:1",
        3,
        2,
        "2026-03-15T00:00:00Z",
    )
    assert [(one.code, one.name) for one in found.subjects] == [
        ("medtop:20000533", "strike"),
        ("medtop:11000000", "politics and government"),
    ]
    assert {(one.kind, one.name) for one in found.named} == {
        ("person", "Ann Lee"), ("place", "Bern"), ("organisation", "Wire AG"),
    }  # fmt: skip
    assert [(p.url, p.caption, p.credit) for p in found.pictures] == [("https://p.example/l.jpg", "Bern", "Cam")]
    assert [(link.url, link.title) for link in found.links] == [("urn:wire:0", "Before")]
    assert (found.rights_holder, found.rights, found.usage_terms, found.credit) == (
        "Wire",
        "(c) Wire",
        "No archive",
        "Source",
    )
    assert found.corrected
    assert found.correction_note == "CORRECTS the year"


def test_ninjs_2_and_3_say_the_same_in_lists_and_camel_case() -> None:
    found = story(
        json.dumps(
            {
                "uri": "urn:wire:2", "versionCreated": "2026-03-14T08:20:00Z", "pubStatus": "withheld",
                "headlines": [{"role": "sub", "value": "Under"}, {"role": "main", "value": "Over"}],
                "bodies": [{"contentType": "text/plain", "value": "One.\n\nTwo."}],
                "people": [{"name": "Bo"}], "subjects": [{"literal": "x:ports"}], "usageTerms": "None", "by": "Bo Li",
                "embargoedUntil": "2026-03-20T08:00:00Z",
                "places": [{"name": "Oslo", "geoJSON": {"type": "Feature", "geometry": {"type": "Point", "coordinates": [10.75, 59.91]}}}],
                "associations": [{"name": "main", "type": "picture", "by": "Cam", "renditions": [{"href": "https://p.example/1.jpg"}]}],
            }
        )
    )  # fmt: skip
    assert found.embargo_until == "2026-03-20T08:00:00Z"
    assert found.pictures[0].credit == "Cam"
    assert [(one.name, one.latitude, one.longitude) for one in found.named if one.kind == "place"] == [
        ("Oslo", 59.91, 10.75)
    ]
    assert found.subjects[0].name == "x:ports"
    assert (found.headline, found.paragraphs, found.byline) == ("Over", ["One.", "Two."], "Bo Li")
    assert found.state is State.WITHHELD
    assert found.modified == "2026-03-14T08:20:00Z"


@pytest.mark.parametrize(
    ("change", "reason", "names"),
    [
        ({"uri": 7}, "invalid", "uri"),
        ({"headline": ["x"]}, "invalid", "headline"),
        ({"version": 1.5}, "invalid", "version"),
        ({"person": "Ann"}, "invalid", "person"),
        ({"person": ["Ann"]}, "invalid", "person[0]"),
        ({"type": "poem"}, "invalid", "poem"),
        ({"urgency": 11}, "invalid", "urgency"),
        ({"pubstatus": "maybe"}, "bad-status", "maybe"),
        ({"type": "planning"}, "no-story", "planning"),
    ],
)
def test_ninjs_that_is_wrong_is_refused_by_the_name_of_the_property(
    change: dict[str, Any], reason: str, names: str
) -> None:
    reject = refusal(json.dumps({"uri": "urn:1", "headline": "H", "body_text": "T"} | change))
    assert reject.reason == reason
    assert names in reject.detail


def test_a_list_of_ninjs_is_taken_item_by_item() -> None:
    good, bad = {"uri": "urn:1", "headline": "One"}, {"uri": "urn:2", "headline": "Two", "urgency": "high"}
    read = events(json.dumps([good, bad, good | {"uri": "urn:3"}]))
    assert [event.data.headline for event in read.events] == ["One", "One"]  # type: ignore[union-attr]
    assert [reject.detail[:6] for reject in read.rejects] == ["item 2"]
    first = read.events[0].data
    assert json.loads(gzip.decompress(first.original.gzip))["uri"] == "urn:1", "each keeps its own part"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"uri": "urn:wire:9", "pubstatus": "canceled", "versioncreated": "2026-03-14T08:00:00Z"}),
        """<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:wire:9"><itemMeta><versionCreated>2026-03-14T08:00:00Z</versionCreated><pubStatus qcode="stat:canceled"/></itemMeta></newsItem>""",
        """<nitf><head><docdata management-status="canceled"><doc-id id-string="urn:wire:9"/></docdata></head><body/></nitf>""",
    ],
)
def test_a_cancelled_item_is_a_kill(content: str) -> None:
    read = events(content, provider="wire")
    (event,) = read.events
    assert event.type == "article.withdrawn"
    live = events(json.dumps({"uri": "urn:wire:9", "headline": "H"}), provider="wire").events[0]
    assert event.data.article_id == live.data.article_id, "of the same story"


# NewsML-G2


def test_a_g2_message_of_text_picture_and_package() -> None:
    text, picture, package = stories(G2)
    assert (text.guid, text.version, text.headline, text.slug, text.byline) == (
        "urn:a",
        4,
        "Main & true",
        "OSLO",
        "By Ann Lee",
    )
    assert text.paragraphs == ["Inside", "One two.", "a | b"]
    assert text.body_html is not None
    assert "javascript" not in text.body_html
    assert [(one.code, one.name) for one in text.subjects] == [("medtop:20000533", "strike")]
    assert {(one.kind, one.name) for one in text.named} == {("person", "Ann Lee"), ("place", "Oslo")}
    assert (text.embargo_until, text.urgency, text.genre) == ("2026-03-16T00:00:00Z", 3, "Analysis")
    assert text.corrected
    assert [(hop.party, hop.action) for hop in text.hops] == [("Reuters", "sent")]
    assert (text.rights_holder, text.usage_terms, text.summary) == ("Wire", "Web only", "Short.")
    assert picture.pictures[0].url == "https://p.example/big.jpg"
    assert (picture.genre, picture.paragraphs, picture.pictures[0].credit) == ("picture", ["The harbour."], "Cam")
    assert [(link.url, link.rel) for link in package.links] == [("urn:a", "item")]
    assert text.original is not None
    assert b"urn:b" not in text.original


def test_an_embargo_without_an_end_is_withheld() -> None:
    found = story(
        '<newsItem guid="urn:a"><itemMeta><embargoed/></itemMeta><contentMeta><headline>H</headline></contentMeta></newsItem>'
    )
    assert found.state is State.EMBARGOED


def test_a_subject_without_a_name_has_that_of_the_assert() -> None:
    found = story(
        '<newsItem guid="urn:a"><contentMeta><headline>H</headline><subject qcode="N2:NO"/><located qcode="city:osl"><name>Oslo</name>'
        '<geoAreaDetails><position latitude="59.91" longitude="10.75"/></geoAreaDetails></located></contentMeta>'
        '<assert qcode="N2:NO"><name>Norway</name></assert></newsItem>'
    )
    assert [(one.code, one.name) for one in found.subjects] == [("N2:NO", "Norway")]
    assert [(one.name, one.latitude) for one in found.named] == [("Oslo", 59.91)]


# NewsML 1.2


def test_newsml_1_with_several_items() -> None:
    first, second = stories(NEWSML.format(items=newsml("a1") + newsml("b2")))
    assert (first.headline, second.headline) == ("Head a1", "Head b2")
    assert first.paragraphs == ["One.", "Two."]
    assert (first.byline, first.dateline, first.language, first.urgency, first.topics) == (
        "Ann Lee",
        "Oslo",
        "en",
        4,
        ["port"],
    )
    assert first.subjects[0].code == "subj:04011002"
    assert first.pictures[0].url == "https://p.example/1.jpg"


def test_revisions_of_a_newsml_1_item_are_one_article() -> None:
    ids = {events(NEWSML.format(items=newsml("a1", n))).events[0].data.article_id for n in (1, 2, 3)}
    assert len(ids) == 1


def test_a_newsml_1_item_that_will_be_usable_is_embargoed_until_then() -> None:
    more = '<StatusWillChange><FutureStatus FormalName="Usable"/><DateAndTime>20260401T060000Z</DateAndTime></StatusWillChange>'
    assert story(NEWSML.format(items=newsml("a", status="Embargoed", more=more))).embargo_until == "20260401T060000Z"
    assert story(NEWSML.format(items=newsml("a", status="Embargoed"))).state is State.EMBARGOED


# NITF


def test_nitf_with_its_docdata() -> None:
    found = story(
        """<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd"><nitf><head><title>T</title><tobject tobject.type="news"><tobject.subject tobject.subject.refnum="04016007" tobject.subject.detail="bankruptcy"/></tobject>
        <docdata><correction info="The sum was wrong." id-string="x"/><urgency ed-urg="2"/><doc-id id-string="w.1"/><date.issue norm="20260314T082000Z"/><date.release norm="20260315T000000Z"/><date.expire norm="20270101T000000Z"/>
        <doc.copyright year="2026" holder="Wire"/><key-list><keyword key="port"/></key-list><du-key version="2"/><ed-msg info="Eds: note"/></docdata></head>
        <body xml:lang="en"><body.head><hedline><hl1>Main</hl1><hl2>Sub</hl2></hedline><byline>By <person>Ann Lee</person><byttl>Wire Writer</byttl></byline><dateline><location>Oslo</location><story.date>March 14</story.date></dateline><abstract><p>Short.</p></abstract></body.head>
        <body.content><block><p>One <person>Bo</person>.</p></block><media media-type="image"><media-reference source="https://p.example/1.jpg"/><media-caption>Port</media-caption><media-producer>Cam</media-producer></media><hl2>More</hl2><p>Two&nbsp;three.</p></body.content></body></nitf>"""
    )
    assert (found.headline, found.byline, found.dateline, found.summary) == ("Main", "By Ann Lee", "Oslo", "Short.")
    assert found.paragraphs == ["One Bo.", "More", "Two three."]
    assert (found.embargo_until, found.expires, found.version) == ("20260315T000000Z", "20270101T000000Z", 2)
    assert found.corrected
    assert found.correction_note == "The sum was wrong."
    assert [(one.code, one.name) for one in found.subjects] == [("subj:04016007", "bankruptcy")]
    assert [(p.url, p.caption, p.credit) for p in found.pictures] == [("https://p.example/1.jpg", "Port", "Cam")]


@pytest.mark.parametrize(
    ("docdata", "slug"),
    [
        ('<fixture fix-id="WX"/><du-key key="Harbour-Strike"/>', "Harbour-Strike"),
        ('<fixture fix-id="WX"/><du-key key="580001T"/>', "WX"),
        ('<du-key key="580001T"/>', "580001T"),
    ],
)
def test_the_slug_of_nitf_is_the_key_that_is_in_words(docdata: str, slug: str) -> None:
    found = story(
        f"""<nitf><head><docdata>{docdata}<doc-id id-string="w.1" regsrc="Wire"/><identified-content><location><city>Oslo</city><country>Norway</country></location></identified-content></docdata></head>
        <body><body.head><hedline><hl1>Main</hl1></hedline></body.head><body.content><p>One.</p></body.content></body></nitf>"""
    )
    assert found.slug == slug
    assert found.sender == "Wire"
    assert [one.name for one in found.named] == ["Oslo, Norway"]
