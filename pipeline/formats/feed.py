"""RSS 0.9x, 1.0 and 2.0, Atom, and CDF feeds, with the media, Dublin Core, content, georss, slash, wfw and Atom-threading
extensions. feedparser reads them, well-formed or not; this file and those named `feed_…` map its fields.

Sources: https://www.rssboard.org/rss-specification, RFC 4287 (Atom), RFC 4685 (threading),
https://www.rssboard.org/media-rss
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import (
    feed_comments,
    feed_media,
    feed_parsing,
    feed_unpublished,
    html_text,
    nitf,
    places,
    plain_text,
    private_marks,
    wire_markup,
    xml,
)
from pipeline.formats.feed_values import Entry, authors, time
from pipeline.formats.format import Format, LeftOut
from pipeline.formats.items import Discussion, Item, Story, StoryComment
from pipeline.formats.xml import Element
from pipeline.formats.xml_repair import repaired
from schemas.article import Named

ROOTS = frozenset({"rss", "RDF", "feed", "channel", "CHANNEL", "newLocation"})


def recognises(item: Item) -> bool:
    return xml.looks_like_xml(item.content) and xml.root_name(item.content) in ROOTS


_MAX_TAGS = 200_000
"""The parser takes about 0.1 ms for each."""


def read(item: Item) -> Iterator[Story | Discussion | Reject]:
    """A story for each entry, or the comments of a comment feed. Raises Reject where it is no feed or has no entries."""
    text = html_text.with_ends(repaired(xml.without_entities(xml.decode(item.content))))
    if text.count("<") + text.count("&lt;") > _MAX_TAGS:
        raise Reject("too-large", f"more than {_MAX_TAGS:,} tags, those of its texts included")
    feed, text = feed_parsing.parsed(text, _headers(item))
    if not feed.entries:
        if feed.version or feed.feed:
            return  # an empty feed is valid
        raise Reject(
            "not-xml", f"looks like a feed, but can't be read as one: {feed.get('bozo_exception', 'no entries')}"
        )
    elements = _elements(text, len(feed.entries))
    whole = not _truncated(text)
    comments: dict[tuple[str | None, str | None], list[StoryComment]] = {}
    unpublished: Counter[str] = Counter()
    for number, entry in enumerate(feed.entries):
        last = number == len(feed.entries) - 1
        if last and not whole:
            yield Reject(
                "truncated", f"the feed is cut off in entry {number + 1} of it; the entries before it were read"
            )
            continue
        element = elements[number] if elements else None
        if why := feed_unpublished.why(entry, element):
            unpublished[why] += 1
            continue
        if parent := feed_comments.article_of(entry, element):
            comments.setdefault(parent, []).append(feed_comments.comment(entry))
            continue
        try:
            parsed = story(entry, element, feed, item)
        except Reject as reject:
            yield Reject(reject.reason, f"entry {number + 1}: {reject.detail}")
            continue
        parsed.original = xml.markup(element) if element is not None else None
        parsed.original_type = "application/xml"
        yield parsed
    for (url, guid), posted in comments.items():
        yield Discussion(url=url, guid=guid, comments=posted)
    if unpublished:
        yield LeftOut(", ".join(f"{number} {what}" for what, number in sorted(unpublished.items())))


def metadata(item: Item) -> Any:
    """What feedparser knows of the feed itself, its addresses resolved."""
    text = repaired(xml.decode(item.content)[:_MAX_METADATA])
    return feed_parsing.parsed(text, _headers(item))[0].feed


_MAX_METADATA = 200_000
"""Characters in which a feed speaks of itself, before its entries."""


def story(entry: Entry, element: Element | None, document: Any, item: Item) -> Story:
    """One entry's story; `element` is its XML, where that can be found. Raises Reject where it has neither title nor
    text."""
    feed = document.feed
    site = addresses.joined(feed.get("link"), item.url)
    base = (entry.get("title_detail") or entry.get("summary_detail") or {}).get("base") or item.url or site or ""
    markup = _content(entry, element)
    whole = html_text.plain(markup) if markup else None
    markup, notes = _story_of(markup) if markup else (markup, [])
    title = entry.get("title")
    title = (
        title if _is_text(element, "title") else html_text.plain(title) or html_text.plain(entry.get("itunes_title"))
    )
    byline = authors(entry) or (authors(feed) if feed.get("authors") else None)
    markup, rows, _ = wire_markup.of_page(markup or "", title, byline)
    # where it has no summary, feedparser's is the content
    written = _markup(entry.get("summary"), element, "content" if _child(element, "summary") is None else "summary")
    excerpt, _ = private_marks.without_private(written)
    summary = html_text.plain(excerpt) or html_text.plain(entry.get("subtitle"))
    if whole and html_text.plain(written) == whole:
        summary = None  # the text once more
    guid = _guid(entry, element)
    url = _link(entry, guid, base)
    text = plain_text.shortened(rows[0] if rows else summary or "")
    headline = plain_text.headline(title, text, url, guid)
    if not headline:
        raise Reject("no-headline", "it has neither a title, nor text, nor an address or id")
    return Story(
        headline=headline,
        paragraphs=rows or html_text.paragraphs(excerpt),
        partial=not rows,
        body_html=html_text.reduced(markup or excerpt),
        byline=byline,
        summary=summary if summary != " ".join(rows) else None,
        editor_note="\n".join(notes) or None,
        site=html_text.plain(feed.get("title")),
        url=url,
        guid=guid if guid and guid != url else None,
        site_url=site,
        feed_url=_feed_url(feed, item, site) if guid and _is_short(guid) else None,
        language=_language(entry, feed),
        published=time(entry, "published") or time(entry, "created"),
        modified=time(entry, "updated"),
        expires=time(entry, "expired"),
        section=next(iter(_terms(entry)), None),
        topics=_terms(entry),
        named=_places(entry),
        pictures=feed_media.pictures(entry, base),
        rights=html_text.plain(entry.get("rights")) or html_text.plain(feed.get("rights")),
        credit=html_text.plain((entry.get("source") or {}).get("title")),
        links=feed_media.links(entry, url, base),
    )


def _headers(item: Item) -> dict[str, str]:
    headers = {"content-type": "application/xml; charset=utf-8"}
    return headers | ({"content-location": item.url} if item.url else {})


def _elements(text: str, entries: int) -> list[Element] | None:
    """Each entry's own XML; None where it can't be found, in a feed that isn't well-formed."""
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError:
        return None
    found = [e for e in root.iter() if isinstance(e.tag, str) and etree.QName(e).localname in ("item", "entry")]
    return found if len(found) == entries else None


