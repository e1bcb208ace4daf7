"""Each format by its specification, on items of our own: what it yields, and what it refuses and why."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from pipeline.errors import Reject
from pipeline.producers.events import Said
from pipeline.producers.formats import detect
from pipeline.producers.intake import Read, read_item
from pipeline.producers.items import CommentState, Discussion, Item, State, Story
from pipeline.producers.push_docs import EXAMPLES
from pipeline.settings import Settings
from schemas.comment import ReceivedComment
from schemas.events import RawArticleEvent

SETTINGS = Settings(_env_file=None)


def stories(content: bytes | str) -> list[Story]:
    item = Item(content.encode() if isinstance(content, str) else content, "test")
    return [one for one in detect(item).read(item) if isinstance(one, Story)]


def story(content: bytes | str) -> Story:
    (only,) = stories(content)
    return only


def refusal(content: bytes | str) -> Reject:
    read = events(content)
    assert not read.events
    assert read.reject is not None
    return read.reject


def events(content: bytes | str, **said: Any) -> Read:
    item = Item(content.encode() if isinstance(content, str) else content, "test")
    return read_item(item, Said(**said), SETTINGS, datetime(2026, 3, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (name, example if isinstance(example, str) else json.dumps(example))
        for name, (_, example) in (EXAMPLES["/v1/items"] | EXAMPLES["/v1/comments"]).items()
    ],
)
def test_the_examples_of_the_push_door_are_what_they_say(name: str, content: str) -> None:
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

G2 = """<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header/><itemSet>
<newsItem guid="urn:a" version="4" xml:lang="en"><catalog><scheme alias="mt" uri="http://cv.iptc.org/newscodes/mediatopic/"/></catalog>
<rightsInfo><copyrightHolder literal="Wire"/><usageTerms>Web only</usageTerms></rightsInfo>
<itemMeta><itemClass qcode="ninat:text"/><provider literal="Wire"/><versionCreated>2026-03-14T08:20:00-05:00</versionCreated>
<firstCreated>2026-03-14T08:00:00-05:00</firstCreated><embargoed>2026-03-16T00:00:00Z</embargoed><pubStatus qcode="stat:usable"/>
<edNote>Adds quote</edNote><signal qcode="sig:correction"/><link rel="irel:seeAlso" href="https://w.example/x"><title>X</title></link></itemMeta>
<hopHistory><hop seq="1"><party literal="Reuters"/><action qcode="ha:sent" timestamp="2026-03-14T07:00:00Z"/></hop></hopHistory>
<contentMeta><urgency>3</urgency><located type="cptype:city"><name>Oslo</name></located><by>By Ann Lee</by><dateline>OSLO (Wire)</dateline>
<headline role="hld:sub">Sub</headline><headline role="hld:main">Main &amp; true</headline><slugline>OSLO</slugline><genre qcode="genre:Analysis"><name>Analysis</name></genre>
<subject type="cpnat:abstract" qcode="mt:20000533"><name xml:lang="en">strike</name></subject><subject type="cpnat:person" qcode="p:1"><name>Ann Lee</name></subject>
<description role="drol:summary">Short.</description></contentMeta>
<contentSet><inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><head><title>No</title></head><body><h2>Inside</h2><p>One <a href="javascript:x">two</a>.</p><table><tr><td>a</td><td>b</td></tr></table></body></html></inlineXML></contentSet></newsItem>
<newsItem guid="urn:b"><itemMeta><itemClass qcode="ninat:picture"/></itemMeta><contentMeta><headline>Harbour</headline><creditline>Cam</creditline><description role="drol:caption">The harbour.</description></contentMeta>
<contentSet><remoteContent href="https://p.example/small.jpg" contenttype="image/jpeg" width="100"/><remoteContent href="https://p.example/big.jpg" contenttype="image/jpeg" width="2000"/></contentSet></newsItem>
<packageItem guid="urn:c"><itemMeta><title>Top</title></itemMeta><groupSet root="r"><group id="r" role="g:top"><itemRef residref="urn:a"><title>Main</title></itemRef></group></groupSet></packageItem>
<conceptItem guid="urn:d"/></itemSet></newsMessage>"""


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
    assert found.state is State.WITHHELD


def test_a_subject_without_a_name_has_that_of_the_assert() -> None:
    found = story(
        '<newsItem guid="urn:a"><contentMeta><headline>H</headline><subject qcode="N2:NO"/><located qcode="city:osl"><name>Oslo</name>'
        '<geoAreaDetails><position latitude="59.91" longitude="10.75"/></geoAreaDetails></located></contentMeta>'
        '<assert qcode="N2:NO"><name>Norway</name></assert></newsItem>'
    )
    assert [(one.code, one.name) for one in found.subjects] == [("N2:NO", "Norway")]
    assert [(one.name, one.latitude) for one in found.named] == [("Oslo", 59.91)]


# NewsML 1.2

NEWSML = """<NewsML>{items}</NewsML>"""
NEWSML_ITEM = """<NewsItem><Identification><NewsIdentifier><ProviderId>wire.example</ProviderId><DateId>20260314</DateId><NewsItemId>{own}</NewsItemId>
<RevisionId PreviousRevision="0" Update="N">{revision}</RevisionId><PublicIdentifier>urn:newsml:wire.example:20260314:{own}:{revision}</PublicIdentifier></NewsIdentifier></Identification>
<NewsManagement><FirstCreated>20260314T082000+0200</FirstCreated><ThisRevisionCreated>20260314T092000+0200</ThisRevisionCreated><Status FormalName="{status}"/>{more}<Urgency FormalName="4"/></NewsManagement>
<NewsComponent><NewsLines><HeadLine>Head {own}</HeadLine><ByLine>Ann Lee</ByLine><DateLine>Oslo</DateLine><KeywordLine>port</KeywordLine></NewsLines>
<DescriptiveMetadata><Language FormalName="en"/><SubjectCode><SubjectDetail FormalName="04011002"/></SubjectCode><Location><Property FormalName="City" Value="Oslo"/></Location></DescriptiveMetadata>
<NewsComponent><Role FormalName="Main"/><ContentItem><MediaType FormalName="Text"/><DataContent><nitf><body><body.content><p>One.</p><p>Two.</p></body.content></body></nitf></DataContent></ContentItem></NewsComponent>
<NewsComponent><Role FormalName="Caption"/><ContentItem Href="https://p.example/1.jpg"><MediaType FormalName="Photo"/></ContentItem></NewsComponent></NewsComponent></NewsItem>"""


def _newsml(own: str, revision: int = 1, status: str = "Usable", more: str = "") -> str:
    return NEWSML_ITEM.format(own=own, revision=revision, status=status, more=more)


def test_newsml_1_with_several_items() -> None:
    first, second = stories(NEWSML.format(items=_newsml("a1") + _newsml("b2")))
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
    ids = {events(NEWSML.format(items=_newsml("a1", n))).events[0].data.article_id for n in (1, 2, 3)}
    assert len(ids) == 1


def test_a_newsml_1_item_that_will_be_usable_is_embargoed_until_then() -> None:
    more = '<StatusWillChange><FutureStatus FormalName="Usable"/><DateAndTime>20260401T060000Z</DateAndTime></StatusWillChange>'
    assert story(NEWSML.format(items=_newsml("a", status="Embargoed", more=more))).embargo_until == "20260401T060000Z"
    assert story(NEWSML.format(items=_newsml("a", status="Embargoed"))).state is State.WITHHELD


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


# Text wires


def test_iptc_7901() -> None:
    found = story(
        b"\x01wnr0012 2 i 211  wnr 061\r\n\nHarbour-strike/\r\n\x02Ferry crews walk out =\r\n\n"
        b"   Varnholm (wnr) - Ferry crews walked out on Saturday after their\r\ntalks with the port authority failed.\r\n\n"
        b'   "We are tired," said Martin Aaberg of the union, which has four\r\nhundred members.\r\n\x03\r\n140820 mar 26\r\n\x04'
    )
    assert (found.headline, found.slug, found.urgency) == ("Ferry crews walk out", "Harbour-strike", 2)
    assert found.dateline == "Varnholm"
    assert [row[:20] for row in found.paragraphs] == ["Varnholm (wnr) - Fer", '"We are tired," said']
    assert found.published == "2026-03-14T08:20:00+0000"


def test_anpa_1312() -> None:
    found = story(
        b"\x16\x16\x01a0127\x1f_-----\r\nu i\x13\x11 BC-EU--Harbour Strike 2ndLd-Writethru   03-14 0211\r\n\x02^BC-EU--Harbour Strike, 2nd Ld-Writethru,120<\r\n"
        b"^Ferry crews walk out at Varnholm<\r\n^Eds: CORRECTS the number of ferries.<\r\n^By ANN LEE=\r\n^Associated Writer=\r\n"
        b"\t   VARNHOLM (WN) _ Ferry crews walked out.\r\n\t   Three of nine ferries sail.\r\n\x03\r\nWN-03-14-26 0820GMT<\r\n\x04"
    )
    assert (found.headline, found.byline, found.take, found.version) == (
        "Ferry crews walk out at Varnholm", "By ANN LEE", "2ndLd", 2,
    )  # fmt: skip
    assert found.paragraphs == ["VARNHOLM (WN) — Ferry crews walked out.", "Three of nine ferries sail."]
    assert found.published == "2026-03-14T08:20:00+0000"
    assert found.urgency == 3
    assert found.corrected


def test_anpa_1312_of_a_desk_that_marks_no_lines() -> None:
    found = story(
        b"\x16\x16\x01a0127\x1fabcde\r\nu i\x13\x11 BC-EU--HarbourStrike 2ndLd-Writethru   03-14 0211\r\n\x02BC-EU--Harbour Strike, 2nd Ld-Writethru,120\r\n"
        b"Ferry crews walk out at Varnholm\r\nEds: UPDATES with quotes.\r\nBy ANN LEE\r\nAssociated Wire Writer\r\n"
        b"\t   VARNHOLM (WN) _ Ferry crews walked out.\r\n\t   ``At last,'' they said.\r\n\x03WN-03-14-26 0820GMT\r\n\x04"
    )
    assert (found.headline, found.byline, found.editor_note) == (
        "Ferry crews walk out at Varnholm", "By ANN LEE", "Eds: UPDATES with quotes.",
    )  # fmt: skip
    assert found.paragraphs == ["VARNHOLM (WN) — Ferry crews walked out.", "“At last,” they said."]


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (b"EMBARGOED until 0600 GMT Thursday", State.WITHHELD),
        (b"Eds: HOLD FOR RELEASE at noon.", State.WITHHELD),
        (b"Achtung: Sperrfrist 14. Maerz, 10.00 Uhr", State.WITHHELD),
        (b"EMBARGO ON ARMS HOLDS", State.USABLE),
        (b"The arms embargo holds", State.USABLE),
    ],
)
def test_a_text_wire_that_its_desk_holds_back_is_withheld(line: bytes, state: State) -> None:
    text = b"\x01bpa022 4 i 40  bpa 061\r\n\nport/\r\n\x02Ferry crews walk out =\r\n\n" + line
    assert story(text + b"\r\n\n   Oslo (bpa) - Crews walked out.\r\n\x03140820 GMT Mar 26\r\n\x04").state is state


def test_zczc() -> None:
    found = story(
        b"ZCZC WNR\r#Strike_BC1\r$Ferry crews walk out\r:(VARNHOLM)\r*04000000\rFerry crews walked out.\n\n   More follows.\n\rNNNN"
    )
    assert (found.headline, found.slug) == ("Ferry crews walk out", "Strike_BC1")
    assert found.paragraphs == ["Ferry crews walked out.", "More follows."]
    assert found.subjects[0].name == "economy, business and finance"


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


def _warc_record(url: str, status: str, body: str) -> bytes:
    answer = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n\r\n{body}".encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-03-14T08:20:00Z\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + answer + b"\r\n\r\n")


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
        _warc_record(f"https://w.example/{name}", status, page.format(name))
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


def test_what_no_format_knows_is_told_what_it_looks_like() -> None:
    assert "keys" not in refusal('{"a": 1}').detail
    assert "(a)" in refusal('{"a": 1}').detail
    assert "can't be read" in refusal('{"a": ').detail
    assert "'shop'" in refusal("<shop><p>Hello</p></shop>").detail
    assert "feeds import" in refusal("<opml><body/></opml>").detail
    assert "conceptItem" in refusal('<conceptItem xmlns="http://iptc.org/std/nar/2006-10-01/"/>').detail


BOMB = '<!DOCTYPE nitf [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><nitf><body><body.head><hedline><hl1>&b;</hl1></hedline></body.head></body></nitf>'
OUTSIDE = '<!DOCTYPE nitf [<!ENTITY x SYSTEM "file:///etc/passwd">]><nitf><body><body.head><hedline><hl1>&x;</hl1></hedline></body.head></body></nitf>'


@pytest.mark.parametrize("content", [BOMB, OUTSIDE, BOMB.replace("nitf", "rss"), OUTSIDE.replace("nitf", "newsItem")])
def test_entities_are_refused_not_expanded(content: str) -> None:
    assert refusal(content).reason == "entities"


def test_an_entity_for_one_character_is_that_character() -> None:
    found = story(
        '<!DOCTYPE nitf [<!ENTITY euro "&#8364;">]><nitf><body><body.head><hedline><hl1>5 &euro; &eacute;</hl1></hedline></body.head></body></nitf>'
    )
    assert found.headline == "5 € é"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "iso-8859-1"), ("cp1252", "utf-8"), ("utf-8", "utf-16"), ("utf-32", "utf-32")],
)  # fmt: skip
def test_xml_is_read_as_what_it_is_whatever_it_declares(encoding: str, declared: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><nitf><body><body.head><hedline><hl1>Café “crème”</hl1></hedline></body.head></body></nitf>'
    assert story(text.encode(encoding)).headline == "Café “crème”"


def test_truncated_xml_is_refused() -> None:
    assert refusal(NEWSML.format(items=_newsml("a1"))[:-40]).reason == "not-xml"
    assert refusal(G2[: len(G2) // 2]).reason == "not-xml"


def test_deep_xml_is_refused() -> None:
    assert refusal("<nitf>" + "<block>" * 1000 + "</block>" * 1000 + "</nitf>").reason == "too-deep"


def test_an_item_without_id_or_date_is_known_by_its_headline_and_receipt() -> None:
    content = "<nitf><body><body.head><hedline><hl1>Head</hl1></hedline></body.head><body.content><p>T.</p></body.content></body></nitf>"
    first, second = events(content).events[0], events(content).events[0]
    assert first.data.article_id == second.data.article_id
    assert first.id == second.id
    assert isinstance(first, RawArticleEvent)
    assert first.data.claims[0].scheme == "headline"
