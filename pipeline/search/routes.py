"""The search routes of the API (docs/search.md)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from pipeline.search import parameters, shapes
from pipeline.search.parameters import ArticleParameters, CommentParameters, Parameters
from pipeline.search.reader import Reader
from pipeline.search.responses import json_answer

router = APIRouter(prefix="/v1", tags=["search"])


async def reader_of(request: Request) -> Reader:
    """The application's reader."""
    reader: Reader = request.app.state.reader
    return reader


FromIndex = Annotated[Reader, Depends(reader_of)]


class TrendParameters(Parameters):
    kind: Literal["person", "place", "organisation", "topic"] | None = None
    size: Annotated[int, Field(ge=1, le=100)] = 10


@router.get(
    "/articles", summary="Search articles", response_model=None,
    responses={200: {"model": shapes.ArticleResults}, **shapes.problems()},
)  # fmt: skip
def articles(request: Request, reader: FromIndex, asked: Annotated[ArticleParameters, Query()]) -> Response:
    return json_answer(request, reader.articles(parameters.article_search(asked)))


@router.get(
    "/comments", summary="Search comments", response_model=None,
    responses={200: {"model": shapes.CommentResults}, **shapes.problems()},
)  # fmt: skip
def comments(request: Request, reader: FromIndex, asked: Annotated[CommentParameters, Query()]) -> Response:
    return json_answer(request, reader.comments(parameters.comment_search(asked)))


@router.get(
    "/trends", summary="Names and topics that are rising now", response_model=None,
    responses={200: {"model": list[shapes.Trend]}, **shapes.problems()},
)  # fmt: skip
def trends(request: Request, reader: FromIndex, asked: Annotated[TrendParameters, Query()]) -> Any:
    return json_answer(request, reader.trends(datetime.now(UTC), asked.kind, asked.size))
