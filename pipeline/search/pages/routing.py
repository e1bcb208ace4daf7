"""What every page's route shares: HEAD beside GET, and parts of a page that may be missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from pipeline import telemetry
from pipeline.errors import DatelineError

Part = TypeVar("Part")


class PageRoute(APIRoute):
    """A route that answers HEAD as it does GET; the server leaves out the body."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "GET" in self.methods:
            self.methods.add("HEAD")


def page_router() -> APIRouter:
    return APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=PageRoute)


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
