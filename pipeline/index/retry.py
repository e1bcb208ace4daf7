"""How each response of Elasticsearch is handled. Pure."""

from __future__ import annotations

import random
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

_LATER = frozenset({408, 429, 500, 502, 503, 504})


class Verdict(StrEnum):
    DONE = "done"
    STALE = "stale"  # this version or a later one is indexed already
    LATER = "later"
    REFUSED = "refused"


def judge(operation: str, item: Mapping[str, Any]) -> Verdict:
    """The verdict on one item of a bulk response; `operation` is its key there ("index" or "delete")."""
    status = int(item.get("status", 500))
    if 200 <= status < 300:
        return Verdict.DONE
    if status == 409:
        return Verdict.STALE
    error = item.get("error")
    kind = str(error.get("type", "")) if isinstance(error, Mapping) else str(error or "")
    if status == 404:
        # deleting a missing document succeeds; a missing index or alias is for the operator to fix
        return Verdict.DONE if operation == "delete" and not kind else Verdict.LATER
    if status in _LATER or kind in ("cluster_block_exception", "index_not_found_exception", "index_closed_exception"):
        return Verdict.LATER  # also a read-only index: the flood-stage block goes when there is space again
    if status in (401, 403):
        return Verdict.LATER
    return Verdict.REFUSED


def judge_request(status: int) -> Verdict:
    """The verdict on a whole request that failed. 413 is for the caller: it sends less at a time."""
    return Verdict.REFUSED if status in (400, 413) else Verdict.LATER


def delay(attempt: int, max_delay: float = 30.0) -> float:
    """Seconds to wait before attempt number `attempt` (from 1): doubling from 0.25, with jitter, up to `max_delay`."""
    return float(min(max_delay, 0.25 * 2 ** min(attempt - 1, 10)) * random.uniform(0.75, 1.25))  # noqa: S311
