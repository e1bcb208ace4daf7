"""RSS 0.9x, 1.0 and 2.0, Atom, and CDF feeds, with the media, Dublin Core, content, georss, slash, wfw and Atom-threading
extensions. feedparser reads them, well-formed or not; this file maps its fields.

Sources: https://www.rssboard.org/rss-specification, RFC 4287 (Atom), RFC 4685 (threading),
https://www.rssboard.org/media-rss
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any
from urllib.parse import urldefrag

import feedparser
from lxml import etree

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import html_text, parts, places, plain_text, xml
from pipeline.formats.format import Format
from pipeline.formats.items import Discussion, Item, Story, StoryComment
from pipeline.numbers import whole_number
from schemas.article import Link, Named, Picture

ROOTS = frozenset({"rss", "RDF", "feed", "channel", "CHANNEL", "newLocation"})
_COMMENT_LINK = re.compile(r"#(?:comment|c|respond)-?\d+$", re.IGNORECASE)
_BY = re.compile(r"^(?:(?:By|Von|Par|Por|Di|Comment by)\s*:?\s+(?P<only>.+)|(?:Comment|Kommentar|Commentaire)\s+(?:on|zu|sur)\s+.+\s+(?:by|von|par)\s+(?P<name>.+))$")  # fmt: skip
_MAIL = re.compile(r"\(?(?:mailto:)?[^\s()<>]+@[^\s()<>]+\)?")

Entry = Any
"""feedparser's dictionary of one entry."""


def recognises(item: Item) -> bool:
    if not xml.looks_like_xml(item.content):
        return False
    return xml.root_name(item.content) in ROOTS and b"wordpress.org/export" not in item.content[:20_000]


_MAX_TAGS = 200_000
"""The parser takes about 0.1 ms for each."""


def read(item: Item) -> Iterator[Story | Discussion | Reject]:
    """A story for each entry, or the comments of a comment feed. Raises Reject where it is no feed or has no entries."""
    text = xml.without_entities(xml.decode(item.content))
    if text.count("<") + text.count("&lt;") > _MAX_TAGS:
        raise Reject("too-large", f"more than {_MAX_TAGS:,} tags, those of its texts included")
    feed: Any = feedparser.parse(io.BytesIO(text.encode()), response_headers=_headers(item))
    if not feed.entries:
        if feed.version or feed.feed:
            return  # an empty feed is valid
        raise Reject(
            "not-xml", f"looks like a feed, but can't be read as one: {feed.get('bozo_exception', 'no entries')}"
        )
    sources = _sources(text, len(feed.entries))
    whole = not _truncated(text)
    comments: dict[str, list[StoryComment]] = {}
    for number, entry in enumerate(feed.entries):
        last = number == len(feed.entries) - 1
        if last and not whole:
            yield Reject(
                "truncated", f"the feed is cut off in entry {number + 1} of it; the entries before it were read"
            )
            continue
        if parent := _comment_on(entry):
            comments.setdefault(parent, []).append(_comment(entry))
            continue
        try:
            parsed = story(entry, feed.feed, item)
        except Reject as reject:
            yield Reject(reject.reason, f"entry {number + 1}: {reject.detail}")
            continue
        parsed.original, parsed.original_type = sources.get(number), "application/xml"
        yield parsed
    for parent, posted in comments.items():
        yield Discussion(url=parent, comments=posted)


def story(entry: Entry, feed: Any, item: Item) -> Story:
    """One entry's story. Raises Reject where it has neither title nor text."""
    base = item.url or feed.get("link") or ""
    markup = _content(entry)
    rows = html_text.paragraphs(markup) if markup else []
    summary = html_text.plain(entry.get("summary"))
    url = _link(entry, base)
    guid = (entry.get("id") or "").strip() or None
    text = plain_text.shortened(rows[0] if rows else summary or "")
    headline = plain_text.headline(html_text.plain(entry.get("title")), text, url, guid)
    if not headline:
        raise Reject("no-headline", "it has neither a title, nor text, nor an address or id")
    return Story(
        headline=headline,
        paragraphs=rows or html_text.paragraphs(str(entry.get("summary") or "")),
        partial=not rows,
        body_html=html_text.reduced(markup or str(entry.get("summary") or "")),
        byline=_authors(entry) or (_authors(feed) if feed.get("authors") else None),
        summary=summary if summary and summary != " ".join(rows) else None,
        site=html_text.plain(feed.get("title")),
        url=url,
        guid=guid if guid and guid != url else None,
        guids=[guid] if guid and not addresses.is_link(guid) else [],
        language=_language(entry, feed),
        published=_time(entry, "published") or _time(entry, "created"),
        modified=_time(entry, "updated"),
        expires=_time(entry, "expired"),
        section=next(iter(_terms(entry)), None),
        topics=_terms(entry),
        named=_places(entry),
        pictures=_pictures(entry, base),
        rights=html_text.plain(entry.get("rights")) or html_text.plain(feed.get("rights")),
        credit=html_text.plain((entry.get("source") or {}).get("title")),
        links=_links(entry, url, base),
    )


