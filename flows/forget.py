"""forget: once a day, trends of a month ago leave the index."""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import flow, get_run_logger

from pipeline.commands.shared import settings
from pipeline.operations.forget import forget_trends


@flow(name="forget", retries=3, retry_delay_seconds=60, log_prints=False)
def forget() -> int:
    """Remove old trends; says how many."""
    gone = forget_trends(settings(), datetime.now(UTC))
    get_run_logger().info("%d old trends removed", gone)
    return gone
