"""NITF, the News Industry Text Format: 2.x to 3.x.

Source: https://iptc.org/std/NITF/3.6/documentation/nitf-documentation.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline import addresses
from pipeline.dates import first_time
from pipeline.errors import Reject
from pipeline.formats import (
    datelines,
    html_text,
    iptc,
    parts,
    plain_text,
    private_marks,
    wire_markup,
    wire_text,
    xml,
)
from pipeline.formats import nitf_metadata as metadata
from pipeline.formats.format import Format, single
from pipeline.formats.items import Item, State, Story
from pipeline.formats.wire_markup import WireText
from pipeline.formats.xml import Element, first_text, text_of
from schemas.article import Link, Picture


@dataclass
class Body:
    """The lines and the text of a `body`."""

    headline: str | None
    byline: str | None
    dateline: str | None
    summary: str | None
    text: WireText


def recognises(item: Item) -> bool:
    return xml.looks_like_xml(item.content) and xml.root_name(item.content) == "nitf"


def read(item: Item) -> Story:
    """The document's story. Raises Reject where it can't be parsed or has no headline."""
    root = xml.parse(item.content)
    head = root.find("head")
    docdata = head.find("docdata") if head is not None else None
    pictures = _pictures(root)  # before the body is read, which takes them out
    parsed = body(root)
    doc_id = metadata.attribute(docdata, "doc-id", "id-string")
    state = iptc.state_of(docdata.get("management-status") if docdata is not None else None)
    key_words = [word.get("key") or text_of(word) or "" for word in root.iterfind(".//key-list/keyword")]
    key, fixture = metadata.attribute(docdata, "du-key", "key"), metadata.attribute(docdata, "fixture", "fix-id")
    in_words = key if key and re.search(r"[A-Za-z]{3}", key) else None  # a desk's number is no slug
    slug = in_words or fixture or key or metadata.meta(head, "slug", "slugline")
    title = first_text(head, "title")
    text = parsed.text
    titles = () if plain_text.is_slug(title) else (title,)
    opening = datelines.without(text.paragraphs)
    headline = plain_text.headline(parsed.headline, *titles, *opening, title, slug, *key_words[:1])
    headline = wire_text.line(headline) or doc_id
    if not headline:
        raise Reject("no-headline", "this is NITF, but hedline, title, body and doc-id are all without text")
    messages = [
        one.get("info") or text_of(one) or "" for one in (docdata.iterfind("ed-msg") if docdata is not None else ())
    ]
    message = " ".join(filter(None, messages)) or None
    note = "\n".join(filter(None, (message, *text.notes))) or None
    correction = docdata.find("correction") if docdata is not None else None
    corrected, correction_note = iptc.correction(message)
    if correction is not None:
        corrected, correction_note = (
            True,
            correction.get("info") or correction_note or "This story corrects an earlier one.",
        )
    copyright_ = docdata.find("doc.copyright") if docdata is not None else None
    released, issued = (
        first_time(metadata.attribute(docdata, "date.release", "norm")),
        first_time(metadata.attribute(docdata, "date.issue", "norm")),
    )
    return Story(
        headline=headline,
        paragraphs=text.paragraphs,
        body_html=html_text.reduced(text.markup) if text.markup else None,
        byline=parsed.byline,
        dateline=parsed.dateline,
        slug=slug,
        summary=wire_text.line(parsed.summary),
        section=metadata.section(head, root),
        guid=doc_id,
        guids=[one for one in (docdata.get("management-doc-idref") if docdata is not None else None,) if one],
        url=_address(root),
        language=metadata.language(root),
        published=issued
        or first_time(
            metadata.attribute(root.find("body/body.head/dateline"), "story.date", "norm"),
            first_text(root, "body/body.head/dateline/story.date"),
            metadata.meta(head, "date", "pubdate"),
        ),
        modified=first_time(metadata.latest_revision(root), metadata.meta(head, "versioncreated", "modified"), issued),
        version=iptc.number(metadata.attribute(docdata, "du-key", "version"))
        or iptc.number(metadata.meta(head, "version")),
        # a release later than the issue is an embargo, and so is any release of an embargoed document
        embargo_until=released if released and (state is State.EMBARGOED or released != issued) else None,
        expires=metadata.attribute(docdata, "date.expire", "norm"),
        state=state,
        corrected=corrected,
        correction_note=correction_note,
        editor_note=note,
        genre=metadata.genre(head),
        urgency=iptc.urgency(metadata.attribute(docdata, "urgency", "ed-urg")),
        subjects=metadata.subjects(root),
        topics=[word for word in key_words if word],
        named=metadata.named(root),
        pictures=pictures,
        rights=metadata.notice(copyright_),
        rights_holder=metadata.rights_holder(copyright_, root),
        usage_terms=first_text(docdata, "doc.rights") or metadata.rights(docdata, root),
        credit=first_text(root, "body/body.head/distributor"),
        sender=metadata.attribute(docdata, "doc-id", "regsrc"),
        links=_links(root),
    )


def body(root: Element) -> Body:
    """The body of an `nitf` element, or of a `body` in some other document."""
    holder = root.find("body")
    holder = holder if holder is not None else root
    head, content = holder.find("body.head"), holder.find("body.content")
    if head is not None:
        private_marks.take_private(head)
    summary = first_text(head, "abstract")
    headline = first_text(head, "hedline/hl1", "headline/hl1", "hedline", "headline")
    own = head.find("byline") if head is not None else None
    byline = _byline(own) or _byline(holder.find("body.content/byline"))
    dateline = _dateline(head.find("dateline") if head is not None else None)
    source = content if content is not None else holder
    if content is not None or head is None:
        text = wire_markup.without_head(wire_markup.of_element(source), headline, byline, dateline)
    else:
        text = WireText("", [], [])
    return Body(headline, byline, dateline, summary, text)


def in_text(text: str) -> Element | None:
    """The root of NITF that is a text inside another format; None where it is none."""
    start = re.search(r"<(?:\?xml|!DOCTYPE|nitf|body\.content|body)\b", text[:2000])
    if start is None or not re.search(r"<(?:nitf|body\.content)\b", text):
        return None
    inner = text[start.start() :]
    try:
        root = xml.parse(inner.encode(), recover=True)
    except Reject:
        return None
    if root.tag == "body.content":
        outer = xml.parse(b"<nitf><body/></nitf>")
        outer[0].append(root)
        return outer
    return root


def _byline(element: Element | None) -> str | None:
    """A byline's text, the title of its writer left out."""
    if element is None:
        return None
    titles = {text for one in element.iter("byttl") if (text := text_of(one))}
    text = " ".join(" ".join(str(part) for part in element.itertext()).split())
    for title in titles:
        text = text.replace(title, " ")
    return " ".join(text.split()).strip(" ,") or next(iter(titles), None)


