"""retention: every night, removes from the indices what is older than it may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from prefect import get_run_logger
from pydantic import Field

from flows.support.artifacts import show_report
from flows.support.erased_names import take_out_earlier
from flows.support.operation import io_task, operation
from pipeline import telemetry
from pipeline.local.resolve import settings
from pipeline.operations import retention as old

SCHEDULE = "15 3 * * *"
CONCURRENCY = 1


@io_task("remove old trends")
def old_trends(days: int) -> int:
    """Repeating it goes on with what is left."""
    return old.expire_trends(settings(), datetime.now(UTC), timedelta(days=days))


@io_task("remove old dead letters")
def old_dead_letters(days: int) -> int:
    """Likewise."""
    return old.expire_dead_letters(settings(), datetime.now(UTC), days)


@io_task("take erased names out of Prefect")
def erased_names() -> int:
    """Likewise."""
    return take_out_earlier()


@operation("retention", minutes=60)
def retention(
    trend_days: Annotated[int, Field(ge=1, le=3650)] = old.TREND_DAYS,
    dead_letter_days: Annotated[int, Field(ge=30, le=3650)] = old.DEAD_LETTER_DAYS,
) -> dict[str, int]:
    """Removes trends, and the previews of dead letters, that are older than they may be. A dead letter's own bytes are
    removed by Kafka after 30 days: then it can't be replayed any more. Takes the names of erased persons out of runs of
    `erase` that could not do so themselves.

    Args:
        trend_days: Days that a trend is shown.
        dead_letter_days: Days that a dead letter is listed.
    """
    removed = {"trends": old_trends(trend_days), "dead_letters": old_dead_letters(dead_letter_days)}
    telemetry.DOCUMENTS_EXPIRED.to(get_run_logger(), trends=removed["trends"], dead_letters=removed["dead_letters"])
    removed["names in runs of erase"] = erased_names()
    show_report("retention", "Removed", removed)
    return removed


@operation("expire-trends", minutes=60)
def expire_trends() -> int:
    """The flow `retention` under its former name, for trends alone."""
    return old_trends(old.TREND_DAYS)


forget = expire_trends.with_options(name="forget")
"""Likewise, under the name before."""
