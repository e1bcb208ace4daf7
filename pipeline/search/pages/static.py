"""Files of the pages: style, script, icon, map."""

from __future__ import annotations

from fastapi.responses import RedirectResponse, Response

from pipeline.search.pages.places import world
from pipeline.search.pages.rendering import HEADERS, WEB
from pipeline.search.pages.routing import page_router

router = page_router()
FILES = frozenset({"/style.css", "/page.js", "/favicon.svg", "/favicon.ico", "/world.svg"})
"""What a page brings with it: no search is behind it."""


@router.get("/style.css")
def style() -> Response:
    return _file("style.css", "text/css")


@router.get("/page.js")
def script() -> Response:
    return _file("page.js", "text/javascript")


@router.get("/favicon.svg")
def icon() -> Response:
    return _file("favicon.svg", "image/svg+xml")


@router.get("/favicon.ico")
def other_icon() -> Response:
    return RedirectResponse("/favicon.svg", 308)


@router.get("/world.svg")
def land() -> Response:
    return Response(world(), media_type="image/svg+xml", headers=HEADERS | {"Cache-Control": "max-age=604800"})


def _file(name: str, media_type: str) -> Response:
    return Response(
        (WEB / name).read_bytes(), media_type=media_type, headers=HEADERS | {"Cache-Control": "max-age=300"}
    )
