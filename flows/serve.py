"""Serves the flows to a Prefect server."""

from __future__ import annotations

from typing import Any, cast

from prefect import serve

from flows.backfill import backfill
from flows.forget import forget
from flows.poll_feeds import poll_feeds


def serve_flows() -> None:
    """Register a deployment of each flow and run what is asked for, until stopped."""
    serve(
        cast(Any, backfill).to_deployment(name="backfill", tags=["dateline"]),
        # a minute is how late a feed can be asked; each has an interval of its own
        cast(Any, poll_feeds).to_deployment(name="poll-feeds", tags=["dateline"], interval=60, concurrency_limit=1),
        cast(Any, forget).to_deployment(name="forget", tags=["dateline"], interval=86_400),
    )
