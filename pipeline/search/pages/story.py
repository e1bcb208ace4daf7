"""The page of a story: all that tell it, earliest first, and what each adds."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from pipeline.search.coverage import lead
from pipeline.search.pages import article_source as source
from pipeline.search.pages.errors import error_page
from pipeline.search.pages.places import map_of
from pipeline.search.pages.rendering import render
from pipeline.search.pages.routing import as_id, has_feeds, page_router
from pipeline.search.routes import FromIndex

router = page_router()


@router.get("/stories/{story_id}")
def story_page(request: Request, reader: FromIndex, story_id: str) -> Response:
    id_ = as_id(story_id)
    own, total, members = source.members(reader, id_) if id_ else ("", 0, [])
    if not members:
        return error_page(404, "There is no such story, or readers may not see it.")
    if own != story_id:
        return RedirectResponse(f"/stories/{own}", 308)
    where = {name: [item for one in members for item in one.get(name) or ()] for name in ("locations", "entities")}
    return render(
        "story.html",
        story_id=own,
        total=total,
        members=members,
        lead=lead(members),
        map=map_of(where),
        feeds=has_feeds(request),
    )
