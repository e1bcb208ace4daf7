"""The front page: what is rising, and the latest stories, each event once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from pipeline.search import coverage
from pipeline.search.coverage import Group
from pipeline.search.pages.rendering import render
from pipeline.search.pages.routing import has_feeds, page_router, part
from pipeline.search.reader import Reader
from pipeline.search.routes import FromIndex

router = page_router()
READ = 120
"""Articles that are read to make groups of."""
GROUPS = 14
PER_SECTION = 4
SECTIONS = 4


@router.get("/")
def front_page(request: Request, reader: FromIndex) -> Response:
    if request.url.query:
        return RedirectResponse(f"/search?{request.url.query}", 307)
    answer = reader.ask("articles", coverage.latest_query(READ))
    groups = latest_groups(reader, [hit["_source"] for hit in answer["hits"]["hits"]])
    shown, rest = groups[:GROUPS], groups[GROUPS:]
    if shown and not shown[0].lead.get("summary"):  # the first story is shown with how it begins
        shown[0].lead["summary"] = part("/", lambda: _opening(reader, shown[0].lead["article_id"]))
    return render(
        "front.html",
        feeds=has_feeds(request),
        total=answer["hits"]["total"]["value"],
        groups=shown,
        sections=coverage.merged_sections(answer.get("aggregations", {}).get("section", {}).get("buckets", ())),
        below=by_section(rest),
        rising=part("/", lambda: reader.trends(datetime.now(UTC), size=8)) or [],
    )


def latest_groups(reader: Reader, articles: list[dict[str, Any]]) -> list[Group]:
    """Articles by event, each group with the number of all that tell it."""
    ids = sorted({one["story_id"] for one in articles if one.get("story_id")})
    if not ids:
        return coverage.grouped(articles)
    own = part("/", lambda: _merged(reader, ids)) or {}
    groups = coverage.grouped(articles, lambda id_: own.get(id_, id_))
    every = [*ids, *own.values()]
    counted = part("/", lambda: reader.ask("articles", coverage.counts_query(every))) or {}
    counts: dict[str, int] = {}
    for bucket in counted.get("aggregations", {}).get("stories", {}).get("buckets", ()):
        story = own.get(bucket["key"], bucket["key"])
        counts[story] = counts.get(story, 0) + bucket["doc_count"]
    for group in groups:
        group.total = max(group.total, counts.get(group.story_id or "", 0))
    return groups


def _opening(reader: Reader, article_id: str) -> str | None:
    """The first paragraph of an article, where it has one."""
    found = reader.sources("articles", coverage.opening_query(article_id))
    return (found[0].get("body") or "").partition("\n\n")[0] or None if found else None


def by_section(groups: list[Group]) -> list[tuple[str, list[Group]]]:
    """The next groups of those sections that have the most."""
    found: dict[str, list[Group]] = {}
    for group in groups:
        if section := group.lead.get("section"):
            found.setdefault(section, []).append(group)
    most = sorted(found.items(), key=lambda one: -len(one[1]))[:SECTIONS]
    return [(section, members[:PER_SECTION]) for section, members in most]


def _merged(reader: Reader, ids: list[str]) -> dict[str, str]:
    """The ids that stories have now, of those that were merged into another."""
    own: dict[str, str] = {}
    waiting = ids
    for _ in range(5):  # a story was merged into one that was merged …
        hits = reader.ask("stories", {"query": {"ids": {"values": waiting}}, "size": len(waiting)})["hits"]["hits"]
        step = {hit["_id"]: hit["_source"]["merged_into"] for hit in hits}
        own = {id_: step.get(into, into) for id_, into in own.items()} | {id_: step[id_] for id_ in ids if id_ in step}
        waiting = sorted(set(step.values()) - set(own))
        if not waiting:
            break
    return own
