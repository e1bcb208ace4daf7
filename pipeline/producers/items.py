"""Items as they come, and what a format reads from them; no ids yet, times still as written."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.article import Faq, Picture


@dataclass(frozen=True)
class Item:
    """Bytes from outside. `source` is the path or address for messages; `url` the page's own address if known."""

    content: bytes
    source: str
    media_type: str | None = None
    url: str | None = None


@dataclass
class PageComment:
    """A reader's comment on a page. `own_id` is the site's id for it, `parent` that of the comment it answers."""

    author: str | None
    posted: str | None
    text: str
    own_id: str | None = None
    parent: str | None = None


@dataclass
class Page:
    """One article as its format declares it, with its comments."""

    headline: str
    paragraphs: list[str]
    byline: str | None = None
    dateline: str | None = None
    section: str | None = None
    summary: str | None = None
    site: str | None = None
    url: str | None = None
    guid: str | None = None
    language: str | None = None
    published: str | None = None
    modified: str | None = None
    topics: list[str] = field(default_factory=list)
    faq: list[Faq] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    comments: list[PageComment] = field(default_factory=list)
