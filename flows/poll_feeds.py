"""poll-feeds: poll every feed that is due, and show the results as a Prefect artifact."""

from __future__ import annotations

from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact

from pipeline import telemetry
from pipeline.escaping import printable
from pipeline.feeds import rounds
from pipeline.feeds.full_text import PAGE_DELAY
from pipeline.local.resolve import settings
from pipeline.process.exit import exit_process
from pipeline.process.stall import StallGuard

SCHEDULE = 60
"""Seconds: the longest that a feed waits after its own interval is over."""
CONCURRENCY = 1
LONGEST = 1800.0
"""Seconds of one round."""


@task(name="poll", retries=2, retry_delay_seconds=5)
def poll(delay: float) -> list[dict[str, Any]]:
    """Poll what is due. A retry polls what is still due; one that takes too long ends with its process, and the next run
    goes on with what is still due."""
    with StallGuard(exit_process).watching("polling", LONGEST):
        results = rounds.poll_feeds(settings(), delay=delay)
    return [
        {
            "feed": printable(one.url),
            "outcome": one.outcome,
            "events": one.events,
            "refused": one.refused,
            "next": one.next_poll.isoformat(timespec="minutes") if one.next_poll else "",
            "problem": printable(one.problem or ""),
        }
        for one in results
    ]


@flow(name="poll-feeds", log_prints=False)
def poll_feeds(delay: float = PAGE_DELAY) -> dict[str, int]:
    """Every feed that is due, once. `delay` is the pause in seconds between two requests to one host."""
    rows = poll(delay)
    log = get_run_logger()
    for row in rows:
        if row["problem"]:
            telemetry.FEED_PROBLEM.to(log, feed=row["feed"], problem=row["problem"])
    if rows:
        create_table_artifact(key="poll-feeds", table=rows, description=f"{len(rows)} feeds polled")
    counts = {
        "feeds": len(rows),
        "events": sum(row["events"] for row in rows),
        "refused": sum(row["refused"] for row in rows),
    }
    telemetry.FEEDS_POLLED.to(log, feeds=counts["feeds"], events=counts["events"], refused=counts["refused"])
    return counts
