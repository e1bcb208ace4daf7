"""A page that a browser saved as one file, with all that belongs to it: MHTML (RFC 2557). Its HTML is read, by `html_page`."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from email.message import Message

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import encodings, html_page
from pipeline.formats.format import Format, single
from pipeline.formats.items import Item, Story

_HEADERS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:[A-Za-z][\w-]*[ \t]*:[^\r\n]*\r?\n(?:[ \t]+[^\r\n]*\r?\n)*)+\r?\n")
_RELATED = re.compile(rb"^content-type[ \t]*:[ \t]*multipart/related\b", re.IGNORECASE | re.MULTILINE)
_LONGEST = 16_384


def recognises(item: Item) -> bool:
    """Headers as of a message, of which one says that what follows are the parts of one page."""
    head = _HEADERS.match(item.content[:_LONGEST])
    return head is not None and _RELATED.search(head[0]) is not None


def read(item: Item) -> Story:
    """The page's article and comments. Raises Reject where no part of it is HTML, or its end is missing."""
    whole = email.message_from_bytes(item.content.lstrip(b"\xef\xbb\xbf \t\r\n"), policy=email.policy.compat32)
    for part in whole.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content.strip():
                story = html_page.read(replace(_page(item, whole, part), content=content).in_utf8())
                story.fetched_from = item.url  # where it says that it is from is what it says
                return story
    raise Reject("no-body", "this is a saved page (MHTML), but no part of it is HTML")


def _page(item: Item, whole: Message, part: Message) -> Item:
    """The page without its content: where it is from, and what its part says of its encoding."""
    said = (item.url, whole.get("Snapshot-Content-Location"), part.get("Content-Location"))
    url = next((str(one).strip() for one in said if addresses.is_link(str(one or "").strip())), None)
    return replace(
        item, url=url, media_type="text/html", charset=encodings.charset(str(part.get("Content-Type") or ""))
    )


FORMAT = Format("saved page", "multipart/related", recognises, single(read), page=True)
