"""What became of a record: one word per record and stage, from a closed list; log line and counter come from here."""

from __future__ import annotations

from collections import Counter as Tally
from enum import StrEnum

from pipeline import telemetry


class Outcome(StrEnum):
    PUBLISHED = "published"  # acknowledged by Kafka
    FORWARDED = "forwarded"  # handed to the next stage
    APPLIED = "applied"  # now current for its article or comment
    DUPLICATE = "duplicate"  # seen before; the current record is sent again
    SUPERSEDED = "superseded"  # older than the current revision; recorded in history
    PENDING = "pending"  # a partial update of an article that is not known yet
    SUPPRESSED = "suppressed"  # arrived for something killed or removed; its text is dropped on purpose
    REDIRECTED = "redirected"  # sent on to the canonical id of its article
    RELEASED = "released"  # a timer's record: visibility was looked at again
    INDEXED = "indexed"  # acknowledged by Elasticsearch
    STALE = "stale"  # Elasticsearch already had this version or a later one
    DEAD_LETTERED = "dead-lettered"  # refused; original bytes stored with the reason


def record(stage: str, outcomes: Tally[Outcome], seconds: float | None = None) -> None:
    """Count a finished batch of `stage` and log it in one line."""
    if not outcomes:
        return
    for outcome, n in outcomes.items():
        telemetry.RECORDS.labels(stage, outcome.value).inc(n)
    if seconds is not None:
        telemetry.BATCH_SECONDS.labels(stage).observe(seconds)
        telemetry.BATCH_RECORDS.labels(stage).observe(outcomes.total())
    words = ", ".join(f"{n} {outcome.value}" for outcome, n in sorted(outcomes.items()))
    telemetry.BATCH_DONE(stage=stage, outcomes=words, seconds=seconds)


def refused(stage: str, reason: str, detail: str, where: str) -> None:
    """Count one refused record and log why and where it came from."""
    telemetry.REFUSED.labels(stage, reason).inc()
    telemetry.RECORD_REFUSED(stage=stage, reason=reason, detail=detail[:300], where=where)
