"""backfill: publishes a folder of pages, waits until they can be searched, and reports."""

from __future__ import annotations

import time
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact

from pipeline import telemetry
from pipeline.errors import Fatal, Retry
from pipeline.index.client import open_client
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_items
from pipeline.ingest.publisher import Publisher
from pipeline.local.resolve import settings
from pipeline.operations.status import lags
from schemas.events import RawArticleEvent

SCHEDULE = None
"""An operator starts it."""

Published = dict[str, Any]


def _worth_retrying(_task: Any, _run: Any, state: Any) -> bool:
    """Whether it failed because an engine was away; anything else would fail again."""
    try:
        state.result()
    except Retry:
        return True
    except Exception:
        return False
    return False


@task(retries=5, retry_delay_seconds=[2, 5, 10, 30, 60], retry_condition_fn=_worth_retrying)
def publish_folder(folder: str, provider: str | None) -> Published:
    """Publish every item; repeating it after a failure changes nothing. `{articles, comments, article_ids, refused}`."""
    log = get_run_logger()
    published: Published = {"articles": 0, "comments": 0, "article_ids": [], "refused": []}
    with Publisher(settings()) as publisher:
        for read in read_items(folder, Hints(provider=provider), settings()):
            for event in read.events:
                if (rejected := publisher.publish(event, read.item.source)) is not None:
                    published["refused"].append([read.item.source, str(rejected)])
                elif isinstance(event, RawArticleEvent):
                    published["articles"] += 1
                    published["article_ids"].append(str(event.data.article_id))
                else:
                    published["comments"] += 1
            if read.reject is not None:
                publisher.refuse(read, provider)
                published["refused"].append([read.item.source, str(read.reject)])
                telemetry.ITEM_REFUSED.to(log, source=read.item.source, reason=read.reject)
    published["article_ids"] = list(dict.fromkeys(published["article_ids"]))
    telemetry.FOLDER_PUBLISHED.to(log, articles=published["articles"], comments=published["comments"])
    return published


@task(retries=5, retry_delay_seconds=5, retry_condition_fn=_worth_retrying)
def await_searchable(article_ids: list[str], patience_seconds: float) -> Published:
    """Wait until each article is in an index, public or hidden. Raises Fatal naming how many are not after the wait."""
    current = settings()
    deadline = time.monotonic() + patience_seconds
    indices = [current.named("articles"), current.named("articles-hidden")]
    counts = {"public": 0, "hidden": 0}
    with open_client(current) as client:
        tolerant = client.options(ignore_status=404)
        while True:
            tolerant.indices.refresh(index=indices)
            for name, index in zip(counts, indices, strict=True):
                answer = tolerant.count(index=index, query={"ids": {"values": article_ids}})
                counts[name] = int(answer.get("count", 0))
            if sum(counts.values()) >= len(article_ids):
                return counts
            if time.monotonic() > deadline:
                missing = len(article_ids) - sum(counts.values())
                raise Fatal(
                    f"{missing} of {len(article_ids)} articles are not indexed after {patience_seconds:.0f} s; records that each stage has yet to finish: {lags(current)}"
                )
            time.sleep(0.5)


@flow(name="backfill", description="Publish a folder of pages and watch them become searchable.")
def backfill(folder: str, provider: str | None = None, patience_seconds: float = 600.0) -> Published:
    """The flow's result is its report: `{articles, comments, public, hidden, refused, seconds}`."""
    started = time.monotonic()
    published = publish_folder(folder, provider)
    found = await_searchable(published["article_ids"], patience_seconds)
    report = {
        "articles": len(published["article_ids"]),
        "comments": published["comments"],
        "public": found["public"],
        "hidden": found["hidden"],
        "refused": len(published["refused"]),
        "seconds": round(time.monotonic() - started, 1),
    }
    rows = [f"| {name} | {value} |" for name, value in report.items()]
    refusals = [f"- `{source}`: {why}" for source, why in published["refused"]]
    text = "\n".join(
        [
            f"# Backfill of `{folder}`",
            "",
            "| | |",
            "|---|---|",
            *rows,
            *(["", "## Refused", *refusals] if refusals else []),
        ]
    )
    create_markdown_artifact(key="backfill", markdown=text, description=f"Backfill of {folder}")
    return report
