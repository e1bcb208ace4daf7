"""Serves the flows to a Prefect server."""

from __future__ import annotations

from typing import Any, cast

from prefect import serve

from flows.backfill import backfill


def serve_flows() -> None:
    """Register a deployment of each flow and run what is asked for, until stopped."""
    deployment = cast(Any, backfill).to_deployment(name="backfill", tags=["dateline"])
    serve(deployment)
