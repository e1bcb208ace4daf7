"""Removes old trends from their index, which would otherwise only grow."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.index.client import open_client
from pipeline.operations.removal import delete_matching
from pipeline.settings import Settings

RETENTION = timedelta(days=30)


def expire_trends(settings: Settings, now: datetime, retention: timedelta = RETENTION) -> int:
    """Remove trends of windows that ended longer ago than `retention`; returns how many. Raises Retry."""
    with open_client(settings) as client:
        before = (now - retention).isoformat()
        return delete_matching(client, settings.named("trends"), {"range": {"hour": {"lt": before}}})
