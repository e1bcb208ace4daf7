"""Every topic's record: the envelope with the data of its stage."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.article import Article, Notice, ReceivedArticle
from schemas.comment import Comment, CommentNotice, ReceivedComment
from schemas.current import CurrentArticle, CurrentComment, SupersededArticle
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.event import Event, SentEvent
from schemas.patch import ArticlePatch, ReceivedPatch

_BY_KIND = Field(discriminator="kind")


class RawArticleEvent(SentEvent[Annotated[ReceivedArticle | Notice | ReceivedPatch, _BY_KIND]]):
    """Record of `articles.raw`."""


class NormalizedArticleEvent(Event[Annotated[Article | Notice | ArticlePatch, _BY_KIND]]):
    """Record of `articles.normalized`."""


class EnrichedArticleEvent(Event[Annotated[EnrichedArticle | Notice | ArticlePatch, _BY_KIND]]):
    """Record of `articles.enriched`."""


class CurrentArticleEvent(Event[CurrentArticle]):
    """Record of `articles.current`."""


class SupersededArticleEvent(Event[SupersededArticle]):
    """Record of `articles.history`."""


class RawCommentEvent(SentEvent[Annotated[ReceivedComment | CommentNotice, _BY_KIND]]):
    """Record of `comments.raw`."""


class NormalizedCommentEvent(Event[Annotated[Comment | CommentNotice, _BY_KIND]]):
    """Record of `comments.normalized`."""


class EnrichedCommentEvent(Event[Annotated[EnrichedComment | CommentNotice, _BY_KIND]]):
    """Record of `comments.enriched`."""


class CurrentCommentEvent(Event[CurrentComment]):
    """Record of `comments.current`."""
