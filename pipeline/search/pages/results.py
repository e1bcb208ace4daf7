"""The page of results."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import HTMLResponse

from pipeline.search.pages.rendering import query_string, render
from pipeline.search.pages.routing import page_router
from pipeline.search.queries import MAX_RESULTS, Search
from pipeline.search.routes import FromIndex, Text

router = page_router()
_PAGE_SIZE = 10


@router.get("/search")
def search_page(
    reader: FromIndex, q: Text = None, section: Text = None, language: Text = None, publisher: Text = None,
    people: Text = None, places: Text = None, organisations: Text = None,
    start: Annotated[int, Query(ge=0, le=MAX_RESULTS - _PAGE_SIZE)] = 0,
) -> HTMLResponse:  # fmt: skip
    filters: dict[str, Any] = {
        "section": section, "language": language, "publisher": publisher, "people": people, "places": places, "organisations": organisations,
    }  # fmt: skip
    chosen = {name: value for name, value in filters.items() if value}
    found = reader.articles(Search(text=q or "", size=_PAGE_SIZE, start=start, **chosen))

    def link(**changes: Any) -> str:
        return "/search" + query_string({"q": q, **chosen, **changes})

    return render("results.html", q=q or "", found=found, chosen=chosen, start=start, size=_PAGE_SIZE, link=link)
