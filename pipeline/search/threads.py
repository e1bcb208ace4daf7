"""The comments of an article as a thread: each answer below what it answers, in pages. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Sort = Literal["oldest", "newest", "discussed"]
MAX_COMMENTS = 50_000
"""Of one article, as far as they are put in order; the later ones are left out, and the page says so."""
CHUNK = 10_000


@dataclass(frozen=True)
class Place:
    """A comment's place in the thread."""

    id: str
    parent: str | None
    """Absent also where what it answers can't be seen."""
    depth: int
    answers: int
    """How many are below it, at any depth."""


def chunk_query(article_id: str, after: Sequence[Any] | None) -> dict[str, Any]:
    """Ids and parents of an article's comments, oldest first, from those after `after`."""
    body: dict[str, Any] = {
        "query": {"term": {"article_id": article_id}},
        "size": CHUNK,
        "sort": [{"posted": {"order": "asc", "missing": "_last", "format": "strict_date_time"}}, {"comment_id": "asc"}],
        "_source": False,
        "docvalue_fields": ["parent_id"],
        "track_total_hits": True,
    }
    return body | ({"search_after": list(after)} if after else {})


def texts_query(ids: Sequence[str]) -> dict[str, Any]:
    return {"query": {"ids": {"values": list(ids)}}, "size": max(1, len(ids))}


def thread(comments: Sequence[tuple[str, str | None]], sort: Sort = "oldest") -> list[Place]:
    """Comments (id and parent, oldest first) in the order of reading. `sort` is of those that answer none; answers are
    oldest first. One whose parent can't be seen answers none, and a circle is begun at its oldest."""
    known = {id_ for id_, _ in comments}
    parents = {id_: parent if parent in known and parent != id_ else None for id_, parent in comments}
    for id_, _ in comments:
        seen: set[str] = set()
        above: str | None = id_
        while above is not None and above not in seen:
            if len(seen) > 200:  # a long chain is no circle until it comes back to its beginning
                break
            seen.add(above)
            above = parents[above]
        if above == id_:
            parents[id_] = None
    children: dict[str | None, list[str]] = defaultdict(list)
    for id_, _ in comments:
        children[parents[id_]].append(id_)
    below = _below(comments, parents)
    roots = children[None]
    if sort == "newest":
        roots = roots[::-1]
    elif sort == "discussed":
        roots = sorted(roots, key=lambda id_: -below[id_])
    found: list[Place] = []
    reached: set[str] = set()
    for start in (*roots, *(id_ for id_, _ in comments)):
        pending = [(start, 0)]
        while pending:
            id_, depth = pending.pop()
            if id_ in reached:
                continue
            reached.add(id_)
            found.append(Place(id_, parents[id_], depth, below[id_]))
            pending += [(child, depth + 1) for child in reversed(children[id_])]
    return found


def _below(comments: Sequence[tuple[str, str | None]], parents: dict[str, str | None]) -> Counter[str]:
    """How many are below each: leaves first, each adds itself and its own to its parent."""
    waiting = Counter(parent for parent in parents.values() if parent is not None)
    ready = [id_ for id_, _ in comments if not waiting[id_]]
    below: Counter[str] = Counter()
    while ready:
        id_ = ready.pop()
        parent = parents[id_]
        if parent is None:
            continue
        below[parent] += below[id_] + 1
        waiting[parent] -= 1
        if not waiting[parent]:
            ready.append(parent)
    return below


def page_of(places: Sequence[Place], comment_id: str, size: int) -> int | None:
    """The page, from 1, that has the comment."""
    return next((n // size + 1 for n, one in enumerate(places) if one.id == comment_id), None)
