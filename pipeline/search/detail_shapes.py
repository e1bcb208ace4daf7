"""The answers of item_routes.py as the OpenAPI description shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from pipeline.search.detail_queries import SHORT
from pipeline.search.queries import COVERAGE
from pipeline.search.shapes import ArticleFields, CommentHit, NoteShape, OfDocument, Shape


class Short(OfDocument):
    """An article in a list."""

    only = frozenset(SHORT)
    id: str
    article_id: str


class Told(OfDocument):
    """An article of a story."""

    only = frozenset(COVERAGE)
    article_id: str
    first_published: datetime | None
    told: datetime | None = Field(description="The former name of `first_published`, for one version.")


class StoryShape(Shape):
    story_id: str
    total: int
    articles: list[Told]


class FieldChange(Shape):
    field: str = Field(examples=["headline"])
    before: Any
    after: Any


class ParagraphChange(Shape):
    change: Literal["added", "removed", "same"]
    text: str | None = None
    count: int | None = Field(None, description="How many paragraphs, of `same`.")


class RevisionShape(Shape):
    """A revision that readers could see."""

    number: int
    at: datetime | None
    headline: str | None
    correction_note: str | None = None
    changes: list[FieldChange] | None = Field(None, description="Against the one before in the list.")
    body: list[ParagraphChange] | None = None


class CorrectionShape(Shape):
    at: datetime | None
    note: str


class ArticleShape(ArticleFields):
    """The whole document, with its story and its revisions."""

    story: StoryShape | None = None
    history: list[RevisionShape] | None = Field(
        None, description="The latest that readers could see; null where revisions are not shown here."
    )
    revisions: int | None = Field(None, description="How many there are in all.")
    corrections: tuple[CorrectionShape, ...] = ()


class Ninjs(Shape):
    """With `format=ninjs`: IPTC's ninjs 3.0 (https://www.iptc.org/std/ninjs/ninjs-schema_3.0.json)."""

    model_config = ConfigDict(extra="allow")

    uri: str = Field(examples=["urn:uuid:6c1f2c0e-0000-4000-8000-000000000000"])
    standard: dict[str, str]


class CommentShape(CommentHit):
    replies: tuple[CommentShape, ...] = ()
    reply_count: int = Field(0, description="Replies at any depth.")
    more_replies: bool | None = Field(None, description="`parent=` with this comment's id has the rest.")


class ThreadShape(Shape):
    total: int
    comments: list[CommentShape]
    notes: list[NoteShape]
    next: str | None = Field(description="`cursor` of the next page; null at the end.")


class RelatedShape(Shape):
    articles: list[Short]


class StoryGroup(Shape):
    story_id: str
    articles: int = Field(examples=[4])
    publishers: list[str]
    latest: datetime
    first: Short = Field(description="The article published first.")
    last: Short = Field(description="The article published last.")


class StoriesShape(Shape):
    stories: list[StoryGroup]
    notes: list[NoteShape]


class Suggestion(Shape):
    kind: Literal["person", "place", "organisation", "topic", "article"]
    text: str = Field(examples=["Varnholm"])
    count: int | None = Field(None, description="Articles that name it.")
    id: str | None = Field(None, description="Of an article.")


class SuggestionShape(Shape):
    suggestions: list[Suggestion]


class Interval(Shape):
    from_: datetime = Field(alias="from")
    count: int
    article: Short | None


class TimelineShape(Shape):
    total: int
    interval: Literal["hour", "day", "week", "month", "year"] = Field(description="By what it is counted.")
    times: list[Interval]
    notes: list[NoteShape]