def _dateline(element: Element | None) -> str | None:
    if element is None:
        return None
    if place := first_text(element, "location"):
        return place
    dates = {text for one in element.iter("story.date") if (text := text_of(one))}
    text = text_of(element) or ""
    for date in dates:
        text = text.replace(date, " ")
    return " ".join(text.split()).strip(" ,-–—") or None


def _pictures(root: Element) -> list[Picture]:
    found = []
    for one in root.iter("media"):
        kind = (one.get("media-type") or "image").casefold()
        if kind not in ("image", "photo", "picture", "graphic", "other"):
            continue
        caption, credit = first_text(one, "media-caption"), first_text(one, "media-producer")
        for reference in one.iterfind("media-reference"):
            source = reference.get("source") or reference.get("data-location") or ""
            if addresses.is_link(source):
                found.append(parts.picture(source, caption, credit or reference.get("source-credit")))
                break
    return found[:50]


def _address(root: Element) -> str | None:
    for one in root.iterfind(".//pubdata"):
        if addresses.is_link(reference := one.get("ex-ref") or one.get("uri")):
            return reference
    return None


def _links(root: Element) -> list[Link]:
    found = []
    for one in root.iterfind("body//a"):
        href = one.get("href") or ""
        if addresses.is_link(href):
            found.append(parts.link(href, text_of(one)))
    return found[:100]


FORMAT = Format("nitf", "application/xml", recognises, single(read))
