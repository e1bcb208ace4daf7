"""The page of what readers say: a search in comments, narrowed by story and publisher."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError

from pipeline.search import parameters
from pipeline.search.filters import COMMENT_FILTERS
from pipeline.search.pages.narrowing import facets, shown_as
from pipeline.search.pages.rendering import query_string, render
from pipeline.search.pages.routing import page_router, part
from pipeline.search.parameters import CommentParameters
from pipeline.search.reader import Reader
from pipeline.search.routes import FromIndex

router = page_router()
FACETS = ("article", "publisher", "language")
SORTS = (("relevance", "Best first"), ("newest", "Newest"), ("oldest", "Oldest"))
_LISTS = frozenset({*COMMENT_FILTERS, *(f"not_{name}" for name in COMMENT_FILTERS)})
_SINGLE = ("q", "since", "until", "timezone", "sort")


@router.get("/comments")
def comment_results(request: Request, reader: FromIndex) -> Response:
    asked = given(request)
    cursor = request.query_params.get("cursor") or None
    try:
        wanted = CommentParameters.model_validate(asked | {"size": 20, "facets": list(FACETS), "cursor": cursor})
    except ValidationError as e:
        raise RequestValidationError(e.errors()) from None
    found = reader.comments(parameters.comment_search(wanted))
    counted = [str(one["value"]) for one in found["facets"].get("article", ())]
    ids = dict.fromkeys([*(hit["article_id"] for hit in found["hits"]), *counted, *asked.get("article", ())])
    headlines = part("/comments", lambda: _headlines(reader, list(ids))) or {}

    def link(**changes: Any) -> str:
        return "/comments" + query_string(asked | changes)

    return render(
        "comment_results.html",
        q=asked.get("q", ""),
        found=found,
        headlines=headlines,
        kept=asked,
        chips=chips(asked, headlines),
        facets=facets(found["facets"], asked, found["total"], headlines),
        sorts=SORTS,
        link=link,
        later=cursor is not None,
    )


def given(request: Request) -> dict[str, Any]:
    """The parameters that have a value; others are ignored."""
    asked: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if value.strip() and name in _LISTS:
            asked.setdefault(name, []).append(value)
        elif value.strip() and name in _SINGLE:
            asked[name] = value
    return asked


def chips(asked: dict[str, Any], headlines: dict[str, str]) -> list[tuple[str, str, dict[str, Any]]]:
    """What is chosen beside the words: what it is, its value, and the change that takes it away."""
    made: list[tuple[str, str, dict[str, Any]]] = []
    for name in sorted(_LISTS & asked.keys()):
        bare = name.removeprefix("not_")
        label = ("not " if bare != name else "") + ("story" if bare == "article" else bare)
        for value in dict.fromkeys(asked[name]):
            text = headlines.get(value, "one story") if bare == "article" else shown_as(bare, value)
            made.append((label, text, {name: [one for one in asked[name] if one != value]}))
    made += [(name, asked[name], {name: None}) for name in ("since", "until") if name in asked]
    return made


def _headlines(reader: Reader, ids: list[str]) -> dict[str, str]:
    if not ids:
        return {}
    body = {"query": {"ids": {"values": ids}}, "size": len(ids), "_source": ["article_id", "headline"]}
    return {one["article_id"]: one.get("headline") or "" for one in reader.sources("articles", body)}
