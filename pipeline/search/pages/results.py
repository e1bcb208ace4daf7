"""The page of results: each event once, what to narrow by, and when it happened."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError

from pipeline.search import parameters
from pipeline.search.filters import ARTICLE_FILTERS
from pipeline.search.pages.narrowing import bars, chips, facets, interval
from pipeline.search.pages.rendering import query_string, render
from pipeline.search.pages.routing import can_save, has_feeds, page_router
from pipeline.search.parameters import ArticleParameters, Parameters
from pipeline.search.routes import FromIndex

router = page_router()
Asked = TypeVar("Asked", bound=Parameters)
FACETS = ("section", "topic", "person", "place", "organisation", "publisher", "language")
SORTS = (("relevance", "Best first"), ("newest", "Newest"), ("oldest", "Oldest"), ("discussed", "Most discussed"))
_FIELDS = ["headline", "summary", "body", "publisher", "section", "authors", "language", "direction", "shown_at", "published", "correction_note", "relation"]  # fmt: skip
LISTS = frozenset({*ARTICLE_FILTERS, *(f"not_{name}" for name in ARTICLE_FILTERS), "has"})
SINGLE = ("q", "since", "until", "timezone", "near", "distance", "box", "sort")
_EVERY = "every"
"""Set: each telling by itself, not each event once."""


@router.get("/search")
def search_page(request: Request, reader: FromIndex) -> Response:
    asked = given(request)
    every = bool(request.query_params.get(_EVERY))
    search = as_parameters(
        ArticleParameters,
        asked
        | {
            "size": 10, "facets": list(FACETS), "fields": _FIELDS, "collapse": None if every else "story",
            "cursor": request.query_params.get("cursor") or None, "histogram": interval(asked),
        }
    )  # fmt: skip
    found = reader.articles(parameters.article_search(search))
    kept = asked | ({_EVERY: "1"} if every else {})

    def link(**changes: Any) -> str:
        return "/search" + query_string(kept | changes)

    here = link()
    only_words = set(asked) <= {"q"} and not every
    return render(
        "results.html",
        q=asked.get("q", ""),
        found=found,
        kept=kept,
        chips=chips(asked),
        facets=facets(found["facets"], asked, found["total"]),
        bars=bars(found.get("histogram") or [], asked),
        sorts=SORTS,
        link=link,
        every=every,
        later=bool(request.query_params.get("cursor")),
        read=lambda id_: f"/articles/{id_}" + query_string({"q": asked.get("q"), "back": None if only_words else here}),
        feeds=has_feeds(request),
        savable=can_save(request) and bool(asked),
        feed="/v1/articles" + query_string(asked | {"sort": "newest", "format": "atom"}),
    )


def given(request: Request) -> dict[str, Any]:
    """The parameters that have a value; others than a search has are ignored: whoever links here adds their own."""
    asked: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if not value.strip():
            continue
        if name in LISTS:
            asked.setdefault(name, []).append(value)
        elif name in SINGLE:
            asked[name] = value
    return asked


def as_parameters(schema: type[Asked], values: dict[str, Any]) -> Asked:
    try:
        return schema.model_validate(values)
    except ValidationError as e:
        raise RequestValidationError(e.errors()) from None
