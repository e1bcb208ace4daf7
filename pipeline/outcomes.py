"""What became of a record: one word per record and stage, from a closed list; log line and counter come from here."""

from __future__ import annotations

import logging
from collections import Counter as Tally
from enum import StrEnum

from prometheus_client import Counter, Histogram

log = logging.getLogger("dateline.outcomes")


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


RECORDS = Counter("dateline_records", "Records by stage and what became of them", ["stage", "outcome"])
REFUSED = Counter("dateline_refused_records", "Dead letters by stage and reason", ["stage", "reason"])
BATCH_SECONDS = Histogram(
    "dateline_batch_seconds",
    "Seconds from taking a batch to its acknowledgement",
    ["stage"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


def record(stage: str, outcomes: Tally[Outcome], seconds: float | None = None) -> None:
    """Count a finished batch of `stage` and log it in one line."""
    if not outcomes:
        return
    for outcome, n in outcomes.items():
        RECORDS.labels(stage, outcome.value).inc(n)
    if seconds is not None:
        BATCH_SECONDS.labels(stage).observe(seconds)
    words = ", ".join(f"{n} {outcome.value}" for outcome, n in sorted(outcomes.items()))
    log.debug("%s: %s%s", stage, words, "" if seconds is None else f" in {seconds * 1000:.0f} ms")


def refused(stage: str, reason: str, detail: str, where: str) -> None:
    """Count one refused record and log its reason and source."""
    REFUSED.labels(stage, reason).inc()
    log.warning("%s refused %s: %s: %s", stage, where, reason, detail[:300])
