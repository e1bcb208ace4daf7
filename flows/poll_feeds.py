"""poll-feeds: ask every feed that is due, and show what each brought as a Prefect artifact."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact

from pipeline.commands.shared import settings
from pipeline.feeds import polling as feeds
from pipeline.feeds import schedule
from pipeline.feeds.websub import WebSubHubs
from pipeline.ingest.fetching import Fetcher
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.clients import ensure_topics


@task(name="poll", retries=2, retry_delay_seconds=5)
def poll(delay: float) -> list[dict[str, Any]]:
    """Poll what is due. Done again after a failure it asks only for what is still due."""
    current = settings()
    ensure_topics(current)
    with (
        feeds.open_feeds(current) as known,
        Publisher(current) as publisher,
        Fetcher(current.largest_record, private_networks=current.private_networks) as fetcher,
    ):
        now = datetime.now(UTC)
        due = [feed for feed in known.all() if schedule.is_due(feed, now)]
        hubs = WebSubHubs(current.public_url, fetcher) if current.public_url else None
        finished = feeds.poll_all(current, known, publisher, due, hubs=hubs, delay=delay)
    return [
        {
            "feed": polled.feed.url,
            "outcome": polled.outcome,
            "events": len(polled.events),
            "refused": len(polled.rejects),
            "next": polled.feed.next_poll.isoformat(timespec="minutes") if polled.feed.next_poll else "",
            "problem": polled.feed.problem or "",
        }
        for polled in finished
    ]


@flow(name="poll-feeds", log_prints=False)
def poll_feeds(delay: float = feeds.PAGE_DELAY) -> dict[str, int]:
    """Every feed that is due, once. `delay` is the pause in seconds between two requests to one host."""
    rows = poll(delay)
    log = get_run_logger()
    for row in rows:
        if row["problem"]:
            log.warning("%s: %s", row["feed"], row["problem"])
    if rows:
        create_table_artifact(key="poll-feeds", table=rows, description=f"{len(rows)} feeds were asked")
    counts = {
        "feeds": len(rows),
        "events": sum(row["events"] for row in rows),
        "refused": sum(row["refused"] for row in rows),
    }
    log.info("%(feeds)d feeds asked, %(events)d events published, %(refused)d refused", counts)
    return counts
