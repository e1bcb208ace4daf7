"""The tables of revise, and what is due by one of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pipeline.stages.stage import Due
from pipeline.topics import VISIBILITY_TIMERS, Record
from schemas.visibility_timer import VisibilityTimer

ARTICLES, COMMENTS, THREADS, DUE = "revise-articles", "revise-comments", "revise-threads", "revise-due"


def _visibility_timer(name: str, at: datetime) -> Record:
    return VISIBILITY_TIMERS.record(VisibilityTimer(article_id=UUID(name), due=at))


TIMERS = Due(DUE, at=lambda row: datetime.fromisoformat(row.decode()), record=_visibility_timer)
"""A record for every article whose visibility changes by itself."""
