"""How each response of Elasticsearch is handled. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

_LATER = frozenset({408, 429, 500, 502, 503, 504})


class Verdict(StrEnum):
    DONE = "done"
    STALE = "stale"  # this version or a later one is indexed already
    LATER = "later"
    MISSING = "missing"  # the index or alias isn't there
    REFUSED = "refused"


def judge(operation: str, item: Mapping[str, Any]) -> Verdict:
    """The verdict on one item of a bulk response; `operation` is its key there ("index" or "delete")."""
    status = int(item.get("status", 500))
    if 200 <= status < 300:
        # an ingest pipeline that drops a document answers so
        return Verdict.REFUSED if item.get("result") == "noop" else Verdict.DONE
    if status == 409:
        return Verdict.STALE
    error = item.get("error")
    kind = str(error.get("type", "")) if isinstance(error, Mapping) else str(error or "")
    if status == 404:
        # removing what isn't there is done
        return Verdict.DONE if operation == "delete" and not kind else Verdict.MISSING
    if kind == "index_not_found_exception":
        return Verdict.MISSING
    if status in _LATER or kind in ("cluster_block_exception", "index_closed_exception"):
        return Verdict.LATER  # also a read-only index: the flood-stage block goes when there is space again
    if status in (401, 403):
        return Verdict.LATER
    return Verdict.REFUSED


def judge_request(status: int) -> Verdict:
    """The verdict on a whole request that failed. 413 is for the caller: it sends less at a time."""
    return Verdict.REFUSED if status in (400, 413) else Verdict.LATER
