"""Files of the page: style, script, icon."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from pipeline.status_page.rendering import WEB

router = APIRouter(include_in_schema=False)


@router.get("/style.css")
async def style() -> Response:
    return _file("style.css", "text/css")


@router.get("/page.js")
async def script() -> Response:
    return _file("page.js", "text/javascript")


@router.get("/favicon.svg")
async def icon() -> Response:
    return _file("favicon.svg", "image/svg+xml")


@router.get("/favicon.ico")
async def other_icon() -> Response:
    return RedirectResponse("/favicon.svg", 308)


def _file(name: str, media_type: str) -> Response:
    return Response((WEB / name).read_bytes(), media_type=media_type, headers={"Cache-Control": "max-age=300"})
