"""What one item yields, for tests of formats."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pipeline.errors import Reject
from pipeline.formats.items import Item, Story
from pipeline.formats.table import detect
from pipeline.ingest import submissions
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import Read, read_item
from pipeline.settings import Settings

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
    return read_item(item, Hints(**said), SETTINGS, datetime(2026, 3, 20, tzinfo=UTC))


def ninjs(own: str, **more: Any) -> dict[str, Any]:
    """A ninjs item, as a provider sends it."""
    return {"uri": own, "headline": f"Head {own}", "body_text": "One.\n\nTwo."} | more


def push(body: Any, provider: str = "wire") -> Read:
    """What the ingest API reads of a body."""
    return submissions.read_push(json.dumps(body).encode(), "application/json", provider, None, SETTINGS)


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

NEWSML = """<NewsML>{items}</NewsML>"""
NEWSML_ITEM = """<NewsItem><Identification><NewsIdentifier><ProviderId>wire.example</ProviderId><DateId>20260314</DateId><NewsItemId>{own}</NewsItemId>
<RevisionId PreviousRevision="0" Update="N">{revision}</RevisionId><PublicIdentifier>urn:newsml:wire.example:20260314:{own}:{revision}</PublicIdentifier></NewsIdentifier></Identification>
<NewsManagement><FirstCreated>20260314T082000+0200</FirstCreated><ThisRevisionCreated>20260314T092000+0200</ThisRevisionCreated><Status FormalName="{status}"/>{more}<Urgency FormalName="4"/></NewsManagement>
<NewsComponent><NewsLines><HeadLine>Head {own}</HeadLine><ByLine>Ann Lee</ByLine><DateLine>Oslo</DateLine><KeywordLine>port</KeywordLine></NewsLines>
<DescriptiveMetadata><Language FormalName="en"/><SubjectCode><SubjectDetail FormalName="04011002"/></SubjectCode><Location><Property FormalName="City" Value="Oslo"/></Location></DescriptiveMetadata>
<NewsComponent><Role FormalName="Main"/><ContentItem><MediaType FormalName="Text"/><DataContent><nitf><body><body.content><p>One.</p><p>Two.</p></body.content></body></nitf></DataContent></ContentItem></NewsComponent>
<NewsComponent><Role FormalName="Caption"/><ContentItem Href="https://p.example/1.jpg"><MediaType FormalName="Photo"/></ContentItem></NewsComponent></NewsComponent></NewsItem>"""


def newsml(own: str, revision: int = 1, status: str = "Usable", more: str = "") -> str:
    return NEWSML_ITEM.format(own=own, revision=revision, status=status, more=more)


def warc_record(url: str, status: str, body: str) -> bytes:
    answer = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n\r\n{body}".encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-03-14T08:20:00Z\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + answer + b"\r\n\r\n")
