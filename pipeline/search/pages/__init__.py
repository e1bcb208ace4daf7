"""The readers' pages: rendered here, whole without a script and better with one, and with nothing from another host."""

from fastapi import APIRouter

from pipeline.search.pages import (
    article,
    comment_results,
    comments,
    front,
    help,
    live,
    results,
    saved,
    static,
    story,
)
from pipeline.search.pages.errors import error_page
from pipeline.search.pages.rendering import render
from pipeline.search.pages.static import FILES

__all__ = ["FILES", "error_page", "render", "router"]

router = APIRouter()
for _page in (front, results, article, comment_results, comments, story, saved, help, live, static):
    router.include_router(_page.router)