def _truncated(text: str) -> bool:
    """Whether the document ends within its last entry."""
    opened = [match.start() for match in re.finditer(r"<(?:[\w.-]+:)?(?:item|entry)\b(?!-)[^<>]*(?<!/)>", text)]
    closed = [match.start() for match in re.finditer(r"</(?:[\w.-]+:)?(?:item|entry)\b", text)]
    return bool(opened) and (not closed or closed[-1] < opened[-1])


def _content(entry: Entry, element: Element | None) -> str | None:
    """The whole text where the feed has it: the longest content, else nothing (a summary is only a summary), except in
    feeds that have nothing but descriptions of several paragraphs."""
    contents = [str(one.get("value") or "") for one in entry.get("content") or []]
    best = max(contents, key=len, default="")
    if best.strip():
        best = _markup(best, element if len(contents) == 1 else None, "content")
        return best if "<" in best else "".join(f"<p>{row}</p>" for row in plain_text.paragraphs(best))
    summary = _markup(entry.get("summary"), element, "summary")
    return summary if len(html_text.paragraphs(summary)) > 1 or len(summary) > 1500 else None


def _story_of(markup: str) -> tuple[str, list[str]]:
    """A whole text, which may be NITF, without what in it isn't for publication; and that."""
    if (inner := nitf.in_text(markup)) is not None:
        text = nitf.body(inner).text
        return text.markup, text.notes
    return private_marks.without_private(markup)


def _markup(text: Any, element: Element | None, name: str) -> str:
    """A text of the entry as HTML."""
    written = str(text or "")
    if not _is_text(element, name):
        return written
    return "".join(f"<p>{html.escape(row, quote=False)}</p>" for row in plain_text.paragraphs(written))


def _is_text(element: Element | None, name: str) -> bool:
    """Whether the entry declares what it has under this name to be plain text (RFC 4287, 3.1.1.1). What declares nothing
    is text by the standard, and often is not."""
    child = _child(element, name)
    return child is not None and (child.get("type") or "").strip().casefold() in ("text", "text/plain")


def _guid(entry: Entry, element: Element | None) -> str | None:
    """The entry's id as it is written: feedparser would resolve one that is no address."""
    child = _child(element, "guid")
    return ((child.text if child is not None else None) or str(entry.get("id") or "")).strip() or None


def _child(element: Element | None, name: str) -> Element | None:
    """The entry's own element of this name, and none of an extension."""
    if element is None:
        return None
    space = etree.QName(element).namespace
    return element.find(f"{{{space}}}{name}" if space else name)


def _is_short(guid: str) -> bool:
    return guid.isdecimal() or len(guid) < _MIN_UNIQUE


_MIN_UNIQUE = 8
"""Characters of an id that may be unique among all feeds of a publisher."""


def _feed_url(feed: Any, item: Item, site: str | None) -> str | None:
    own = next((one.get("href") for one in feed.get("links") or [] if one.get("rel") == "self"), None)
    return addresses.joined(own, item.url or site) or item.url or site or html_text.plain(feed.get("title"))


def _language(entry: Entry, feed: Any) -> str | None:
    for detail in (*(entry.get("content") or []), entry.get("title_detail") or {}, entry.get("summary_detail") or {}):
        if tag := detail.get("language"):
            return str(tag)[:35]
    tag = entry.get("language") or feed.get("language")
    return str(tag)[:35] if tag else None


def _link(entry: Entry, guid: str | None, base: str) -> str | None:
    """The address of the story: the one that a service replaced by its own, the entry's link, or an id that is one."""
    for name in ("feedburner_origlink", "pheedo_origlink"):
        if found := addresses.joined(entry.get(name), base):
            return found
    for one in entry.get("links") or []:
        if one.get("rel", "alternate") == "alternate" and (found := addresses.joined(one.get("href"), base)):
            return found
    named = entry.get("link") if guid is None or "/" in guid or entry.get("link") != entry.get("id") else None
    if found := addresses.joined(named, base):
        return found
    return guid if guid and addresses.is_link(guid) and entry.get("guidislink", True) else None


def _terms(entry: Entry) -> list[str]:
    found = [
        html_text.plain(tag.get("label") or tag.get("term"))
        for tag in entry.get("tags") or []
        if tag.get("scheme") != feed_unpublished.KINDS
    ]
    return list(dict.fromkeys(term[:4096] for term in found if term))[:200]


def _places(entry: Entry) -> list[Named]:
    """Places by GeoRSS or the W3C's geo vocabulary."""
    name = html_text.plain(entry.get("georss_featurename") or entry.get("featurename"))
    found = places.place(name, None, *places.middle(entry.get("where")))
    return [found] if found else []


FORMAT = Format("feed", "application/xml", recognises, read)
