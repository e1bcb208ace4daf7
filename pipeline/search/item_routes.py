"""The routes of one article or story, and overviews (docs/search.md)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from pipeline.search import parameters, query_string, revisions, shapes
from pipeline.search.detail_shapes import (  # fmt: skip
    ArticleShape,
    Ninjs,
    RelatedShape,
    StoriesShape,
    StoryShape,
    SuggestionShape,
    ThreadShape,
    TimelineShape,
)
from pipeline.search.exports import json_ld, newsml_g2, ninjs, nitf
from pipeline.search.intervals import Interval
from pipeline.search.parameters import CommentParameters, NoParameters, Parameters, SelectionParameters
from pipeline.search.responses import base_of, json_answer, not_found, tagged
from pipeline.search.routes import FromIndex

router = APIRouter(prefix="/v1", tags=["articles and stories"])
_FORMATS = (json_ld.MEDIA_TYPE, newsml_g2.MEDIA_TYPE, nitf.MEDIA_TYPE)


class OneArticle(Parameters):
    include: Annotated[list[Literal["history", "story", "none"]], Field(default_factory=lambda: ["history", "story"], description="What goes with the document; both by default.")]  # fmt: skip
    revisions: Annotated[int, Field(ge=1, le=200, description="How many revisions, the latest ones.")] = 50
    until: Annotated[int | None, Field(ge=1, description="Only revisions up to this `number`.")] = None  # fmt: skip
    format: Annotated[
        Literal["json", "ninjs", "jsonld", "newsml-g2", "nitf"],
        Field(
            description="`json` is ours; the others are ninjs 3.0, JSON-LD (schema.org NewsArticle), NewsML-G2, NITF."
        ),
    ] = "json"


class ThreadParameters(Parameters):
    sort: Literal["oldest", "newest", "discussed"] = "oldest"
    view: Annotated[Literal["tree", "flat"], Field(description="`tree`: threads with their replies; `flat`: one after the other, without an end.")] = "tree"  # fmt: skip
    parent: Annotated[UUID | None, Field(description="Only what answers this comment.")] = None
    size: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str | None, Field(max_length=10_000)] = None


class RelatedParameters(Parameters):
    size: Annotated[int, Field(ge=1, le=50)] = 10


class SuggestParameters(Parameters):
    q: Annotated[str, Field(min_length=1, max_length=100, description="What was typed so far.", examples=["varn"])]
    size: Annotated[int, Field(ge=1, le=20, description="Of each kind.")] = 5


class TimelineParameters(SelectionParameters):
    interval: Interval = "day"


class StoriesParameters(SelectionParameters):
    since: Annotated[str | None, Field(max_length=60, description="In the forms of /v1/articles.")] = "7d"
    size: Annotated[int, Field(ge=1, le=100)] = 20


@router.get(
    "/articles/{article_id}", summary="One article, its story and its revisions", response_model=None, openapi_extra=query_string.described(OneArticle),
    responses={200: {"model": ArticleShape | Ninjs, "content": {one: {} for one in _FORMATS}}, **shapes.problems(404)},
)  # fmt: skip
def article(
    request: Request, reader: FromIndex, article_id: UUID, asked: Annotated[OneArticle, query_string.asked(OneArticle)]
) -> Response:
    document = _document(reader, article_id)
    if asked.format != "json":
        return _in_format(request, document, asked.format)
    story = "story" in asked.include and document.get("story_id")
    found: dict[str, Any] = {"id": document["article_id"], **document}
    if story:
        found["story"] = reader.story(document["story_id"])
    if "history" in asked.include:
        past = reader.past(document, datetime.now(UTC), asked.revisions + 1, asked.until)
        shown = revisions.for_readers(past.shown, past.first) if past else []
        found["history"] = shown[-asked.revisions :] if past else None
        found["revisions"] = past.total if past else None
        found["corrections"] = past.corrections if past else ()
    return json_answer(request, found)


@router.get(
    "/articles/{article_id}/comments", summary="The comments of an article", response_model=None, openapi_extra=query_string.described(ThreadParameters),
    responses={200: {"model": ThreadShape}, **shapes.problems(404)},
)  # fmt: skip
def thread(
    request: Request,
    reader: FromIndex,
    article_id: UUID,
    asked: Annotated[ThreadParameters, query_string.asked(ThreadParameters)],
) -> Response:
    own = _document(reader, article_id)["article_id"]
    if asked.view == "flat":
        if asked.parent:
            raise parameters.invalid("parent", "a flat list has no parents; leave view=flat out")
        return json_answer(request, _flat(reader, own, asked))
    parent = str(asked.parent) if asked.parent else None
    found = reader.thread(own, parent, asked.sort, asked.size, asked.cursor, datetime.now(UTC))
    if found is None:
        raise not_found("comment below this article")
    return json_answer(request, found)


@router.get(
    "/articles/{article_id}/related", summary="Articles that name the same people, places and topics",
    response_model=None, openapi_extra=query_string.described(RelatedParameters), responses={200: {"model": RelatedShape}, **shapes.problems(404)},
)  # fmt: skip
def related(
    request: Request,
    reader: FromIndex,
    article_id: UUID,
    asked: Annotated[RelatedParameters, query_string.asked(RelatedParameters)],
) -> Response:
    document = _document(reader, article_id)
    return json_answer(request, {"articles": reader.related(document, asked.size, datetime.now(UTC))})


@router.get(
    "/stories", summary="The latest stories that several articles tell", response_model=None, openapi_extra=query_string.described(StoriesParameters),
    responses={200: {"model": StoriesShape}, **shapes.problems()},
)  # fmt: skip
def stories(
    request: Request, reader: FromIndex, asked: Annotated[StoriesParameters, query_string.asked(StoriesParameters)]
) -> Response:
    return json_answer(
        request, reader.stories(parameters.article_search(asked.as_search(size=asked.size, sort="newest")))
    )


@router.get(
    "/stories/{story_id}", summary="The articles of a story, earliest first", response_model=None, openapi_extra=query_string.described(NoParameters),
    responses={200: {"model": StoryShape}, **shapes.problems(404)},
)  # fmt: skip
def story(
    request: Request, reader: FromIndex, story_id: UUID, _: Annotated[NoParameters, query_string.asked(NoParameters)]
) -> Response:
    found = reader.story(str(story_id))
    if found is None:
        raise not_found("story")
    return json_answer(request, found)


@router.get(
    "/suggest", summary="People, places, topics and headlines, as you type", response_model=None, openapi_extra=query_string.described(SuggestParameters),
    responses={200: {"model": SuggestionShape}, **shapes.problems()},
)  # fmt: skip
def suggest(
    request: Request, reader: FromIndex, asked: Annotated[SuggestParameters, query_string.asked(SuggestParameters)]
) -> Response:
    text = parameters.typed(asked.q)
    return json_answer(request, {"suggestions": reader.suggestions(text, asked.size) if text else []})


@router.get(
    "/timeline", summary="A search over time, with one article of each interval", response_model=None, openapi_extra=query_string.described(TimelineParameters),
    responses={200: {"model": TimelineShape}, **shapes.problems()},
)  # fmt: skip
def timeline(
    request: Request, reader: FromIndex, asked: Annotated[TimelineParameters, query_string.asked(TimelineParameters)]
) -> Response:
    return json_answer(request, reader.timeline(parameters.article_search(asked.as_search()), asked.interval))


def _in_format(request: Request, document: dict[str, Any], format_: str) -> Response:
    match format_:
        case "ninjs":
            return json_answer(request, ninjs.ninjs(document), ninjs.MEDIA_TYPE)
        case "jsonld":
            return json_answer(request, json_ld.news_article(document, base_of(request)), json_ld.MEDIA_TYPE)
        case "nitf":
            return tagged(request, nitf.nitf(document), nitf.MEDIA_TYPE)
        case _:
            return tagged(request, newsml_g2.news_item(document), newsml_g2.MEDIA_TYPE)


def _document(reader: Any, article_id: UUID) -> dict[str, Any]:
    document: dict[str, Any] | None = reader.document(str(article_id))
    if document is None:
        raise not_found("article")
    return document


def _flat(reader: Any, article_id: str, asked: ThreadParameters) -> dict[str, Any]:
    sort: Any = "newest" if asked.sort == "newest" else "oldest"
    wanted = CommentParameters(article=[article_id], sort=sort, size=asked.size, cursor=asked.cursor)
    found = reader.comments(parameters.comment_search(wanted))
    return {"total": found["total"], "comments": found["hits"], "notes": found["notes"], "next": found["next"]}
