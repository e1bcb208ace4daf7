"""The JSON routes of the search API (docs/search.md)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from pipeline.process.problems import problem_body, problem_response
from pipeline.search.queries import MAX_RESULTS, Search
from pipeline.search.reader import Reader

router = APIRouter(prefix="/v1")

Text = Annotated[str | None, Query(max_length=300)]
_Moment = Annotated[datetime | None, Query()]
_Size = Annotated[int, Query(ge=1, le=100)]
_Start = Annotated[int, Query(ge=0, le=MAX_RESULTS - 100)]


async def reader_of(request: Request) -> Reader:
    """The application's reader."""
    reader: Reader = request.app.state.reader
    return reader


FromIndex = Annotated[Reader, Depends(reader_of)]


@router.get("/stories/{story_id}", summary="The articles of a story, earliest first")
def story(reader: FromIndex, story_id: UUID) -> Any:
    found = reader.story(str(story_id))
    return found or problem_response(
        problem_body(404, "Not found", "There is no such story, or readers may not see it.")
    )


@router.get("/articles", summary="Search articles")
def articles(
    reader: FromIndex, q: Text = None, section: Text = None, language: Text = None, publisher: Text = None,
    since: _Moment = None, until: _Moment = None, size: _Size = 10, start: _Start = 0,
) -> dict[str, Any]:  # fmt: skip
    return reader.articles(
        Search(
            q or "", section, language, publisher, since=since, until=until, size=size, start=start
        )
    )  # fmt: skip


@router.get("/trends", summary="Names and topics that are rising now")
def trends(
    reader: FromIndex, kind: Literal["person", "place", "organisation", "topic"] | None = None, size: _Size = 10
) -> list[dict[str, Any]]:
    return reader.trends(datetime.now(UTC), kind, size)


@router.get("/comments", summary="Search comments")
def comments(
    reader: FromIndex, q: Text = None, since: _Moment = None, until: _Moment = None, size: _Size = 10,
    start: _Start = 0,
) -> dict[str, Any]:  # fmt: skip
    return reader.comments(Search(q or "", since=since, until=until, size=size, start=start))
