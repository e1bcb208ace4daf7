"""One file per format; one table that lists them. Detection is by content, never by a file's name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.errors import Reject
from pipeline.formats import (
    comments,
    coral,
    disqus,
    event_lines,
    feed,
    html_page,
    json_feed,
    newsml_1,
    newsml_g2,
    ninjs,
    nitf,
    opml,
    sitemap,
    telex,
    text_page,
    warc,
    wxr,
    xml,
)
from pipeline.formats.items import Discussion, Item, Story
from schemas.events import RawArticleEvent, RawCommentEvent

Reading = Story | Discussion | RawArticleEvent | RawCommentEvent | Reject


@dataclass(frozen=True)
class Format:
    """`recognises` looks at the item; `read` yields stories, discussions, or ready events, or what is wrong with one of
    many. A `page` is known by the address that it was fetched from."""

    name: str
    media_type: str
    recognises: Callable[[Item], bool]
    read: Callable[[Item], Iterable[Reading]]
    page: bool = False


def _one(read: Callable[[Item], Story]) -> Callable[[Item], Iterable[Reading]]:
    return lambda item: [read(item)]


FORMATS = (
    Format("warc", "application/warc", warc.recognises, warc.read),
    Format("events", "application/x-ndjson", event_lines.recognises, event_lines.read),
    Format("json feed", "application/feed+json", json_feed.recognises, json_feed.read),
    Format("ninjs", "application/json", ninjs.recognises, ninjs.read),
    Format("comments", "application/json", comments.recognises, comments.read),
    Format("coral", "application/json", coral.recognises, coral.read),
    Format("newsml-g2", "application/vnd.iptc.g2.newsitem+xml", newsml_g2.recognises, newsml_g2.read),
    Format("newsml 1", "application/xml", newsml_1.recognises, newsml_1.read),
    Format("nitf", "application/xml", nitf.recognises, _one(nitf.read)),
    Format("wxr", "application/rss+xml", wxr.recognises, wxr.read),
    Format("disqus", "application/xml", disqus.recognises, disqus.read),
    Format("feed", "application/xml", feed.recognises, feed.read),
    Format("news sitemap", "application/xml", sitemap.recognises, sitemap.read),
    Format("opml", "text/x-opml", opml.recognises, opml.read),
    Format("html page", "text/html", html_page.recognises, _one(html_page.read), page=True),
    Format("text wire", "text/plain", telex.recognises, _one(telex.read)),
    Format("text page", "text/plain", text_page.recognises, _one(text_page.read), page=True),
)


def detect(item: Item) -> Format:
    """The item's format. Raises Reject saying what was recognised and what was missing."""
    if not item.content.strip():
        raise Reject("empty", "there is nothing in it")
    for candidate in FORMATS:
        if candidate.recognises(item):
            return candidate
    raise Reject("unknown-format", f"{_seen(item)}. Known are: {', '.join(one.name for one in FORMATS)}")


def _seen(item: Item) -> str:
    """What an unknown item looks like, and what it lacks."""
    start = item.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        if item.json is None:
            try:
                json.loads(item.content)
            except (ValueError, RecursionError) as e:
                return f"this begins like JSON, but it can't be read: {e}"
        keys = ", ".join(sorted(map(str, item.json))[:12]) if isinstance(item.json, dict) else "a list"
        return (
            f"this is JSON ({keys or 'an empty object'}), but neither ninjs (uri and headline), a JSON Feed (version and "
            "items), an event (specversion and type), nor comments (article and comments, or Coral's body and storyID)"
        )
    if xml.looks_like_xml(item.content):
        return f"this is XML with the root element {xml.root_name(item.content)!r}, which no known format has"
    if b"\x00" in item.content[:4096]:
        return "this is binary data"
    return "this is text, but no news page (a headline, then paragraphs between empty lines) and no text wire"
