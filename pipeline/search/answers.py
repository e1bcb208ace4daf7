"""What Elasticsearch answers, as the API does. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.formats.mediatopics import code_of
from pipeline.search.cursors import Cursor, story_mark
from pipeline.search.highlights import marked
from pipeline.search.queries import Search
from pipeline.search.syntax import Note

Hit = dict[str, Any]

_PARTIAL = Note("timed-out", "The search took too long; what was found by then is shown.")


def results(answer: Any, notes: Iterable[Note] = (), search: Search | None = None) -> dict[str, Any]:
    """`{total, took_ms, hits: [{id, score, highlights, **document}], facets, histogram, notes, next}`; `next` is the cursor
    of the following page, None at the end."""
    found = {
        "total": answer["hits"]["total"]["value"],
        "took_ms": answer["took"],
        "hits": [hit_of(hit) for hit in answer["hits"]["hits"][: search.size if search else None]],
        "facets": {
            name: _with_codes(name, facet(one, _chosen(search, name))) for name, one in _counted(answer).items()
        },
        "notes": [vars(note) for note in (*notes, *([_PARTIAL] if answer.get("timed_out") else []))],
    }
    if "histogram" in answer.get("aggregations", {}):
        buckets = answer["aggregations"]["histogram"]["all"]["buckets"]
        found["histogram"] = [{"from": one["key_as_string"], "count": one["doc_count"]} for one in buckets]
    if search is not None:
        raw = answer["hits"]["hits"]
        found["next"] = next_cursor(search, raw[search.size - 1]) if len(raw) > search.size else None
    return found


def _counted(answer: Any) -> dict[str, Any]:
    return {name: one for name, one in answer.get("aggregations", {}).items() if "all" in one and name != "histogram"}


def _chosen(search: Search | None, name: str) -> tuple[str, ...]:
    values = search.conditions.values.get(name) if search else None
    return values.any if values else ()


def _with_codes(name: str, values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A section that is one of IPTC's Media Topics has its `code`."""
    if name != "section":
        return values
    return [one | ({"code": code} if (code := code_of(one["value"])) else {}) for one in values]


def hit_of(hit: Any) -> Hit:
    return {
        "id": hit["_id"],
        "score": hit.get("_score"),
        "highlights": marked(hit.get("highlight", {})),
        **hit["_source"],
    }


def facet(answer: Any, chosen: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The most frequent values, and those that are chosen, also where nothing has them."""
    if not chosen:  # the order is Elasticsearch's: by count, then by value
        return [{"value": one["key"], "count": one["doc_count"]} for one in answer["all"]["buckets"]]
    counted = dict.fromkeys(chosen, 0)
    for one in (*answer["all"]["buckets"], *answer.get("chosen", {}).get("buckets", [])):
        counted[one["key"]] = one["doc_count"]
    values = [
        {"value": value, "count": count} | ({"chosen": True} if value in chosen else {})
        for value, count in counted.items()
    ]
    return sorted(values, key=lambda one: (-int(one["count"]), str(one["value"])))


def next_cursor(search: Search, last: Any, seen: tuple[str, ...] = ()) -> str:
    """Of the page that ends with this hit."""
    return Cursor(search.digest, search.now, tuple(last["sort"]), seen).encoded()


def first_of_stories(hits: Iterable[Any], seen: Iterable[str], size: int) -> tuple[list[Any], tuple[str, ...], int]:
    """Of each story the first hit, without stories that were `seen`: these hits, what was seen then, and how many were
    looked at."""
    known = dict.fromkeys(seen)
    kept: list[Any] = []
    looked = 0
    for hit in hits:
        if len(kept) == size:
            break
        looked += 1
        story = hit["_source"].get("story_id")
        if story is None:
            kept.append(hit)
        elif (mark := story_mark(story)) not in known:
            known[mark] = None
            kept.append(hit)
    return kept, tuple(known), looked


def counts(answer: Any, name: str) -> dict[str, int]:
    return {one["key"]: one["doc_count"] for one in answer["aggregations"][name]["buckets"]}


def coverage(answer: Any) -> list[dict[str, Any]]:
    """The articles of a story, the first published first; `first_published` is `shown_at`, by which the latest are sorted; `told` is its former name, for one version."""
    found = [hit["_source"] for hit in answer["hits"]["hits"]]
    for one in found:
        received = one.get("processed", {}).get("received")
        one["first_published"] = one["told"] = one.get("shown_at") or one.get("published") or received
        one.pop("processed", None)
    return sorted(found, key=lambda one: (one["first_published"] or "", one["article_id"]))
