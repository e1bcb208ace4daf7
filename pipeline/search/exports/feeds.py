"""A search as a feed: Atom (RFC 4287) and JSON Feed 1.1 (jsonfeed.org). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from mimetypes import guess_type
from typing import Any
from urllib.parse import urlsplit

from pipeline.search.exports import xml
from pipeline.search.exports.documents import Document, changed, pages, pictures, published, urn, web_address

FIELDS = (
    "article_id", "headline", "summary", "body", "url", "publisher", "authors", "section", "topics", "language", "rights", "pictures",
    "published", "modified", "shown_at", "revision.modified", "processed.received",
)  # fmt: skip
"""Of an article, that a feed is made of."""
ATOM, JSON_FEED = "application/atom+xml", "application/feed+json"


def atom(
    hits: Iterable[Document], title: str, own: str, base: str, withdrawn: Mapping[str, str] | None = None
) -> bytes:
    """`own` is the feed's address, `base` that of the readers' page. `withdrawn` are the URNs of what was in it and may not be
    read any more, each with the time (RFC 6721)."""
    hits = list(hits)
    make = xml.Maker("http://www.w3.org/2005/Atom")
    feed = make.root("feed")
    make.add(feed, "id", own)
    make.add(feed, "title", title)
    gone = withdrawn or {}
    make.add(feed, "updated", max([*map(changed, hits), *gone.values()], default="1970-01-01T00:00:00+00:00"))
    make.add(feed, "link", attributes={"rel": "self", "href": own, "type": ATOM})
    make.add(feed, "link", attributes={"rel": "alternate", "href": base, "type": "text/html"})
    make.add(feed, "generator", "Dateline")
    tombstones = xml.Maker("http://purl.org/atompub/tombstones/1.0")
    for ref, when in gone.items():
        tombstones.add(feed, "deleted-entry", attributes={"ref": ref, "when": when})
    for hit in hits:
        entry = make.add(feed, "entry", attributes={xml.XML_LANG: hit.get("language")})
        make.add(entry, "id", urn(hit))
        make.add(entry, "title", hit.get("headline") or "")
        make.add(entry, "updated", changed(hit))
        make.add(entry, "published", published(hit))
        make.add(entry, "link", attributes={"rel": "alternate", "href": pages(hit, base), "type": "text/html"})
        if original := web_address(hit.get("url")):
            make.add(entry, "link", attributes={"rel": "via", "href": original})
        for picture in pictures(hit):
            kind = guess_type(urlsplit(picture["url"]).path)[0] or "image/*"
            attributes = {"rel": "enclosure", "href": picture["url"], "type": kind, "title": picture.get("caption")}
            make.add(entry, "link", attributes=attributes)
        for author in hit.get("authors") or [hit.get("publisher") or "unknown"]:
            make.add(make.add(entry, "author"), "name", author)
        for term in dict.fromkeys([*([hit["section"]] if hit.get("section") else []), *hit.get("topics", [])]):
            make.add(entry, "category", attributes={"term": term})
        make.add(entry, "summary", _summary(hit), {"type": "text"})
        make.add_some(entry, "rights", hit.get("rights"))
    return xml.written(feed)


def json_feed(hits: Iterable[Document], title: str, own: str, base: str, following: str | None) -> dict[str, Any]:
    """The same; `following` is the address of the next page."""
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": base,
        "feed_url": own,
        "items": [_item(hit, base) for hit in hits],
    }
    if following:
        feed["next_url"] = following
    return feed


def _item(hit: Document, base: str) -> dict[str, Any]:
    images = pictures(hit)
    item = {
        "id": urn(hit),
        "url": pages(hit, base),
        "external_url": web_address(hit.get("url")),
        "title": hit.get("headline"),
        "content_text": hit.get("body") or _summary(hit),
        "summary": hit.get("summary"),
        "image": images[0]["url"] if images else None,
        "date_published": published(hit),
        "date_modified": changed(hit),
        "authors": [{"name": name} for name in hit.get("authors", [])] or None,
        "tags": hit.get("topics"),
        "language": hit.get("language"),
    }
    return {name: value for name, value in item.items() if value is not None}


def _summary(hit: Document) -> str:
    text = hit.get("summary") or (hit.get("body") or "").partition("\n\n")[0]
    return text if len(text) <= 600 else text[:600].rsplit(" ", 1)[0] + "…"
