"""NITF, the News Industry Text Format: 2.x to 3.x.

Source: https://iptc.org/std/NITF/3.6/documentation/nitf-documentation.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline import addresses
from pipeline.dates import first_time
from pipeline.errors import Reject
from pipeline.formats import html_text, iptc, parts, plain_text, xml
from pipeline.formats.format import Format, single
from pipeline.formats.items import Item, State, Story
from pipeline.formats.xml import Element, first_text, text_of
from schemas.article import Link, Named, Picture, Subject


@dataclass
class Body:
    """The lines and the text of a `body`."""

    headline: str | None
    byline: str | None
    dateline: str | None
    summary: str | None
    markup: str | None
    paragraphs: list[str]


def recognises(item: Item) -> bool:
    return xml.looks_like_xml(item.content) and xml.root_name(item.content) == "nitf"


def read(item: Item) -> Story:
    """The document's story. Raises Reject where it can't be parsed or has no headline."""
    root = xml.parse(item.content)
    head = root.find("head")
    docdata = head.find("docdata") if head is not None else None
    pictures = _pictures(root)  # before the body is read, which takes them out
    parsed = body(root)
    doc_id = _attribute(docdata, "doc-id", "id-string")
    state = iptc.state_of(docdata.get("management-status") if docdata is not None else None)
    key_words = [word.get("key") or text_of(word) or "" for word in root.iterfind(".//key-list/keyword")]
    key, fixture = _attribute(docdata, "du-key", "key"), _attribute(docdata, "fixture", "fix-id")
    in_words = key if key and re.search(r"[A-Za-z]{3}", key) else None  # a desk's number is no slug
    slug = in_words or fixture or key or _meta(head, "slug", "slugline")
    title = first_text(head, "title")
    headline = plain_text.headline(parsed.headline, title, slug, *key_words[:1], *parsed.paragraphs[:1])
    headline = headline or doc_id
    if not headline:
        raise Reject("no-headline", "this is NITF, but hedline, title, body and doc-id are all without text")
    note = " ".join(
        filter(
            None,
            (one.get("info") or text_of(one) for one in (docdata.iterfind("ed-msg") if docdata is not None else ())),
        )
    )
    correction = docdata.find("correction") if docdata is not None else None
    corrected, correction_note = iptc.correction(note or None)
    if correction is not None:
        corrected, correction_note = (
            True,
            correction.get("info") or correction_note or "This story corrects an earlier one.",
        )
    copyright_ = docdata.find("doc.copyright") if docdata is not None else None
    released, issued = (
        first_time(_attribute(docdata, "date.release", "norm")),
        _attribute(docdata, "date.issue", "norm"),
    )
    return Story(
        headline=headline,
        paragraphs=parsed.paragraphs,
        body_html=parsed.markup,
        byline=parsed.byline,
        dateline=parsed.dateline,
        slug=slug,
        summary=parsed.summary,
        section=_section(head, root),
        guid=doc_id,
        guids=[one for one in (docdata.get("management-doc-idref") if docdata is not None else None,) if one],
        url=_address(root),
        language=_language(root),
        published=issued or first_text(root, "body/body.head/dateline/story.date") or _meta(head, "date", "pubdate"),
        modified=_latest_revision(root) or _meta(head, "versioncreated", "modified") or issued,
        version=iptc.number(_attribute(docdata, "du-key", "version")) or iptc.number(_meta(head, "version")),
        # a release later than the issue is an embargo, and so is any release of an embargoed document
        embargo_until=released if released and (state is State.EMBARGOED or released != issued) else None,
        expires=_attribute(docdata, "date.expire", "norm"),
        state=state,
        corrected=corrected,
        correction_note=correction_note,
        editor_note=note or None,
        genre=_genre(head),
        urgency=iptc.urgency(_attribute(docdata, "urgency", "ed-urg")),
        subjects=_subjects(root),
        topics=[word for word in key_words if word],
        named=_named(root),
        pictures=pictures,
        rights=_notice(copyright_),
        rights_holder=_rights_holder(copyright_, root),
        usage_terms=first_text(docdata, "doc.rights") or _rights(docdata, root),
        credit=first_text(root, "body/body.head/distributor"),
        sender=_attribute(docdata, "doc-id", "regsrc"),
        links=_links(root),
    )


def body(root: Element) -> Body:
    """The body of an `nitf` element, or of a `body` in some other document."""
    holder = root.find("body")
    holder = holder if holder is not None else root
    head, content = holder.find("body.head"), holder.find("body.content")
    summary = first_text(head, "abstract")
    source = content if content is not None else holder
    extra = holder.find("body.content/byline")
    markup = _markup(source) if content is not None or head is None else ""
    byline = _byline(head.find("byline") if head is not None else None) or _byline(extra)
    return Body(
        headline=first_text(head, "hedline/hl1", "headline/hl1", "hedline", "headline"),
        byline=byline,
        dateline=_dateline(head.find("dateline") if head is not None else None),
        summary=summary,
        markup=html_text.reduced(markup) if markup else None,
        paragraphs=html_text.paragraphs(markup) if markup else [],
    )


def _markup(content: Element) -> str:
    """The content as HTML: NITF's own elements become HTML's, pictures are listed apart."""
    names = {"hl1": "h2", "hl2": "h3", "block": "div", "bq": "blockquote", "note": "div", "nitf-table": "div", "fn": "p", "credit": "p"}  # fmt: skip
    for media_element in list(content.iter("media")):
        parent = media_element.getparent()
        if parent is not None:
            if media_element.tail:
                before = media_element.getprevious()
                if before is not None:
                    before.tail = (before.tail or "") + media_element.tail
                else:
                    parent.text = (parent.text or "") + media_element.tail
            parent.remove(media_element)
    for element in content.iter():
        if isinstance(element.tag, str):
            element.tag = names.get(element.tag, element.tag)
    return xml.inner_xml(content)


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


def _attribute(docdata: Element | None, name: str, attribute: str) -> str | None:
    if docdata is None:
        return None
    for one in docdata.iterfind(name):
        if value := (one.get(attribute) or "").strip():
            return value
    return None


def _meta(head: Element | None, *names: str) -> str | None:
    if head is None:
        return None
    for one in head.iterfind("meta"):
        if (one.get("name") or "").casefold().rpartition("-")[2] in names and (
            value := (one.get("content") or "").strip()
        ):
            return value
    return None


def _language(root: Element) -> str | None:
    for place in (root, root.find("body"), root.find("body/body.content")):
        if place is not None and (tag := place.get("{http://www.w3.org/XML/1998/namespace}lang") or place.get("lang")):
            return tag
    return None


def _section(head: Element | None, root: Element) -> str | None:
    for one in root.iterfind(".//pubdata"):
        if section := one.get("position.section"):
            return section
    return _meta(head, "section", "category", "category_name")


def _latest_revision(root: Element) -> str | None:
    dates = [norm for one in root.iterfind(".//revision-history") if (norm := one.get("norm"))]
    return max(dates, default=None)


def _genre(head: Element | None) -> str | None:
    if head is None:
        return None
    for path in ("tobject/tobject.property", "tobject"):
        for one in head.iterfind(path):
            if kind := one.get("tobject.property.type") or one.get("tobject.type"):
                return kind
    return None


def _subjects(root: Element) -> list[Subject]:
    found = []
    for one in root.iterfind(".//tobject.subject"):
        number = (one.get("tobject.subject.refnum") or "").strip()
        names = [one.get(f"tobject.subject.{part}") for part in ("detail", "matter", "type")]
        code = f"subj:{number.zfill(8)}" if re.fullmatch(r"\d{7,8}", number) else iptc.code(number)
        found.append(iptc.subject(code, next((name for name in names if name), None)))
    for one in root.iterfind(".//identified-content/classifier"):
        value = one.get("value") or text_of(one)
        if value:
            found.append(iptc.subject(iptc.code(one.get("idsrc") and one.get("value"), one.get("idsrc")), value))
    return list({one.code: one for one in found if one is not None}.values())[:500]


def _named(root: Element) -> list[Named]:
    found: dict[tuple[str, str], Named] = {}

    def add(kind: str, name: str | None, one: Element) -> None:
        if name:
            found.setdefault(
                (kind, name), Named(kind=kind, name=name[:512], code=iptc.code(one.get("value"), one.get("idsrc")))
            )

    for holder in (
        *root.iterfind("head//identified-content"),
        *root.iterfind("head/docdata/evloc/.."),
        *root.iterfind("body"),
    ):
        for one in holder.iter("person"):
            if not any(ancestor.tag == "byline" for ancestor in one.iterancestors()):
                add("person", first_text(one, "name.full") or text_of(one), one)
        for one in holder.iter("org"):
            add("organisation", one.get("value") if not text_of(one) else text_of(one), one)
        for one in holder.iter("location"):
            parts = [text for part in one if (text := text_of(part))]
            add(
                "place",
                (text_of(one) if one.text and one.text.strip() else ", ".join(parts)) or one.get("location-code"),
                one,
            )
    for one in root.iterfind(".//evloc"):
        add("place", one.get("city") or one.get("county-dist") or one.get("state-prov"), one)
    return list(found.values())[:500]


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


def _notice(element: Element | None) -> str | None:
    if element is None:
        return None
    year, holder = element.get("year"), element.get("holder")
    return " ".join(filter(None, ("©", year, holder))) if year or holder else text_of(element)


def _rights_holder(element: Element | None, root: Element) -> str | None:
    if element is not None and element.get("holder"):
        return element.get("holder")
    return first_text(root, "body/body.head/rights/rights.owner")


def _rights(docdata: Element | None, root: Element) -> str | None:
    one = docdata.find("doc.rights") if docdata is not None else None
    if one is not None:
        words = [value for name in ("owner", "type", "limitations", "geography") if (value := one.get(name))]
        return ", ".join(words) or None
    return first_text(root, "body/body.head/rights")


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
