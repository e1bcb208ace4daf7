"""backfill: publishes a folder of pages, waits until they can be searched, and reports."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact

from pipeline import telemetry
from pipeline.errors import Fatal, Retry
from pipeline.escaping import code_span
from pipeline.index.client import open_client
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_items
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.clients import ensure_topics
from pipeline.local.resolve import settings
from pipeline.operations.progress import INDICES, Ends, dead_letter_ends, indexed, refused_since, settled
from pipeline.operations.status import lags
from schemas.events import RawArticleEvent

SCHEDULE = None
"""An operator starts it."""

Published = dict[str, Any]
_NAMED = 10
"""Articles that an error names."""
_SHOWN = 200
"""Refusals that the report shows."""


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
    """Publish every item; repeating it after a failure changes nothing. `{articles, comments, article_ids, refused,
    left_out}`."""
    log = get_run_logger()
    published: Published = {"articles": 0, "comments": 0, "article_ids": [], "refused": [], "left_out": []}
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
            published["left_out"].extend([read.item.source, one] for one in read.left_out)
            if read.reject is not None:
                publisher.refuse(read, provider)
                published["refused"].append([read.item.source, str(read.reject)])
                telemetry.ITEM_REFUSED.to(log, source=read.item.source, reason=read.reject)
    published["article_ids"] = list(dict.fromkeys(published["article_ids"]))
    telemetry.FOLDER_PUBLISHED.to(log, articles=published["articles"], comments=published["comments"])
    return published


@task(retries=5, retry_delay_seconds=5, retry_condition_fn=_worth_retrying)
def await_searchable(article_ids: list[str], ends: Ends, patience_seconds: float) -> Published:
    """Wait until each article is in an index, public or hidden, or a stage refused it. `{public, hidden, merged, refused}`.
    Raises Fatal naming those that are not after the wait."""
    current = settings()
    deadline = time.monotonic() + patience_seconds
    missing = article_ids
    with open_client(current) as client:
        while True:
            # first those that were missing, and once none is, all of them: one may have changed its index meanwhile
            for asked in (missing, article_ids):
                found = indexed(client, current, asked)
                refused = refused_since(client, current, asked, ends)
                known = settled(found, refused)
                missing = [article_id for article_id in asked if article_id not in known]
                if missing:
                    break
            else:
                public, hidden, merged = (len(found[alias]) for alias in INDICES)
                named = [[one.article_id, str(one)] for one in refused]
                return {"public": public, "hidden": hidden, "merged": merged, "refused": named}
            if time.monotonic() > deadline:
                raise Fatal(
                    f"{len(missing)} of {len(article_ids)} articles are not indexed after {patience_seconds:.0f} s: "
                    f"{', '.join(missing[:_NAMED])}{', …' if len(missing) > _NAMED else ''}; records that each stage has "
                    f"yet to finish: {lags(current)}"
                )
            time.sleep(1)


@flow(name="backfill", description="Publish a folder of pages and watch them become searchable.")
def backfill(folder: str, provider: str | None = None, patience_seconds: float = 600.0) -> Published:
    """The flow's result is its report: `{articles, comments, public, hidden, merged, refused, seconds}`."""
    started = time.monotonic()
    ensure_topics(settings())
    ends = dead_letter_ends(settings())
    published = publish_folder(folder, provider)
    found = await_searchable(published["article_ids"], ends, patience_seconds)
    refused = [*published["refused"], *found["refused"]]
    report = {
        "articles": len(published["article_ids"]),
        "comments": published["comments"],
        "public": found["public"],
        "hidden": found["hidden"],
        "merged": found["merged"],
        "refused": len(refused),
        "seconds": round(time.monotonic() - started, 1),
    }
    text = markdown_report(folder, report, refused, published["left_out"])
    create_markdown_artifact(key="backfill", markdown=text, description=f"Backfill of {code_span(folder)}")
    return report


def markdown_report(
    folder: str, report: Published, refused: list[list[str]], left_out: Sequence[list[str]] = ()
) -> str:
    """The report for Prefect's page. What comes from outside is shown as code: there it is no link, picture or HTML."""
    rows = [f"| {name} | {value} |" for name, value in report.items()]
    refusals = [f"- {code_span(source)}: {code_span(why)}" for source, why in refused[:_SHOWN]]
    others = [f"- {code_span(source)}: {code_span(what)}" for source, what in left_out[:_SHOWN]]
    if len(refused) > _SHOWN:
        refusals.append(f"- and {len(refused) - _SHOWN} more: `dateline dead-letters list`")
    return "\n".join(
        [
            f"# Backfill of {code_span(folder)}",
            "",
            "| | |",
            "|---|---|",
            *rows,
            *(["", "## Refused", *refusals] if refusals else []),
            *(["", "## Left out", *others] if others else []),
        ]
    )
