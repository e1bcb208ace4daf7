"""An article or comment with what enrich made of it. Data of `articles.enriched` and `comments.enriched`."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from schemas.article import Article
from schemas.base import Model
from schemas.comment import Comment
from schemas.enrichment import ArticleEnrichment, CommentEnrichment


class EnrichedArticle(Model):
    kind: Literal["article"] = "article"
    article: Article
    enrichment: ArticleEnrichment

    @property
    def article_id(self) -> UUID:
        return self.article.article_id


class EnrichedComment(Model):
    kind: Literal["comment"] = "comment"
    comment: Comment
    enrichment: CommentEnrichment

    @property
    def article_id(self) -> UUID:
        return self.comment.article_id

    @property
    def comment_id(self) -> UUID:
        return self.comment.comment_id
