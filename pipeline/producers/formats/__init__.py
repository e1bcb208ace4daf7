"""One file per format; one table that lists them. Detection is by content, never by a file's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.errors import Reject
from pipeline.producers.formats import event_lines, html_page, text_page
from pipeline.producers.items import Item, Page
from schemas.events import RawArticleEvent, RawCommentEvent

Reading = Page | RawArticleEvent | RawCommentEvent | Reject


@dataclass(frozen=True)
class Format:
    """`recognises` looks at the item; `read` yields pages, or ready events, or what is wrong with one of many."""

    name: str
    media_type: str
    recognises: Callable[[Item], bool]
    read: Callable[[Item], list[Reading]]


FORMATS = (
    Format("events", "application/x-ndjson", event_lines.recognises, lambda item: list(event_lines.read(item))),
    Format("html page", "text/html", html_page.recognises, lambda item: [html_page.read(item)]),
    Format("text page", "text/plain", text_page.recognises, lambda item: [text_page.read(item)]),
)


def detect(item: Item) -> Format:
    """The item's format. Raises Reject saying what was recognised and what was missing."""
    if not item.content.strip():
        raise Reject("empty", "there is nothing in it")
    for candidate in FORMATS:
        if candidate.recognises(item):
            return candidate
    seen = "binary data" if b"\x00" in item.content[:4096] else "text that is no news page"
    raise Reject(
        "unknown-format",
        f"{seen}; known are an HTML page, the plain text of a page (a headline, then paragraphs), and events as JSON lines",
    )
