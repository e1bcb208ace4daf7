"""Comments in a feed: entries that answer an article (RFC 4685), or that link to a part of its page."""

from __future__ import annotations

import re
from urllib.parse import urldefrag

from pipeline import addresses
from pipeline.formats import feed_unpublished, html_text
from pipeline.formats.feed_values import Entry, authors, time
from pipeline.formats.items import StoryComment
from pipeline.formats.xml import Element

_COMMENT_LINK = re.compile(r"#(?:comment|c|respond)-?\d+$", re.IGNORECASE)
_BY = re.compile(r"^(?:(?:By|Von|Par|Por|Di|Comment by)\s*:?\s+(?P<only>.+)|(?:Comment|Kommentar|Commentaire)\s+(?:on|zu|sur)\s+.+\s+(?:by|von|par)\s+(?P<name>.+))$")  # fmt: skip


def article_of(entry: Entry, element: Element | None = None) -> tuple[str | None, str | None] | None:
    """Address and id of the article that an entry comments on; None where the entry is an article."""
    reply = entry.get("thr_in-reply-to") or entry.get("in-reply-to") or {}
    if isinstance(reply, dict) and (target := reply.get("href") or reply.get("ref")) and addresses.is_link(target):
        return urldefrag(str(target)).url, None
    if feed_unpublished.kind_of(entry, element) == "comment" and (post := feed_unpublished.value(element, "parent")):
        return None, post
    link = str(entry.get("link") or "")
    if _COMMENT_LINK.search(link) and addresses.is_link(link):
        return urldefrag(link).url, None
    return None


def comment(entry: Entry) -> StoryComment:
    markup = next((str(one.get("value")) for one in entry.get("content") or [] if one.get("value")), None)
    text = "\n\n".join(html_text.paragraphs(markup or str(entry.get("summary") or "")))
    title = html_text.plain(entry.get("title")) or ""
    by = _BY.match(title)
    name = authors(entry) or (by and (by["only"] or by["name"])) or None
    link = str(entry.get("link") or "")
    reply = entry.get("thr_in-reply-to") or entry.get("in-reply-to") or {}
    parent = str(reply.get("ref") or "") if isinstance(reply, dict) else ""
    return StoryComment(
        author=name,
        posted=time(entry, "published") or time(entry, "updated"),
        text=text,
        own_id=_own_id(entry, link),
        parent=parent if "#" in parent else None,
        url=link if addresses.is_link(link) else None,
    )


def _own_id(entry: Entry, link: str) -> str | None:
    return str(entry.get("id") or "").strip() or (link if _COMMENT_LINK.search(link) else None)
