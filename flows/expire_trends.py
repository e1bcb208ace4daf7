"""expire-trends: once a day, removes trends older than a month from the index."""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import flow, get_run_logger

from pipeline.commands.shared import settings
from pipeline.operations import trends


@flow(name="expire-trends", retries=3, retry_delay_seconds=60, log_prints=False)
def expire_trends() -> int:
    """Remove old trends; returns how many."""
    removed = trends.expire_trends(settings(), datetime.now(UTC))
    get_run_logger().info("%d old trends removed", removed)
    return removed


forget = expire_trends.with_options(name="forget")
"""The flow under its former name."""
