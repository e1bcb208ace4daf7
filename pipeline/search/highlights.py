"""Marks around the words that were found. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipeline.search import matching
from pipeline.search.matching import MARK_CLOSE, MARK_OPEN

_ANY_MARK = re.compile(f"[{MARK_OPEN}{MARK_CLOSE}]")


def settings(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The `highlight` of a search body."""
    return {
        "fields": dict(fields),
        "fragment_size": 180,
        "number_of_fragments": 2,
        "pre_tags": [MARK_OPEN],
        "post_tags": [MARK_CLOSE],
        "max_analyzed_offset": 900_000,
    }


def marked(found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Fragments by the document's field, their marks in pairs."""
    return {field: [balanced(one) for one in fragments] for field, fragments in matching.highlights(found).items()}


def balanced(fragment: str) -> str:
    """Marks in pairs, none inside another: a second opening and a close without an opening are left out, what is open at
    the end is closed."""
    before, *marked = fragment.split(MARK_OPEN)
    if MARK_CLOSE not in before and all(one.count(MARK_CLOSE) == 1 for one in marked):
        return fragment  # as nearly all are
    parts: list[str] = []
    inside = False
    at = 0
    for mark in _ANY_MARK.finditer(fragment):
        parts.append(fragment[at : mark.start()])
        at = mark.end()
        opens = mark[0] == MARK_OPEN
        if opens != inside:
            parts.append(mark[0])
            inside = opens
    parts.append(fragment[at:])
    if inside:
        parts.append(MARK_CLOSE)
    return "".join(parts)
