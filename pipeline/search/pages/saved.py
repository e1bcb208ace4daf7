"""The page of a saved search: what was found for it, its feed, how its webhook was told. Whoever has its address has the
search; nothing is kept in the browser."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from pipeline.process.problems import Problem
from pipeline.search import saved
from pipeline.search.pages.rendering import query_string, render
from pipeline.search.pages.results import LISTS, SINGLE, as_parameters
from pipeline.search.pages.routing import can_save, page_router
from pipeline.search.parameters import SelectionParameters
from pipeline.search.responses import base_of, not_found
from pipeline.search.routes import FromIndex
from pipeline.search.saved_live import begins
from pipeline.search.saved_requests import Bytes, Saved, mine
from pipeline.search.saved_routes import add, log_of, newest, told_of
from schemas.saved_search import SavedSearch

router = page_router()


@router.post("/saved")
def save(request: Request, store: Saved, body: Bytes) -> Response:
    if not can_save(request):
        raise Problem(403, "not-here", "Searches can’t be saved on this page.")
    given = parse_qs(body.decode(errors="replace"))
    asked: dict[str, Any] = {name: values if name in LISTS else values[-1] for name, values in given.items() if name in {*LISTS, *SINGLE} - {"sort"}}  # fmt: skip
    query = saved.checked(as_parameters(SelectionParameters, asked))
    made, token = add(request, store, _name(query), query)
    return RedirectResponse(f"/saved/{made.search_id}{query_string({'token': token})}", 303)


@router.get("/saved/{search_id}")
def page(request: Request, store: Saved, reader: FromIndex, search_id: UUID, token: str = "") -> Response:
    search, began = mine(request, store, search_id, token), begins(datetime.now(UTC))
    told = told_of(reader, search, newest(store, search), base_of(request))
    links = {
        "results": _results(search),
        "atom": f"/v1/searches/{search_id}.atom" + query_string({"token": token}),
        "live": f"/v1/searches/{search_id}/live" + query_string({"token": token, "last": began}),
    }
    log = log_of(store, search) if search.webhook else []
    answer = render("saved.html", search=search, told=told, links=links, log=log, token=token)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/saved/{search_id}/delete")
def delete(request: Request, store: Saved, search_id: UUID, body: Bytes) -> Response:
    token = parse_qs(body.decode(errors="replace")).get("token", [""])[-1]
    if not token:
        raise not_found("saved search")
    search = mine(request, store, search_id, token)
    store.delete(search)
    return RedirectResponse(_results(search), 303)


def _results(search: SavedSearch) -> str:
    """All that it finds: whoever deleted it by mistake saves it again there."""
    return "/search" + query_string(search.query | {"sort": "newest"})


def _name(query: dict[str, Any]) -> str:
    words = str(query.get("q", "")).strip()
    others = [str(one) for name, values in query.items() if isinstance(values, list) and not name.startswith("not_") for one in values]  # fmt: skip
    return " · ".join([*([words] if words else []), *others])[:200].strip() or "Search"
