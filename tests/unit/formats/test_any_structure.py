"""Documents of every JSON and XML format with something odd at any place: of the wrong type, missing, doubled, nested. Nothing
but events and rejections by item comes of it. `DATELINE_STRUCTURES=100000` runs as many cases of each kind."""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from pipeline.errors import Reject
from pipeline.formats.items import Item
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import Read, read_item
from pipeline.settings import Settings
from pipeline.stages.normalize import normalize_article, normalize_comment
from schemas.events import RawArticleEvent
from tests.support import documents, samples
from tests.support.builders import raw_article, raw_comment
from tests.unit.formats import test_comment_systems as systems
from tests.unit.formats import test_exports as exports
from tests.unit.formats import test_wordpress_api as wordpress

CASES = int(os.environ.get("DATELINE_STRUCTURES", "150"))
SETTINGS = Settings(_env_file=None)
RECEIVED = datetime(2026, 3, 20, tzinfo=UTC)

JSON: dict[str, Any] = {
    f"{one.kind} {number}": one.document for number, one in enumerate(documents.REAL) if one.written is documents.as_json
} | {
    "remark42": {"comments": [{"comment": systems.REMARKS[0], "replies": [{"comment": systems.REMARKS[1]}]}, *systems.REMARKS[2:]]},
    "remark42 lines": [systems.HEAD, *systems.REMARKS],
    "commento": {"version": 1, "comments": [systems._commento("a"), systems._commento("b", parentHex="a", host="c.example", path="/1")], "commenters": [{"commenterHex": "p", "name": "Zoé"}]},
    "comentario": {"version": 3, "pages": [{"id": "p1", "domainId": "d", "path": "/uno", "title": "Uno"}], "commenters": [{"id": "u1", "name": "Ana"}],
                   "comments": [systems._comentario("1", url="https://k.example/uno#c"), systems._comentario("2", parentId="1", isDeleted=True, authorName="Luz")]},
    "isso": systems.ISSO,
    "isso tables": {"threads": [{"id": 7, "uri": "/1/", "title": "Een"}], "comments": [{**one, "tid": 7} for one in systems.ISSO[0]["comments"]]},
    "isso api": {"total_replies": 1, "replies": [{"id": 1, "parent": None, "text": "<p>Ja.</p>", "mode": 1, "created": 1773480000.5, "replies": [{"id": 2, "text": "x", "mode": 4}]}]},
    "coral deleted": {"comments": [{"id": "1", "body": None, "deleted": True, "storyID": "s", "replies": [{"id": "2", "body": "x", "createdAt": "y"}]}]},
    "wordpress api": [wordpress.post(), wordpress.post(id=8, status="future"), wordpress.comment(1), wordpress.comment(2, parent=1, status="trash")],
    "event article": json.loads(raw_article("a").to_json()),
    "event comment": json.loads(raw_comment("a", 1).to_json()),
    "declared": documents.DECLARED,
    "declared comment": {"@type": "NewsArticle", "headline": "Ferry crews walk out", "comment": [documents.DECLARED_COMMENT]},
}  # fmt: skip
"""A valid document of each JSON format."""

