"""JSON Feed 1.0 and 1.1. Source: https://www.jsonfeed.org/version/1.1/"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.errors import Reject
from pipeline.formats import html_text, media
from pipeline.formats.items import Item, Story
from schemas.article import Link, Picture


def recognises(item: Item) -> bool:
    loaded = item.json
    return isinstance(loaded, dict) and (
        "jsonfeed.org" in str(loaded.get("version", "")) or ("items" in loaded and "feed_url" in loaded)
    )


def read(item: Item) -> Iterator[Story | Reject]:
    """A story for each item; one that can't be read is refused by itself."""
    feed = item.json
    items = feed.get("items")
    if not isinstance(items, list):
        raise Reject("invalid", f"items has to be a list, not {media.kind_of(items)}")
    for number, thing in enumerate(items, 1):
        try:
            if not isinstance(thing, dict):
                raise Reject("invalid", f"it has to be an object, not {media.kind_of(thing)}")
            told = _story(thing, feed, item)
            told.original, told.original_type = json.dumps(thing, ensure_ascii=False).encode(), "application/json"
            yield told
        except Reject as reject:
            yield Reject(reject.reason, f"item {number}: {reject.detail}")


def _story(thing: dict[str, Any], feed: dict[str, Any], item: Item) -> Story:
    base = _text(feed.get("home_page_url")) or item.url or ""
    markup, text = _text(thing.get("content_html")), _text(thing.get("content_text"))
    rows = html_text.paragraphs(markup) if markup else media.text_paragraphs(text or "")
    summary = html_text.plain(_text(thing.get("summary")))
    own = thing.get("id")
    guid = str(own).strip() if isinstance(own, str | int | float) and not isinstance(own, bool) else None
    url = media.joined(thing.get("url"), base) or media.joined(thing.get("external_url"), base)
    text_start = media.shortened(rows[0] if rows else summary or "")
    headline = media.headline(html_text.plain(_text(thing.get("title"))), text_start, url, guid)
    if not headline:
        raise Reject("no-headline", "title, content_html, content_text, summary, url and id are all missing")
    names = [name for one in _authors(thing) or _authors(feed) if (name := _text(one.get("name")))]
    external = media.joined(thing.get("external_url"), base)
    return Story(
        headline=headline,
        paragraphs=rows or ([summary] if summary else []),
        partial=not rows,
        body_html=html_text.sanitised(markup) if markup else None,
        byline=", ".join(dict.fromkeys(names)) or None,
        summary=summary,
        site=_text(feed.get("title")),
        url=url or (guid if media.is_link(guid) else None),
        guid=guid if guid != url else None,
        language=_text(thing.get("language")) or _text(feed.get("language")),
        published=_text(thing.get("date_published")),
        modified=_text(thing.get("date_modified")),
        topics=[tag for one in thing.get("tags") or [] if (tag := _text(one))]
        if isinstance(thing.get("tags"), list)
        else [],
        pictures=_pictures(thing, base),
        links=[Link(url=external, rel="related")] if external and external != url else [],
    )


def _authors(thing: dict[str, Any]) -> list[dict[str, Any]]:
    several = thing.get("authors")
    return media.values([several] if isinstance(several, dict) and "name" in several else several) or media.values(
        [thing.get("author")]
    )


def _pictures(thing: dict[str, Any], base: str) -> list[Picture]:
    found = [media.joined(thing.get(name), base) for name in ("image", "banner_image")]
    for one in media.values(thing.get("attachments")):
        if str(one.get("mime_type") or "").startswith("image/"):
            found.append(media.joined(one.get("url"), base))
    return [media.picture(url) for url in dict.fromkeys(found) if url][:20]


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
