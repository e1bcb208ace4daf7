"""Seconds from publish to searchable, by provider. Pure."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pipeline.topics import ARTICLES_RAW
from schemas.report import Latency

_KEPT = timedelta(milliseconds=ARTICLES_RAW.retention_ms)
_STEPS = ("received", "enriched", "revised", "indexed")
HOUR = timedelta(hours=1)
FEW = 20
"""A provider with fewer articles in the last hour is judged by so many of its latest."""


def seconds(processed: Mapping[str, str]) -> float | None:
    """Of one document: from its receipt until it was enriched, and from when it was revised until it was indexed.

    Revise writes an article again when its embargo ends or it joins a story: what lies between enriched and revised is
    no delay then, and next to nothing otherwise. None where a time is missing, and where the time of receipt is so old that
    its raw record would be gone: the sender gave an old event with its own time, which Kafka has had for a moment only.
    """
    if any(step not in processed for step in _STEPS):
        return None
    received, enriched, revised, indexed = (datetime.fromisoformat(processed[step]) for step in _STEPS)
    if enriched - received > _KEPT:
        return None
    return max(0.0, (enriched - received).total_seconds()) + max(0.0, (indexed - revised).total_seconds())


def by_provider(documents: Iterable[Mapping[str, Any]], objective: float, now: datetime) -> tuple[Latency, ...]:
    """From the documents' `provider` and `processed`, those that became searchable last before the others; the slowest
    provider first. All of the last hour count, and of a provider with few in it the latest before them."""
    found: dict[str, list[float]] = defaultdict(list)
    lately: Counter[str] = Counter()
    for document in documents:
        times, provider = document.get("processed", {}), str(document.get("provider", ""))
        one = seconds(times)
        if one is None:
            continue
        is_new = now - datetime.fromisoformat(times["indexed"]) <= HOUR
        if is_new or len(found[provider]) < FEW:
            found[provider].append(one)
            lately[provider] += is_new and one > objective
    several = [
        Latency(
            provider=provider,
            articles=len(times),
            late=sum(one > objective for one in times),
            late_last_hour=lately[provider],
            p50=percentile(times, 50),
            p95=percentile(times, 95),
            p99=percentile(times, 99),
            objective=objective,
        )
        for provider, times in found.items()
    ]
    return tuple(sorted(several, key=lambda one: (-one.p95, one.provider)))


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that so many of 100 are not above (nearest rank)."""
    ordered = sorted(values)
    return round(ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)], 3)
