"""backfill: publishes the past from a folder, an archive, a sitemap or a list of addresses, waits until it can be searched,
and reports."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from typing import Annotated, Any

from prefect import get_run_logger
from prefect.variables import Variable
from pydantic import Field

from flows.support.artifacts import Progress, show_report
from flows.support.operation import io_task, operation
from flows.support.parameters import Name
from flows.support.states import finished
from pipeline import telemetry
from pipeline.escaping import code_span
from pipeline.feeds.full_text import PAGE_DELAY
from pipeline.ingest.events import Hints
from pipeline.kafka.clients import ensure_topics
from pipeline.local.resolve import settings
from pipeline.operations import backfill as operations
from pipeline.operations.archives import Part
from pipeline.operations.backfill import Position, Tally
from pipeline.operations.progress import Ends, dead_letter_ends
from pipeline.operations.sources import Kind, Source

SCHEDULE = None
"""An operator starts it."""
CONCURRENCY = 4


@io_task("publish")
def publish(parts: Sequence[Part], hints: Hints) -> Tally:
    """Publish every part of a batch; repeating it after a failure changes nothing."""
    return operations.publish(settings(), parts, hints)


@io_task("await searchable")
def await_searchable(tally: Tally, ends: Ends, patience: float) -> Tally:
    """Wait until each article of the batch is in an index, or a stage refused it."""
    return operations.await_searchable(settings(), tally, ends, patience)


@operation("backfill", minutes=7 * 24 * 60)
def backfill(
    source: Annotated[str, Field(max_length=2048)] = "", provider: Name | None = None,
    patience_seconds: Annotated[float, Field(ge=1, le=86_400)] = 600.0, kind: Kind = "auto",
    addresses: Annotated[list[Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2048)]], Field(max_length=10_000)] = [],  # noqa: B006 - never changed
    timezone: Name | None = None, delay: Annotated[float, Field(ge=0, le=60)] = PAGE_DELAY,
    batch: Annotated[int, Field(ge=1, le=10_000)] = 200, resume: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """Publishes the past, batch by batch, each of which is searchable before the next is read. A run that was cancelled,
    or failed, goes on behind the last batch when it is started again; a batch that is published twice changes nothing.
    What was refused is in the run's state and its report.

    Args:
        source: A folder, a file or archive (WARC, ZIP, tar), a sitemap, or a file with a list of addresses. A path that the flow's process sees, or an http(s) address.
        provider: Who sends it. By default each page's own domain, or `local`.
        patience_seconds: Seconds to wait until a batch is searchable.
        kind: What the source is. `auto` finds it out.
        addresses: Pages to fetch, instead of a source.
        timezone: IANA zone of times without one. By default the provider's, or UTC.
        delay: Pause in seconds between two pages of one host. A longer one in its robots.txt counts.
        batch: Files, pages or records in one batch.
        resume: Go on where an earlier run of the same source stopped.
    """
    started = time.monotonic()
    log = get_run_logger()
    ensure_topics(settings())
    whole, reached = Tally(), _Reached(source, kind, addresses)
    progress = Progress("backfill-progress", f"Backfill of {code_span(source or f'{len(addresses)} addresses')}")
    with Source(settings(), source, kind, addresses, delay) as found:
        position, parts = operations.after(found.parts, reached.read() if resume else None)
        before = position.done
        for some in operations.batches(parts, batch):
            ends = dead_letter_ends(settings())
            tally = await_searchable(publish(some, Hints(provider=provider, timezone=timezone)), ends, patience_seconds)
            telemetry.BATCH_PUBLISHED.to(log, parts=tally.parts, articles=tally.articles, comments=tally.comments, refused=len(tally.refused))  # fmt: skip
            whole.add(tally)
            position = position.behind(some)
            reached.write(position)
            if found.total:
                progress(position.done, found.total)
        whole.left_out += [(source, one) for one in found.left_out]
    progress.finish()
    reached.forget()
    counts = {
        "articles": whole.articles,
        "comments": whole.comments,
        "public": whole.public,
        "hidden": whole.hidden,
        "merged": whole.merged,
        "refused": len(whole.refused),
        "done before": before,
        "seconds": round(time.monotonic() - started, 1),
    }
    title = f"Backfill of {code_span(source or f'{len(addresses)} addresses')}"
    show_report("backfill", title, counts, {"Refused": whole.refused, "Left out": whole.left_out})
    found_again = whole.public + whole.hidden + whole.merged
    message = f"{found_again} articles and {counts['comments']} comments can be searched"
    if whole.refused:
        message += f"; {len(whole.refused)} refused, such as {': '.join(whole.refused[0])}"
    return finished(counts, f"{message}.", done=found_again + whole.comments + before, refused=len(whole.refused))


class _Reached:
    """How far the runs of one source have come, where the next one finds it: on the server."""

    def __init__(self, source: str, kind: str, addresses: Sequence[str]) -> None:
        text = json.dumps([settings().namespace, source, kind, *addresses])
        self._name = f"dateline_backfill_{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def read(self) -> Position | None:
        found: Any = Variable.get(self._name)
        try:
            return Position(int(found["done"]), str(found["passed"])) if found else None
        except (KeyError, TypeError, ValueError):
            return None

    def write(self, position: Position) -> None:
        Variable.set(self._name, {"done": position.done, "passed": position.passed}, overwrite=True)

    def forget(self) -> None:
        Variable.unset(self._name)
