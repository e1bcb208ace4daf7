"""Items as received, and what a format reads from them: without ids, times as written."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from pipeline.errors import Reject
from pipeline.formats import encodings, json_values
from schemas.article import Faq, Hop, Link, Named, Picture, Subject


@dataclass(frozen=True)
class Item:
    """Bytes from outside. `source` is the path or address for messages; `url` the page's own address if known."""

    content: bytes
    source: str
    media_type: str | None = None
    url: str | None = None
    charset: str | None = None
    """The encoding that came with it (HTTP's Content-Type), as it is written there."""

    @cached_property
    def json(self) -> Any:
        """The content as JSON, parsed once; None where it is none. Objects on a line each are a list."""
        if not self.is_like_json:
            return None
        try:
            loaded = json.loads(encodings.decode(self.content, self.charset))
        except ValueError:
            loaded = self._json_lines[0]
        except RecursionError:
            return None
        return whole(loaded) if b"\\u" in self.content or b"\xed" in self.content else loaded

    @property
    def json_faults(self) -> tuple[Reject, ...]:
        """Why lines of it can't be read, where it is an object on each line."""
        return self._json_lines[1] if isinstance(self.json, list) and "_json_lines" in self.__dict__ else ()

    @cached_property
    def _json_lines(self) -> tuple[list[Any] | None, tuple[Reject, ...]]:
        return json_values.lines(encodings.decode(self.content, self.charset))

    @property
    def is_like_json(self) -> bool:
        """Whether it begins as JSON does."""
        return self.content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")[:1] in (b"{", b"[")

    @property
    def is_cut_off_json(self) -> bool:
        """Whether it is JSON whose end is missing."""
        return (
            self.is_like_json
            and self.json is None
            and json_values.is_cut_off(encodings.decode(self.content, self.charset))
        )

    def in_utf8(self) -> Item:
        """The item with its charset applied, for a format to read: in UTF-8 with a byte order mark, which outranks what
        its bytes declare. The bytes as received are the item's own."""
        if self.charset is None or encodings.is_packed(self.content):
            return self
        text = encodings.decode(self.content, self.charset, encodings.declared(self.content))
        return replace(self, content=codecs.BOM_UTF8 + text.encode("utf-8", "replace"), charset=None)


def whole(value: Any) -> Any:
    """The JSON without halves of surrogate pairs, which are no characters: neither Kafka nor Elasticsearch accepts them."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [whole(one) for one in value]
    if isinstance(value, dict):
        return {whole(name): whole(one) for name, one in value.items()}
    return value


class State(StrEnum):
    """How its provider lets a story be used."""

    USABLE = "usable"
    EMBARGOED = "embargoed"  # until its embargo ends; withheld where it has no end
    WITHHELD = "withheld"  # until the provider releases it
    KILLED = "killed"


class CommentState(StrEnum):
    """The site's decision about a comment."""

    APPROVED = "approved"
    HELD = "held"
    REJECTED = "rejected"
    REMOVED = "removed"


@dataclass
class StoryComment:
    """A reader's comment. `own_id` is the site's id for it, `parent` that of the comment it answers; `answers` is that comment
    itself, where it may have no id."""

    author: str | None
    posted: str | None
    text: str
    own_id: str | None = None
    parent: str | None = None
    edited: str | None = None
    url: str | None = None
    state: CommentState = CommentState.APPROVED
    answers: StoryComment | None = field(default=None, repr=False, compare=False)


@dataclass
class Story:
    """One article as its format declares it, with its comments. docs/formats.md lists the source of each field.

    Fields that have the name of one of schemas.article.ReceivedArticle become that field as they are.
    """

    headline: str
    paragraphs: list[str]
    body_html: str | None = None
    """Without what readers could not get anyway (`html_text.reduced`)."""
    byline: str | None = None
    dateline: str | None = None
    slug: str | None = None
    take: str | None = None
    section: str | None = None
    summary: str | None = None
    site: str | None = None
    sender: str | None = None
    """The provider as the item names it."""
    url: str | None = None
    guid: str | None = None
    """The id that all revisions of the story share."""
    guids: list[str] = field(default_factory=list)
    """Its other ids."""
    own_url: bool = True
    """Whether `url` is its own; else it leads to a page of several, and joins nothing."""
    fetched_from: str | None = None
    """Where its page was fetched from, which is its own address whatever the page declares."""
    site_url: str | None = None
    """The address of the site that it is of."""
    feed_url: str | None = None
    """The address of the feed that it is in, where its id is unique in the feed alone."""
    language: str | None = None
    published: str | None = None
    modified: str | None = None
    version: int | None = None
    embargo_until: str | None = None
    expires: str | None = None
    state: State = State.USABLE
    corrected: bool = False
    correction_note: str | None = None
    editor_note: str | None = None
    genre: str | None = None
    urgency: int | None = None
    subjects: list[Subject] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    faq: list[Faq] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    rights: str | None = None
    rights_holder: str | None = None
    usage_terms: str | None = None
    credit: str | None = None
    hops: list[Hop] = field(default_factory=list)
    partial: bool = False
    """There is more text at `url` than the item has."""
    comments: list[StoryComment] = field(default_factory=list)
    original: bytes | None = None
    """Its own part of an item that holds several; the whole item where it is alone in it."""
    original_type: str | None = None

    def times(self) -> Iterator[str | None]:
        """All times, of its comments too."""
        yield from (self.published, self.modified, self.embargo_until, self.expires)
        for comment in self.comments:
            yield from (comment.posted, comment.edited)


@dataclass
class Discussion:
    """Comments of an article that is not in the item, which is named by its address or by the site's id for it."""

    comments: list[StoryComment]
    url: str | None = None
    guid: str | None = None
    headline: str | None = None

    def times(self) -> Iterator[str | None]:
        """The times of all comments."""
        for comment in self.comments:
            yield from (comment.posted, comment.edited)
