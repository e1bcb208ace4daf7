"""expire-trends: once a day, removes trends older than a month from the index."""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import flow, get_run_logger

from pipeline import telemetry
from pipeline.local.resolve import settings
from pipeline.operations import trends

SCHEDULE = 86_400
"""Seconds."""


@flow(name="expire-trends", retries=3, retry_delay_seconds=60, log_prints=False)
def expire_trends() -> int:
    """Remove old trends; returns how many."""
    removed = trends.expire_trends(settings(), datetime.now(UTC))
    telemetry.TRENDS_EXPIRED.to(get_run_logger(), trends=removed)
    return removed


forget = expire_trends.with_options(name="forget")
"""The flow under its former name, for whoever starts it by that."""
