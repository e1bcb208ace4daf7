"""Pictures and links of a feed's entry."""

from __future__ import annotations

import re

from pipeline import addresses
from pipeline.formats import html_text, parts
from pipeline.formats.feed_values import Entry
from pipeline.numbers import whole_number
from schemas.article import Link, Picture


def pictures(entry: Entry, base: str) -> list[Picture]:
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
    shown = entry.get("image") or {}
    enclosures = [one for one in entry.get("enclosures") or [] if str(one.get("type") or "").startswith("image")]
    for one in (*contents, *enclosures, *(entry.get("media_thumbnail") or []), shown):
        if url := addresses.joined(one.get("url") or one.get("href"), base):
            found.append(parts.picture(url, caption, credit))
            if one in contents:
                break
    return list({picture.url: picture for picture in found}.values())[:20]


def links(entry: Entry, url: str | None, base: str) -> list[Link]:
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