def _headers(item: Item) -> dict[str, str]:
    headers = {"content-type": "application/xml; charset=utf-8"}
    return headers | ({"content-location": item.url} if item.url else {})


def _sources(text: str, entries: int) -> dict[int, bytes]:
    """Each entry's own XML, where it can be found; entries of a feed that isn't well-formed have none."""
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError:
        return {}
    found = [e for e in root.iter() if isinstance(e.tag, str) and etree.QName(e).localname in ("item", "entry")]
    if len(found) != entries:
        return {}
    return {number: etree.tostring(element, encoding="utf-8", with_tail=False) for number, element in enumerate(found)}


def _truncated(text: str) -> bool:
    """Whether the document ends within its last entry."""
    opened = [match.start() for match in re.finditer(r"<(?:[\w.-]+:)?(?:item|entry)\b(?!-)[^<>]*(?<!/)>", text)]
    closed = [match.start() for match in re.finditer(r"</(?:[\w.-]+:)?(?:item|entry)\b", text)]
    return bool(opened) and (not closed or closed[-1] < opened[-1])


def _content(entry: Entry) -> str | None:
    """The whole text where the feed has it: the longest content, else nothing (a summary is only a summary), except in
    feeds that have nothing but descriptions of several paragraphs."""
    contents = [str(one.get("value") or "") for one in entry.get("content") or []]
    best = max(contents, key=len, default="")
    if best.strip():
        return best if "<" in best else "".join(f"<p>{row}</p>" for row in plain_text.paragraphs(best))
    summary = str(entry.get("summary") or "")
    return summary if len(html_text.paragraphs(summary)) > 1 or len(summary) > 1500 else None


def _authors(thing: Any) -> str | None:
    """Names of the authors, without e-mail addresses."""
    written = str(thing.get("author") or "")
    names = [str(one.get("name") or "") for one in thing.get("authors") or []]
    if len(names) < 2 and "@" in written:
        # "mail@host (Name)" and "Name <mail@host>", which feedparser cuts wrongly for some hosts
        name = parseaddr(written)[0]
        names = [name if name and "@" not in name else _MAIL.sub("", written)]
    elif not any(names):
        names = [written]
    plain = [_MAIL.sub("", html_text.plain(name) or "").strip(" ()<>") for name in names]
    return ", ".join(dict.fromkeys(name for name in plain if name)) or None


def _time(entry: Entry, name: str) -> str | None:
    """A time as feedparser understood it, in UTC, or as it was written where it did not. A zone's name is for normalize."""
    if name not in entry:  # feedparser would answer with another one
        return None
    parsed = entry.get(f"{name}_parsed")
    written = str(entry.get(name) or "").strip()
    if parsed and re.search(r"(?:(?<!GMT)(?<!UTC)[+-]\d{2}:?\d{2}|Z|GMT|UT|UTC)\s*$", written):
        return f"{parsed.tm_year:04}-{parsed.tm_mon:02}-{parsed.tm_mday:02}T{parsed.tm_hour:02}:{parsed.tm_min:02}:{parsed.tm_sec:02}Z"
    return written[:4096] or None


def _language(entry: Entry, feed: Any) -> str | None:
    for detail in (*(entry.get("content") or []), entry.get("title_detail") or {}, entry.get("summary_detail") or {}):
        if tag := detail.get("language"):
            return str(tag)[:35]
    tag = entry.get("language") or feed.get("language")
    return str(tag)[:35] if tag else None


def _link(entry: Entry, base: str) -> str | None:
    for one in entry.get("links") or []:
        if one.get("rel", "alternate") == "alternate" and (found := addresses.joined(one.get("href"), base)):
            return found
    found = addresses.joined(entry.get("link"), base)
    if found:
        return found
    guid = str(entry.get("id") or "")
    return guid if addresses.is_link(guid) and entry.get("guidislink", True) else None


