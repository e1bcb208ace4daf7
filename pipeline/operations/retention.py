"""Removes from the indices what is older than it may be; they would otherwise only grow."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.index.client import open_client
from pipeline.operations.removal import delete_matching
from pipeline.settings import Settings
from pipeline.topics import DAY_MS, DEAD_LETTERS

TREND_DAYS = 30
DEAD_LETTER_DAYS = DEAD_LETTERS.retention_ms // DAY_MS
"""Then its bytes have left the topic, and it can't be replayed; the index would keep a preview of its text."""


def expire_trends(settings: Settings, now: datetime, retention: timedelta = timedelta(days=TREND_DAYS)) -> int:
    """Remove trends of windows that ended longer ago than `retention`; returns how many. Raises Retry."""
    return _expire(settings, "trends", "hour", now - retention)


def expire_dead_letters(settings: Settings, now: datetime, days: int = DEAD_LETTER_DAYS) -> int:
    """Remove from the index the dead letters that are older; returns how many. Raises Retry."""
    return _expire(settings, "dead-letters", "at", now - timedelta(days=days))


def _expire(settings: Settings, alias: str, field: str, before: datetime) -> int:
    with open_client(settings) as client:
        return delete_matching(client, settings.named(alias), {"range": {field: {"lt": before.isoformat()}}})
