"""JSON Feed 1.0 and 1.1. Source: https://www.jsonfeed.org/version/1.1/"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import (
    html_text,
    json_values,
    parts,
    plain_text,
    private_marks,
    wire_markup,
)
from pipeline.formats.format import Format
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
        raise Reject("invalid", f"items has to be a list, not {json_values.kind_of(items)}")
    for number, thing in enumerate(items, 1):
        try:
            if not isinstance(thing, dict):
                raise Reject("invalid", f"it has to be an object, not {json_values.kind_of(thing)}")
            parsed = _story(thing, feed, item)
            parsed.original, parsed.original_type = json.dumps(thing, ensure_ascii=False).encode(), "application/json"
            yield parsed
        except Reject as reject:
            yield Reject(reject.reason, f"item {number}: {reject.detail}")


def _story(thing: dict[str, Any], feed: dict[str, Any], item: Item) -> Story:
    own = addresses.joined(feed.get("feed_url"), item.url) or item.url
    home = addresses.joined(feed.get("home_page_url"), own)
    base = home or own or ""
    markup, text = json_values.text(thing.get("content_html")), json_values.text(thing.get("content_text"))
    markup, notes = private_marks.without_private(markup) if markup else (markup, [])
    title = html_text.plain(json_values.text(thing.get("title")))
    byline = ", ".join(
        dict.fromkeys(name for one in _authors(thing) or _authors(feed) if (name := json_values.text(one.get("name"))))
    )
    markup, rows, _ = wire_markup.of_page(markup or "", title, byline)
    rows = rows or plain_text.paragraphs(text or "")
    summary = html_text.plain(json_values.text(thing.get("summary")))
    guid = json_values.identifier(thing.get("id"))
    url = addresses.joined(thing.get("url"), base) or addresses.joined(thing.get("external_url"), base)
    text_start = plain_text.shortened(rows[0] if rows else summary or "")
    headline = plain_text.headline(title, text_start, url, guid if addresses.is_link(guid) else None)
    if not headline:
        raise Reject("no-headline", "title, content_html, content_text, summary and url are all missing")
    external = addresses.joined(thing.get("external_url"), base)
    return Story(
        headline=headline,
        paragraphs=rows or ([summary] if summary else []),
        partial=not rows,
        body_html=html_text.reduced(markup) if markup else None,
        editor_note="\n".join(notes) or None,
        byline=byline or None,
        summary=summary,
        site=json_values.text(feed.get("title")),
        url=url or (guid if addresses.is_link(guid) else None),
        guid=guid if guid != url else None,
        site_url=home,
        feed_url=own or home or json_values.text(feed.get("title")),
        language=json_values.text(thing.get("language")) or json_values.text(feed.get("language")),
        published=json_values.text(thing.get("date_published")),
        modified=json_values.text(thing.get("date_modified")),
        topics=[tag for one in json_values.as_list(thing.get("tags")) if (tag := json_values.text(one))],
        pictures=_pictures(thing, base),
        links=[*([parts.link(external)] if external and external != url else []), *_attachments(thing, base)],
    )


def _authors(thing: dict[str, Any]) -> list[dict[str, Any]]:
    several = thing.get("authors")
    return json_values.objects(
        [several] if isinstance(several, dict) and "name" in several else several
    ) or json_values.objects([thing.get("author")])


def _attachments(thing: dict[str, Any], base: str) -> list[Link]:
    """What is attached and no picture: sound, video, documents."""
    found = []
    for one in json_values.objects(thing.get("attachments")):
        address = addresses.joined(one.get("url"), base)
        if address and not str(one.get("mime_type") or "").startswith("image/"):
            found.append(parts.link(address, json_values.text(one.get("title")), "enclosure"))
    return found[:50]


def _pictures(thing: dict[str, Any], base: str) -> list[Picture]:
    found = [addresses.joined(thing.get(name), base) for name in ("image", "banner_image")]
    for one in json_values.objects(thing.get("attachments")):
        if str(one.get("mime_type") or "").startswith("image/"):
            found.append(addresses.joined(one.get("url"), base))
    return [parts.picture(url) for url in dict.fromkeys(found) if url][:20]


FORMAT = Format("json feed", "application/feed+json", recognises, read)
