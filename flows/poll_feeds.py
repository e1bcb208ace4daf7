"""poll-feeds: poll every feed that is due, and show the results as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from prefect import get_run_logger
from pydantic import Field

from flows.support.artifacts import show_table
from flows.support.operation import io_task, operation
from flows.support.parameters import Name
from flows.support.states import finished
from pipeline import telemetry
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
_REFUSED = frozenset({"failed", "disabled"})
_NAMED = 3


@io_task("poll", retries=2)
def poll(delay: float, feed: str | None, every: bool) -> list[dict[str, Any]]:
    """Poll what is due. A retry polls what is still due; one that takes too long ends with its process, and the next run
    goes on with what is still due."""
    with StallGuard(exit_process).watching("polling", LONGEST):
        results = rounds.poll_feeds(settings(), feed, every=every, delay=delay)
    return [
        {
            "feed": one.url,
            "outcome": one.outcome,
            "events": one.events,
            "refused": one.refused,
            "next": one.next_poll.isoformat(timespec="minutes") if one.next_poll else "",
            "problem": one.problem or "",
        }
        for one in results
    ]


@operation("poll-feeds", minutes=LONGEST / 60 + 1)
def poll_feeds(
    delay: Annotated[float, Field(ge=0, le=60)] = PAGE_DELAY, feed: Name | None = None, every: bool = False
) -> dict[str, int]:
    """Polls every feed that is due. Feeds that fail, and items that are refused, are in the run's state and its table.

    Args:
        delay: Pause in seconds between two requests to one host.
        feed: Only this feed, due or not: its id or address, as `dateline feeds list` shows it.
        every: All feeds, due or not.
    """
    rows = poll(delay, feed, every)
    log = get_run_logger()
    for row in rows:
        if row["problem"]:
            telemetry.FEED_PROBLEM.to(log, feed=row["feed"], problem=row["problem"])
    counts = {
        "feeds": len(rows),
        "events": sum(row["events"] for row in rows),
        "refused": sum(row["refused"] for row in rows),
        "failed": sum(row["outcome"] in _REFUSED for row in rows),
    }
    # what went wrong first: a table shows its beginning
    show_table("poll-feeds", sorted(rows, key=_order), _sentence(counts))
    telemetry.FEEDS_POLLED.to(log, feeds=counts["feeds"], events=counts["events"], refused=counts["refused"])
    wrong = [row["feed"] for row in rows if row["outcome"] in _REFUSED or row["refused"]]
    named = f" {', '.join(wrong[:_NAMED])}{', …' if len(wrong) > _NAMED else ''}" if wrong else ""
    polled = counts["feeds"] - counts["failed"]
    return finished(counts, f"{_sentence(counts)}.{named}", done=polled, refused=counts["failed"] + counts["refused"])


def _order(row: Mapping[str, Any]) -> tuple[bool, bool, str]:
    return row["outcome"] not in _REFUSED, not row["refused"], row["feed"]


def _sentence(counts: dict[str, int]) -> str:
    if not counts["feeds"]:
        return "No feed is due"
    wrong = [f"{counts['failed']} failed"] if counts["failed"] else []
    wrong += [f"{counts['refused']} items refused"] if counts["refused"] else []
    return ", ".join([f"{counts['feeds']} feeds polled", f"{counts['events']} events", *wrong])
