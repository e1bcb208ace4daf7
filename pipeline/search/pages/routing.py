"""What the routes of pages share: ids, words, and parts of a page that may be missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from pipeline import telemetry
from pipeline.errors import DatelineError
from pipeline.search.parameters import MAX_QUERY

Part = TypeVar("Part")
Text = Annotated[str | None, Query(max_length=MAX_QUERY)]


def page_router() -> APIRouter:
    return APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def can_save(request: Request) -> bool:
    """Whether a reader can save a search here: with API keys, front-ends save them for their readers."""
    state = request.app.state
    return getattr(state, "saved", None) is not None and not state.settings.search_keys


def has_feeds(request: Request) -> bool:
    """Whether a reader can follow a link to the API: with API keys it asks for one."""
    return not request.app.state.settings.search_keys


def part(path: str, ask: Callable[[], Part]) -> Part | None:
    """A part that a page can do without: None where its search fails, which is logged."""
    try:
        return ask()
    except DatelineError as e:
        telemetry.SEARCH_FAILED(path=path, problem=e)
        return None


def as_id(text: str) -> str | None:
    """An id as it is written in the index; None for what is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return None
