"""Serves the flows to a Prefect server."""

from __future__ import annotations

from typing import Any, cast

from prefect import serve

from flows.backfill import backfill
from flows.expire_trends import expire_trends, forget
from flows.poll_feeds import poll_feeds


def serve_flows() -> None:
    """Register a deployment of each flow, and run those that are due or asked for, until stopped."""
    serve(
        cast(Any, backfill).to_deployment(name="backfill", tags=["dateline"]),
        # the longest that a feed waits after its own interval is over
        cast(Any, poll_feeds).to_deployment(name="poll-feeds", tags=["dateline"], interval=60, concurrency_limit=1),
        cast(Any, expire_trends).to_deployment(name="expire-trends", tags=["dateline"], interval=86_400),
        # the former name, which schedules outside may use; without a schedule of its own
        cast(Any, forget).to_deployment(name="forget", tags=["dateline"]),
    )
