"""A durable timer's record: look at this article's visibility again. It carries no decision of its own."""

from __future__ import annotations

from uuid import UUID

from schemas.base import Instant, Model


class VisibilityTimer(Model):
    article_id: UUID
    due: Instant
