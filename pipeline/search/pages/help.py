"""The page that explains the search."""

from __future__ import annotations

from fastapi.responses import Response

from pipeline.search.pages.rendering import render
from pipeline.search.pages.routing import page_router

router = page_router()


@router.get("/help")
def help_page() -> Response:
    return render("help.html")
