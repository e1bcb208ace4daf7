"""Follows redirects: the id that an article or a story has now, and the ids that were merged into it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MAX_MERGED = 1000
"""Maximum of merged ids that are found."""

Ask = Callable[[str, dict[str, Any]], list[dict[str, Any]]]
"""(alias, search body) to the hits; none where the index isn't there yet."""


def canonical_id(ask: Ask, alias: str, id_: str) -> str:
    """The last id of the chain of redirects that begins at this one; itself where there is none. `alias` is `redirects`
    (of articles) or `stories`. A circle ends where it would begin again."""
    seen = [id_]
    while True:
        hits = ask(alias, {"query": {"ids": {"values": [seen[-1]]}}, "_source": ["merged_into"]})
        following = str(hits[0]["_source"]["merged_into"]) if hits else None
        if following is None or following in seen:
            return seen[-1]
        seen.append(following)


def merged_ids(ask: Ask, alias: str, id_: str) -> list[str]:
    """The ids that redirect straight to this one."""
    return [
        hit["_id"]
        for hit in ask(alias, {"query": {"term": {"merged_into": id_}}, "size": MAX_MERGED, "_source": False})
    ]
