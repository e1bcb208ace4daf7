"""The routes of one article or story (docs/search.md)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from pipeline.search import shapes
from pipeline.search.parameters import Parameters
from pipeline.search.responses import json_answer, not_found
from pipeline.search.routes import FromIndex

router = APIRouter(prefix="/v1", tags=["articles and stories"])


class NoParameters(Parameters):
    """A route without parameters."""


@router.get(
    "/stories/{story_id}", summary="The articles of a story, earliest first", response_model=None,
    responses=shapes.problems(404),
)  # fmt: skip
def story(request: Request, reader: FromIndex, story_id: UUID, _: Annotated[NoParameters, Query()]) -> Response:
    found = reader.story(str(story_id))
    if found is None:
        raise not_found("story")
    return json_answer(request, found)