NITF = """<nitf change.date="x"><head><title>T</title><meta name="slug" content="x"/><tobject tobject.type="News"><tobject.property tobject.property.type="Current"/><tobject.subject tobject.subject.refnum="11000000" tobject.subject.code="POL"/></tobject>
<docdata management-status="usable"><correction info="x" id-string="1"/><evloc city="Oslo"/><doc-id id-string="a1" regsrc="W"/><urgency ed-urg="4"/><fixture fix-id="F"/><date.issue norm="20260314T082000Z"/><date.release norm="20260314T092000Z"/><date.expire norm="20270314T082000Z"/><doc.copyright year="2026" holder="W"/><doc.rights owner="W"/><du-key key="port-strike" version="2"/><ed-msg info="Eds: x"/><key-list><keyword key="port"/></key-list><identified-content><person>Ann Lee</person><org value="W">W</org><location><city>Oslo</city></location></identified-content></docdata><pubdata date.publication="20260314" ex-ref="https://w.example/a"/><revision-history norm="20260314T082500Z" name="x"/></head>
<body><body.head><hedline><hl1>Head <em>line</em></hl1><hl2>Deck</hl2></hedline><byline>By <person>Ann Lee</person><byttl>Staff</byttl></byline><distributor>W</distributor><dateline><location>OSLO</location><story.date norm="20260314T082000Z">March 14</story.date></dateline><abstract><p>Short.</p></abstract></body.head>
<body.content><p>One <a href="https://w.example/x">two</a>.</p><table><tr><td>a</td><td>b</td></tr></table><media media-type="image"><media-reference source="https://w.example/p.jpg" width="9" height="x" mime-type="image/jpeg"/><media-caption>Cap</media-caption><media-producer>Cam</media-producer></media><block><p>Three.</p></block></body.content><body.end><tagline>Tag</tagline></body.end></body></nitf>"""
RSS = """<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:georss="http://www.georss.org/georss" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:wfw="http://wellformedweb.org/CommentAPI/">
<channel><title>W</title><link>https://w.example/</link><language>en</language><image><url>https://w.example/l.png</url></image><item><title>A</title><link>/a</link><guid isPermaLink="false">g1</guid><pubDate>Sat, 14 Mar 2026 08:20:00 +0200</pubDate><dc:creator>Ann Lee</dc:creator><author>a@w.example (Ann)</author>
<category domain="x">Port</category><description>Short.</description><content:encoded>&lt;p&gt;One.&lt;/p&gt;</content:encoded><enclosure url="https://w.example/a.mp3" length="9" type="audio/mpeg"/><source url="https://x.example/">X</source><georss:point>59 10</georss:point><itunes:duration>9</itunes:duration><slash:comments>3</slash:comments>
<media:group><media:content url="https://p.example/l.jpg" width="900" medium="image"><media:credit>Cam</media:credit></media:content></media:group><wfw:commentRss>https://w.example/f</wfw:commentRss></item><item><title>B</title><description>Two.</description></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" xml:lang="en"><id>urn:f</id><title type="html">F</title><link rel="self" href="https://w.example/f"/><updated>2026-03-14T08:20:00Z</updated>
<entry><id>urn:1</id><title type="text">T</title><link rel="alternate" href="/1"/><link rel="enclosure" href="https://w.example/p.jpg" type="image/jpeg" length="x"/><published>2026-03-14T08:20:00Z</published><updated>2026-03-14T08:20:00Z</updated><author><name>Ann</name><email>a@w.example</email></author><category term="port"/><summary>S</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p></div></content><rights>W</rights><source><title>X</title></source></entry>
<entry><id>urn:c</id><title>Re</title><thr:in-reply-to ref="urn:1" href="https://w.example/1"/><author><name>Bo</name></author><content>Yes</content></entry></feed>"""
XML: dict[str, str] = {
    "newsml-g2": samples.G2,
    "newsml 1": samples.NEWSML.format(items=samples.newsml("a1", status="Embargoed", more='<StatusWillChange><FutureStatus FormalName="Usable"/><DateAndTime>20260314T092000Z</DateAndTime></StatusWillChange><Instruction FormalName="Update"/>')),
    "nitf": NITF,
    "rss": RSS,
    "atom": ATOM,
    "rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://w.example/"><title>W</title></channel><item rdf:about="https://w.example/a"><title>A</title><link>https://w.example/a</link><dc:date>2026-03-14</dc:date><description>x</description></item></rdf:RDF>',
    "sitemap": "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>https://w.example/a</loc><lastmod>2026-03-14</lastmod><n:news><n:publication><n:name>W</n:name><n:language>en</n:language></n:publication><n:publication_date>2026-03-14</n:publication_date><n:title>T</n:title><n:keywords>a, b</n:keywords></n:news></url></urlset>",
    "opml": "<opml version='2.0'><head><title>x</title></head><body><outline text='a' xmlUrl='https://w.example/f'/></body></opml>",
    "wxr": exports.wxr(
        "<wp:author><wp:author_login>al</wp:author_login><wp:author_display_name>Ann</wp:author_display_name></wp:author>",
        exports.post('<dc:creator>al</dc:creator><category domain="post_tag">Port</category><wp:post_date_gmt>2026-03-14 08:00:00</wp:post_date_gmt><wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>9</wp:meta_value></wp:postmeta>',
                     exports.comment("1"), exports.comment("2", "trash", parent="1"), text='[caption id="x"]<img src="https://w.example/p.jpg"/> Cap[/caption] One [sic].'),
        exports.post("<wp:attachment_url>https://w.example/p.jpg</wp:attachment_url>", kind="attachment", own=9), exports.post(status="draft", own=3),
    ),
    "disqus": '<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals"><category dsq:id="9"><title>G</title></category><thread dsq:id="1"><id>x</id><link>https://a.example/1</link><title>T</title><isDeleted>false</isDeleted></thread><post dsq:id="2"><id/><message>&lt;p&gt;Oui.&lt;/p&gt;</message><createdAt>2026-03-14T09:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Z</name><username>z</username></author><thread dsq:id="1"/></post><post dsq:id="3"><message>Non.</message><author><name>Y</name></author><thread dsq:id="1"/><parent dsq:id="2"/></post></disqus>',
}  # fmt: skip
"""A valid document of each XML format."""
ODD_TEXTS = ["", " ", "0", "-1", "9" * 400, "x" * 5000, "é\u2028\U0001f600", "https://", "https://w.example/" + "a" * 3000, "true", "<p>", "&", "[caption]", "0000-00-00", "1e999", "NaN", "http://[::1", "urn:", ":", "/", "{}", "stat:", "[x"]  # fmt: skip


