"""The search routes of the API (docs/search.md)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import Field

from pipeline.search import parameters, query_string, shapes
from pipeline.search.exports import feeds, tables
from pipeline.search.parameters import ArticleParameters, CommentParameters, Parameters
from pipeline.search.queries import Search
from pipeline.search.reader import Reader
from pipeline.search.responses import base_of, json_answer, tagged

router = APIRouter(prefix="/v1", tags=["search"])

_FORMATS = (feeds.ATOM, feeds.JSON_FEED, tables.CSV, tables.NDJSON)


async def reader_of(request: Request) -> Reader:
    """The application's reader."""
    reader: Reader = request.app.state.reader
    return reader


FromIndex = Annotated[Reader, Depends(reader_of)]


class TrendParameters(Parameters):
    kind: Literal["person", "place", "organisation", "topic"] | None = None
    size: Annotated[int, Field(ge=1, le=100)] = 10


@router.get(
    "/articles", summary="Search articles", response_model=None, openapi_extra=query_string.described(ArticleParameters),
    responses={200: {"model": shapes.ArticleResults, "content": {one: {} for one in _FORMATS}}, **shapes.problems()},
)  # fmt: skip
def articles(
    request: Request, reader: FromIndex, asked: Annotated[ArticleParameters, query_string.asked(ArticleParameters)]
) -> Response:
    search = parameters.article_search(asked)
    if asked.format in ("csv", "ndjson"):
        return _whole(request, reader, search, asked)
    if asked.format in ("atom", "jsonfeed"):
        return _feed(request, reader, search, asked)
    return json_answer(request, reader.articles(search))


@router.get(
    "/comments", summary="Search comments", response_model=None, openapi_extra=query_string.described(CommentParameters),
    responses={200: {"model": shapes.CommentResults}, **shapes.problems()},
)  # fmt: skip
def comments(
    request: Request, reader: FromIndex, asked: Annotated[CommentParameters, query_string.asked(CommentParameters)]
) -> Response:
    return json_answer(request, reader.comments(parameters.comment_search(asked)))


@router.get(
    "/trends", summary="Names and topics that are rising now", response_model=None, openapi_extra=query_string.described(TrendParameters),
    responses={200: {"model": list[shapes.Trend]}, **shapes.problems()},
)  # fmt: skip
def trends(
    request: Request, reader: FromIndex, asked: Annotated[TrendParameters, query_string.asked(TrendParameters)]
) -> Any:
    return json_answer(request, reader.trends(datetime.now(UTC), asked.kind, asked.size))


def _whole(request: Request, reader: Reader, search: Search, asked: ArticleParameters) -> Response:
    """Every hit, streamed; the first rows are found before the answer begins, so that an error is one."""
    if asked.collapse or asked.start:
        raise parameters.invalid("format", f"{asked.format} is the whole result; leave collapse and start out")
    search = replace(search, sort=search.sort or "newest")
    documents = reader.every(search)
    first = list(islice(documents, 1))
    every = chain(first, () if request.scope.get("head") else documents)
    name = f'attachment; filename="articles.{asked.format}"'
    headers = {"Cache-Control": "no-cache", "Content-Disposition": name}
    if asked.format == "csv":
        return StreamingResponse(tables.csv_rows(every, search.fields or tables.COLUMNS), 200, headers, tables.CSV)
    return StreamingResponse(tables.ndjson_rows(every), 200, headers, tables.NDJSON)


def _feed(request: Request, reader: Reader, search: Search, asked: ArticleParameters) -> Response:
    search = replace(search, sort=search.sort or "newest", facets=(), histogram=None)
    found = reader.articles(replace(search, fields=feeds.FIELDS))
    base = base_of(request)
    own = address(base, request)
    title = f"Dateline: {search.text}" if search.text.strip() else "Dateline: latest"
    if asked.format == "atom":
        return tagged(request, feeds.atom(found["hits"], title, own, base), feeds.ATOM)
    following = address(base, request, found["next"]) if found["next"] else None
    return json_answer(request, feeds.json_feed(found["hits"], title, own, base, following), feeds.JSON_FEED)


def address(base: str, request: Request, cursor: str | None = None) -> str:
    """The request's own public address; with `cursor` that of the next page."""
    asked = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if not (cursor and name in ("cursor", "start"))
    ]
    query = urlencode([*asked, *([("cursor", cursor)] if cursor else [])])
    return f"{base.rstrip('/')}{request.url.path}" + (f"?{query}" if query else "")