def _terms(entry: Entry) -> list[str]:
    found = [html_text.plain(tag.get("label") or tag.get("term")) for tag in entry.get("tags") or []]
    return list(dict.fromkeys(term[:4096] for term in found if term))[:200]


def _places(entry: Entry) -> list[Named]:
    """Places by GeoRSS or the W3C's geo vocabulary."""
    name = html_text.plain(entry.get("georss_featurename") or entry.get("featurename"))
    found = places.place(name, None, *places.middle(entry.get("where")))
    return [found] if found else []


def _pictures(entry: Entry, base: str) -> list[Picture]:
    """Media RSS pictures (of a group the widest), then enclosures, then thumbnails."""
    credit = next(
        (html_text.plain(one.get("content")) for one in entry.get("media_credit") or [] if one.get("content")), None
    )
    caption = html_text.plain(entry.get("media_description")) or html_text.plain(entry.get("media_title"))
    found: list[Picture] = []
    contents = [
        one
        for one in entry.get("media_content") or []
        if str(one.get("medium") or one.get("type") or "image").startswith("image")
        or re.search(r"\.(?:jpe?g|png|webp|gif)\b", str(one.get("url")), re.I)
    ]
    contents.sort(key=lambda one: -(whole_number(one.get("width")) or 0))
    enclosures = [one for one in entry.get("enclosures") or [] if str(one.get("type") or "").startswith("image")]
    for one in (*contents, *enclosures, *(entry.get("media_thumbnail") or [])):
        if url := addresses.joined(one.get("url") or one.get("href"), base):
            found.append(parts.picture(url, caption, credit))
            if one in contents:
                break
    return list({picture.url: picture for picture in found}.values())[:20]


def _links(entry: Entry, url: str | None, base: str) -> list[Link]:
    found = []
    for one in entry.get("links") or []:
        relation = str(one.get("rel") or "alternate")
        href = addresses.joined(one.get("href"), base)
        if href and href != url and relation in ("related", "via", "enclosure", "self", "alternate"):
            if relation == "enclosure" and str(one.get("type") or "").startswith("image"):
                continue
            found.append(parts.link(href, html_text.plain(one.get("title")), relation))
    for address in (entry.get("comments"), entry.get("wfw_commentrss"), _replies(entry, base)):
        if discussion := addresses.joined(address, base):
            found.append(parts.link(discussion, rel="replies"))
    return found[:50]


def _replies(entry: Entry, base: str) -> str | None:
    for one in entry.get("links") or []:
        if one.get("rel") == "replies" and str(one.get("type") or "").endswith(("atom+xml", "rss+xml")):
            return addresses.joined(one.get("href"), base)
    return None


def _comment_on(entry: Entry) -> str | None:
    """The article that an entry comments on; None where the entry is an article."""
    reply = entry.get("thr_in-reply-to") or entry.get("in-reply-to") or {}
    if isinstance(reply, dict) and (target := reply.get("href") or reply.get("ref")) and addresses.is_link(target):
        return urldefrag(str(target)).url
    link = str(entry.get("link") or "")
    if _COMMENT_LINK.search(link) and addresses.is_link(link):
        return urldefrag(link).url
    return None


def _comment(entry: Entry) -> StoryComment:
    markup = next((str(one.get("value")) for one in entry.get("content") or [] if one.get("value")), None)
    text = "\n\n".join(html_text.paragraphs(markup or str(entry.get("summary") or "")))
    title = html_text.plain(entry.get("title")) or ""
    by = _BY.match(title)
    name = _authors(entry) or (by and (by["only"] or by["name"])) or None
    link = str(entry.get("link") or "")
    reply = entry.get("thr_in-reply-to") or entry.get("in-reply-to") or {}
    parent = str(reply.get("ref") or "") if isinstance(reply, dict) else ""
    return StoryComment(
        author=name,
        posted=_time(entry, "published") or _time(entry, "updated"),
        text=text,
        own_id=_own_id(entry, link),
        parent=parent if "#" in parent else None,
        url=link if addresses.is_link(link) else None,
    )


def _own_id(entry: Entry, link: str) -> str | None:
    return str(entry.get("id") or "").strip() or (link if _COMMENT_LINK.search(link) else None)


FORMAT = Format("feed", "application/xml", recognises, read)