def _json_case(document: Any, rng: random.Random) -> bytes:
    changed = [copy.deepcopy(document)]
    for _ in range(rng.randint(1, 3)):
        path = rng.choice(documents.places(changed))
        if not path:
            continue
        parent, key = documents.value_at(changed, path[:-1]), path[-1]
        match rng.randint(0, 8):
            case 0 | 1 | 2:
                parent[key] = copy.deepcopy(rng.choice(documents.ODD + ODD_TEXTS))
            case 3 if len(path) > 1:
                del parent[key]
            case 4:
                parent[key] = [parent[key], copy.deepcopy(parent[key])]
            case 5:
                parent[key] = {rng.choice(["value", "text", "name", "id", "url", str(key)]): parent[key]}
            case 6:
                parent[key] = copy.deepcopy(documents.value_at(changed, rng.choice(documents.places(changed))))
            case 7 if isinstance(parent, dict):
                parent[rng.choice([*parent, "text", "body", "comments"])] = parent[key]
            case 8 if isinstance(parent, list):
                parent.insert(key, copy.deepcopy(rng.choice(documents.ODD)))  # type: ignore[arg-type]
            case _:
                parent[key] = [parent[key]]
    return json.dumps(changed[0]).encode()


def _xml_case(document: str, rng: random.Random) -> bytes:
    root = etree.fromstring(document.encode())
    for _ in range(rng.randint(1, 3)):
        every = list(root.iter())
        element, other = rng.choice(every), rng.choice(every)
        parent = element.getparent()
        match rng.randint(0, 8):
            case 0 if parent is not None:
                parent.remove(element)
            case 1 if parent is not None:
                parent.append(copy.deepcopy(element))
            case 2:
                element[:] = []
                element.text = rng.choice([None, *ODD_TEXTS])
            case 3 if element.attrib:
                element.set(rng.choice(list(element.attrib)), rng.choice(ODD_TEXTS))
            case 4 if element.attrib:
                del element.attrib[rng.choice(list(element.attrib))]
            case 5:
                element.tag = other.tag
            case 6:
                element.append(copy.deepcopy(element))
            case 7 if parent is not None:
                other.append(copy.deepcopy(element))
            case _:
                element.text = rng.choice(ODD_TEXTS)
    return etree.tostring(root)


def _check(name: str, content: bytes) -> Read:
    url = None if name.startswith("event") else "https://w.example/page"  # an event isn't taken from an address
    read = read_item(Item(content, "test", None, url), Hints(), SETTINGS, RECEIVED)
    told = f"{name}: {content.decode()[:3000]}: {[str(one)[:300] for one in read.rejects]}"
    assert all(reject.reason != "failed" for reject in read.rejects), told
    for event in read.events:
        try:
            normalize_article(event) if isinstance(event, RawArticleEvent) else normalize_comment(event)
        except Reject:
            pass
        except Exception as e:
            raise AssertionError(told) from e
    return read


def _cases(
    documents: dict[str, Any], case: Callable[[Any, random.Random], bytes], written: Callable[[str, bytes], bytes]
) -> None:
    for number in range(CASES):
        rng = random.Random(number)
        name = rng.choice(list(documents))
        _check(f"{name} {number}", written(name, case(documents[name], rng)))


def _page(name: str, content: bytes) -> bytes:
    if name.startswith("declared"):
        return documents.page(json.loads(content))
    if name.endswith("lines"):
        loaded = json.loads(content)
        return b"\n".join(json.dumps(one).encode() for one in loaded) if isinstance(loaded, list) else content
    return content


@pytest.mark.parametrize("name", [*JSON, *XML])
def test_the_documents_are_read_as_they_are(name: str) -> None:
    content = json.dumps(JSON[name]).encode() if name in JSON else XML[name].encode()
    read = _check(name, _page(name, content))
    assert read.events or name == "opml", read.rejects
    assert not read.rejects or name in ("opml", "newsml-g2", "isso api"), read.rejects


def test_an_author_is_no_piece_of_an_address() -> None:
    assert [event.data.byline for event in _check("rss", RSS.encode()).events] == ["Ann Lee, Ann", None]  # type: ignore[union-attr]


def test_a_feed_with_an_extension_at_an_odd_place_is_read_without_extensions() -> None:
    point = "<georss:point>59 10</georss:point>"
    odd = (
        RSS.replace("<media:credit>", f"<media:credit><item>{point}</item>")
        .replace("</channel>", f"{point}</channel>")
        .replace("<channel>", f"<channel>{point}")
    )
    assert [event.data.headline for event in _check("rss", odd.encode()).events][-1] == "B"  # type: ignore[union-attr]


def test_json_with_something_odd_at_any_place() -> None:
    _cases(JSON, _json_case, _page)


def test_xml_with_something_odd_at_any_place() -> None:
    _cases(XML, _xml_case, lambda name, content: content)
