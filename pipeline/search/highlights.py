"""Marks around the words that were found. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MARK_OPEN, MARK_CLOSE = "\u0001", "\u0002"
"""Around a found word in an answer: characters that no clean text has, so that escaping can come before marking."""
OPEN_TAG, CLOSE_TAG = "\ufdd0", "\ufdd1"
"""The same as Elasticsearch is asked for them: it trims control characters from the edges of a fragment."""
_MARKS = {OPEN_TAG: MARK_OPEN, CLOSE_TAG: MARK_CLOSE}
_ANY_MARK = re.compile(f"[{OPEN_TAG}{CLOSE_TAG}]")
_NOT_OURS = str.maketrans("", "", MARK_OPEN + MARK_CLOSE)
_VARIANT = re.compile(r"^stemmed\.[^.]+\.|\.(?:folded|text|exact)$")
"""What distinguishes another analysis of a field from the field."""


def settings(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The `highlight` of a search body."""
    return {
        "fields": dict(fields),
        "fragment_size": 180,
        "number_of_fragments": 2,
        "pre_tags": [OPEN_TAG],
        "post_tags": [CLOSE_TAG],
        "max_analyzed_offset": 900_000,
    }


def marked(found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Fragments by the document's field, with our marks; of several analyses of a field the one with the most marks."""
    best: dict[str, list[str]] = {}
    for name, fragments in found.items():
        field = _VARIANT.sub("", name)
        if field not in best or _count(fragments) > _count(best[field]):
            best[field] = fragments
    return {field: [balanced(one) for one in fragments] for field, fragments in best.items()}


def balanced(fragment: str) -> str:
    """Marks in pairs, none inside another: a second opening and a close without an opening are left out, what is open at
    the end is closed."""
    parts: list[str] = []
    inside = False
    at = 0
    fragment = fragment.translate(_NOT_OURS)
    for mark in _ANY_MARK.finditer(fragment):
        parts.append(fragment[at : mark.start()])
        at = mark.end()
        opens = mark[0] == OPEN_TAG
        if opens != inside:
            parts.append(_MARKS[mark[0]])
            inside = opens
    parts.append(fragment[at:])
    if inside:
        parts.append(MARK_CLOSE)
    return "".join(parts)


def _count(fragments: list[str]) -> int:
    return sum(one.count(OPEN_TAG) for one in fragments)
