"""The page that explains the search."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from pipeline.search.pages.rendering import render
from pipeline.search.pages.routing import can_save, has_feeds, page_router

router = page_router()


@router.get("/help")
def help_page(request: Request) -> Response:
    return render("help.html", feeds=has_feeds(request), savable=can_save(request))
