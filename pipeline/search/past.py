"""A few revisions of an article that has many: which of them are read as a whole, and as what. Pure.

Whether readers may see a revision is told by all of them, of which a few fields are read. Texts are read of those that are
shown alone: a live blog has a thousand revisions, each with its whole text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from pipeline.search import revisions
from pipeline.search.revisions import MAX_REVISIONS, Revision

_FIELDS = ["revision_key", "status", "standing", "withheld", "expires", "embargo_until", "revision", "headline", "named_fields", "cleared", "published", "modified", "correction_note"]  # fmt: skip
"""What decides which revisions are shown, and in which order; and what is told of all."""


@dataclass(frozen=True)
class Past:
    """Some revisions that readers may see, the oldest first, the newest last."""

    shown: tuple[Revision, ...]
    """Whole documents; each but the first has the one before it beside it."""
    first: int
    """The number of the first, among all that readers may see, from 1."""
    total: int
    corrections: tuple[dict[str, Any], ...] = ()
    """`{at, note}` of each correction note that a revision brought, of all that readers may see."""


@dataclass(frozen=True)
class Window:
    """The revisions that are to be shown, of which some fields are known, and where they are among all."""

    shown: list[Revision]
    first: int
    total: int
    corrections: tuple[dict[str, Any], ...]


def outlines_query(ids: list[str]) -> dict[str, Any]:
    """The superseded revisions of an article with these ids, in `history`, without their texts."""
    return revisions.superseded_query(ids) | {"_source": _FIELDS, "size": MAX_REVISIONS}


def texts_query(ids: list[str], keys: Sequence[str]) -> dict[str, Any]:
    """These revisions of it as a whole."""
    query = revisions.superseded_query(ids)
    wanted = {"bool": {"filter": [query["query"], {"terms": {"revision_key": list(keys)}}]}}
    return query | {"query": wanted, "size": len(keys)}


def window(outlines: list[Revision], current: Revision, now: datetime, most: int, until: int | None = None) -> Window:
    """The last `most` revisions that readers may see, up to the one with the number `until`."""
    every = revisions.readable(revisions.timeline(outlines, [current]), now)
    end = len(every) if until is None else max(0, min(until, len(every)))
    begin = max(0, end - most)
    return Window(every[begin:end], begin + 1, len(every), tuple(_corrections(every)))


def keys_of(wanted: Window, outlines: list[Revision], current: Revision) -> list[str]:
    """Of the revisions that have to be read for a window: its own and, of a partial update, those that it was made of."""
    chain = [one for one in outlines if not revisions.is_base_of(one, current)]
    place = {one["revision_key"]: n for n, one in enumerate(chain)}
    needed: set[int] = set()
    for one in wanted.shown:
        at = place.get(one.get("revision_key", ""), -1)
        while at >= 0 and at not in needed:
            needed.add(at)
            at = at - 1 if revisions.is_partial(chain[at]) else -1
    return [chain[at]["revision_key"] for at in sorted(needed)]


def past(wanted: Window, texts: Iterable[Revision], current: Revision) -> Past:
    """The window with its texts; without a revision that is there no more."""
    whole = revisions.timeline(revisions.in_order(texts), [])
    by_key = {one["revision_key"]: one for one in whole}
    shown = [by_key.get(one["revision_key"]) if one.get("revision_key") else current for one in wanted.shown]
    return Past(tuple(one for one in shown if one is not None), wanted.first, wanted.total, wanted.corrections)


def _corrections(every: list[Revision]) -> Iterable[dict[str, Any]]:
    """Correction notes, each with the revision that brought it."""
    for before, one in pairwise([{}, *every]):
        note = one.get("correction_note")
        if note and note != before.get("correction_note"):
            yield {"at": revisions.changed_at(one), "note": note}
