"""Whether two articles report the same event, from their signatures alone. Symmetric, so that order never matters. Pure."""

from __future__ import annotations

import struct
from datetime import timedelta
from functools import lru_cache

import numpy as np

from pipeline.stages.clustering.sign import FEATURE_BYTES
from pipeline.stages.declared import STORY_WINDOW
from schemas.story import Relation, Signature

_FEATURE = struct.Struct("<IB")
COPY = 0.55
"""Share of shingles from which on the text is the same wire text."""
OVERLAPPING = 0.3
"""Share of shingles from which on one was made from the other, or both from a third."""
SAME_EVENT = 0.3
"""Weighted overlap of features from which on two short texts of one hour are about one event …"""
PER_FEATURE = 0.0055
"""… how much more for each feature of the shorter text beyond RICH: long texts share more by chance …"""
RICH = 30
PER_HOUR = 0.004
"""… and how much more for each hour between them."""
OTHER_DAY = 0.55
"""The overlap required of two that name different days of the week."""
ONE_DAY = timedelta(hours=18)
"""What is published later than that mostly happened later: the next day of a war, a trial, a strike."""
NEXT_DAY = 0.7
MAX_BETWEEN = timedelta(hours=48)


def relate(a: Signature, b: Signature) -> Relation | None:
    """The relation of the later article to the earlier one; None where they don't report the same event."""
    if a.article_id == b.article_id or abs(a.received - b.received) > STORY_WINDOW:
        return None
    between = abs(a.first_published - b.first_published)
    if between > STORY_WINDOW:
        return None
    shared = shared_text(a, b)
    if shared >= COPY:
        return Relation.COPY
    if shared < OVERLAPPING and (between > MAX_BETWEEN or overlap(a, b) < enough(a, b)):
        return None
    return Relation.UPDATE if a.publisher == b.publisher else Relation.REWRITE


def enough(a: Signature, b: Signature) -> float:
    """The overlap from which on these two are about the same event."""
    between = abs(a.first_published - b.first_published)
    if between > ONE_DAY:
        return NEXT_DAY
    least = min(len(a.features), len(b.features)) // FEATURE_BYTES
    wanted = SAME_EVENT + PER_FEATURE * max(0, least - RICH) + PER_HOUR * between.total_seconds() / 3600
    return max(wanted, OTHER_DAY) if a.days and b.days and not a.days & b.days else wanted


def shared_text(a: Signature, b: Signature) -> float:
    """Estimated Jaccard similarity of the texts' shingles, 0 … 1; 0 where one is too short."""
    if not a.shingles or len(a.shingles) != len(b.shingles):
        return 0.0
    same = np.frombuffer(a.shingles, "<u2") == np.frombuffer(b.shingles, "<u2")
    return int(np.count_nonzero(same)) / len(same)


def overlap(a: Signature, b: Signature) -> float:
    """Weight of what both have by the smaller text's weight, 0 … 1; lowered where few features are shared."""
    (first, all_first), (second, all_second) = _weights(a.features), _weights(b.features)
    both = first.keys() & second.keys()
    if len(both) < 3:
        return 0.0
    shared = sum(min(first[name], second[name]) for name in both)
    return shared / max(1, min(all_first, all_second))


@lru_cache(4000)
def _weights(packed: bytes) -> tuple[dict[int, int], int]:
    """Of each feature, and of all: one that arrives is compared with many, and is one of many soon."""
    found: dict[int, int] = dict(_FEATURE.iter_unpack(packed))
    return found, sum(found.values())
