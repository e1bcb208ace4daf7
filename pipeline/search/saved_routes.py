"""Saved searches in the API (docs/saved-searches.md): save, read, change, delete, and what was found for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from limits import RateLimitItemPerHour
from starlette.convertors import StringConvertor, register_url_convertor

from pipeline.process.problems import Problem
from pipeline.saved.deciding import is_disabled, is_too_broad
from pipeline.saved.store import Full, Store, webhook
from pipeline.saved.telling import FIELDS, documents_of, payload
from pipeline.search import description, query_string, saved, shapes
from pipeline.search.exports import feeds
from pipeline.search.parameters import NoParameters
from pipeline.search.reader import Reader
from pipeline.search.responses import base_of, json_answer, tagged, untagged
from pipeline.search.routes import FromIndex
from pipeline.search.saved_live import Live
from pipeline.search.saved_requests import (
    Bytes,
    ChangedSearch,
    LiveParameters,
    NewSearch,
    Saved,
    TokenParameters,
    check_unguarded,
    check_webhook,
    key_of,
    mine,
    parsed,
    sender_of,
)
from schemas.saved_search import Alert, AlertKind, SavedSearch


class _Undotted(StringConvertor):
    """What is before `.atom` is an id; `ID.atom` is none."""

    regex = "[^/.]+"


register_url_convertor("undotted", _Undotted())
router = APIRouter(prefix="/v1/searches", tags=["saved searches"])
SHOWN = 50
"""Alerts of a feed or list, and deliveries of a log: the newest."""
_ANONYMOUS = RateLimitItemPerHour(30)
"""Searches that a network may save where no keys are asked for."""
Token = Annotated[TokenParameters, Query()]
Nothing = Annotated[NoParameters, query_string.asked(NoParameters)]


@router.post(
    "", summary="Save a search", status_code=201, response_model=None, openapi_extra=description.body(NewSearch),
    responses={201: {"model": shapes.NewSavedSearch}, **shapes.problems(403, 404, 413, tagged=False)},
)  # fmt: skip
def save(request: Request, store: Saved, body: Bytes, _: Nothing) -> Response:
    asked, key = parsed(body, NewSearch), key_of(request)
    query = saved.checked(asked.query)
    url = check_webhook(asked.webhook.url, request.app.state.settings, key) if asked.webhook else None
    made, token = add(request, store, asked.name.strip(), query, updates=asked.updates, url=url)
    secret = {"secret": made.webhook.secret} if made.webhook else {}
    shown = _shown(request, store, made, token) | {"token": token} | secret
    return untagged(shown, 201, {"Location": f"/v1/searches/{made.search_id}"})


@router.get(
    "", summary="The saved searches of your key", response_model=None,
    responses={200: {"model": list[shapes.SavedSearchShape]}, **shapes.problems(403, 404)},
)  # fmt: skip
def every(request: Request, store: Saved, _: Nothing) -> Response:
    key = key_of(request)
    if key is None:
        raise Problem(403, "needs-key", "Only a key has a list of searches; without, each is read by its token.")
    return json_answer(request, [_shown(request, store, one) for one in store.of(key)])


@router.get(
    "/{search_id}.atom", summary="Alerts as a feed", response_model=None, response_class=Response,
    responses={200: {"content": {feeds.ATOM: {}}}, **shapes.problems(404)},
)  # fmt: skip
def atom(request: Request, store: Saved, reader: FromIndex, search_id: UUID, asked: Token) -> Response:
    search = mine(request, store, search_id, asked.token)
    told = newest(store, search)
    documents = _documents(reader, told, feeds.FIELDS)
    hits = [documents[str(one.article_id)] for one in told if str(one.article_id) in documents]
    gone = {f"urn:uuid:{one.article_id}": one.at.isoformat() for one in told if one.kind is AlertKind.WITHDRAWN}
    base = base_of(request)
    own = _link(base, search, ".atom", asked.token)
    return tagged(request, feeds.atom(hits, f"Dateline: {search.name}", own, base, gone), feeds.ATOM)


@router.get(
    "/{search_id:undotted}", summary="One saved search", response_model=None,
    responses={200: {"model": shapes.SavedSearchShape}, **shapes.problems(404)},
)  # fmt: skip
def one(request: Request, store: Saved, search_id: UUID, asked: Token) -> Response:
    return json_answer(request, _shown(request, store, mine(request, store, search_id, asked.token), asked.token))


@router.patch(
    "/{search_id:undotted}", summary="Change it", response_model=None, openapi_extra=description.body(ChangedSearch),
    responses={200: {"model": shapes.ChangedSavedSearch}, **shapes.problems(403, 404, 413, tagged=False)},
)  # fmt: skip
def change(request: Request, store: Saved, search_id: UUID, asked: Token, body: Bytes) -> Response:
    search = mine(request, store, search_id, asked.token)
    wanted = parsed(body, ChangedSearch)
    changes: dict[str, Any] = {}
    if wanted.name is not None:
        changes["name"] = wanted.name.strip()
    if wanted.query is not None:
        changes["query"] = saved.checked(wanted.query)
        changes["unguarded"] = check_unguarded(changes["query"], key_of(request))
    if wanted.updates is not None:
        changes["updates"] = wanted.updates
    secret: dict[str, str] = {}
    if "webhook" in wanted.model_fields_set:
        hook = None
        if wanted.webhook is not None:
            url = check_webhook(wanted.webhook.url, request.app.state.settings, key_of(request))
            hook = webhook(url, search.webhook, datetime.now(UTC))
            secret = {} if search.webhook else {"secret": hook.secret}
        changes["webhook"] = hook
    try:
        search = store.put(search.model_copy(update=changes))
    except Full as e:
        raise Problem(429, "too-many-searches", str(e), 3600) from None
    return untagged(_shown(request, store, search, asked.token) | secret)


@router.delete("/{search_id:undotted}", summary="Delete it", status_code=204, response_model=None, responses={**shapes.problems(404, tagged=False)})  # fmt: skip
def delete(request: Request, store: Saved, search_id: UUID, asked: Token) -> Response:
    store.delete(mine(request, store, search_id, asked.token))
    return Response(status_code=204)


@router.get(
    "/{search_id}/alerts", summary="What was found, the newest first", response_model=None,
    responses={200: {"model": list[shapes.AlertShape]}, **shapes.problems(404)},
)  # fmt: skip
def alerts(request: Request, store: Saved, reader: FromIndex, search_id: UUID, asked: Token) -> Response:
    search = mine(request, store, search_id, asked.token)
    return json_answer(request, told_of(reader, search, newest(store, search), base_of(request)))


@router.get(
    "/{search_id}/deliveries", summary="How its webhook was told, the newest first", response_model=None,
    responses={200: {"model": list[shapes.DeliveryShape]}, **shapes.problems(404)},
)  # fmt: skip
def deliveries(request: Request, store: Saved, search_id: UUID, asked: Token) -> Response:
    search = mine(request, store, search_id, asked.token)
    return json_answer(request, log_of(store, search))


@router.get(
    "/{search_id}/live", summary="Alerts as Server-Sent Events", response_model=None, response_class=Response,
    responses={200: {"content": {"text/event-stream": {}}}, **shapes.problems(404, tagged=False)},
)  # fmt: skip
def live(request: Request, store: Saved, search_id: UUID, asked: Annotated[LiveParameters, Query()]) -> Response:
    search = mine(request, store, search_id, asked.token)
    state = request.app.state
    following: Live = state.following
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if request.scope.get("head"):
        return Response(media_type="text/event-stream", headers=headers)
    sender = sender_of(request)
    if (refusal := following.full(sender)) is not None:
        raise refusal
    server = getattr(state, "server", None)
    last = request.headers.get("last-event-id") or asked.last
    events = following.events(search, base_of(request), last, sender, lambda: server is not None and server.should_exit)  # fmt: skip
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


def add(request: Request, store: Store, name: str, query: dict[str, Any], **more: Any) -> tuple[SavedSearch, str]:
    """A new saved search, of the key that asks, and its token. Raises Problem 429 where there are too many."""
    key = key_of(request)
    if key is None and not request.app.state.saved_rates.hit(_ANONYMOUS, sender_of(request)):
        raise Problem(429, "too-many-requests", "Too many searches were saved from here; wait an hour.", 3600)
    unguarded = check_unguarded(query, key)
    try:
        return store.add(name, query, owner=key, unguarded=unguarded, **more)
    except Full as e:
        raise Problem(429, "too-many-searches", str(e), 3600) from None


def told_of(reader: Reader, search: SavedSearch, told: list[Alert], base: str) -> list[dict[str, Any]]:
    """Alerts as they are told; without those that readers can't find and whose withdrawal is still to come."""
    documents = _documents(reader, told)
    found = (payload(search, one, documents.get(str(one.article_id)), base) for one in told)
    return [one for one in found if one is not None]


def log_of(store: Store, search: SavedSearch) -> list[dict[str, Any]]:
    """The deliveries to its webhook, the newest first."""
    known = store.deliveries.of_search(search.search_id)[-SHOWN:]
    return [
        {
            "alert": str(one.alert_id), "article_id": str(one.article_id), "type": f"story.{one.kind.value}", "state": one.state.value, "attempts": one.attempts,
            "at": one.at, "next": one.next, "status": one.status, "problem": one.problem,
        }
        for one in reversed(known)
    ]  # fmt: skip


def newest(store: Store, search: SavedSearch) -> list[Alert]:
    return list(store.alerts.of_search(search.search_id)[: -SHOWN - 1 : -1])


def _documents(reader: Reader, told: list[Alert], fields: tuple[str, ...] = FIELDS) -> dict[str, dict[str, Any]]:
    ids = [str(one.article_id) for one in told if one.kind is not AlertKind.WITHDRAWN]
    if not ids:
        return {}
    found = reader.sources("articles", documents_of(ids, fields))
    return {document["article_id"]: document for document in found}


def _link(base: str, search: SavedSearch, path: str, token: str | None) -> str:
    return f"{base.rstrip('/')}/v1/searches/{search.search_id}{path}" + (f"?token={quote(token)}" if token else "")


def _shown(request: Request, store: Store, search: SavedSearch, token: str | None = None) -> dict[str, Any]:
    base = base_of(request)
    hook = search.webhook
    return {
        "id": str(search.search_id), "name": search.name, "query": search.query, "updates": search.updates, "created": search.created,
        "expires": search.expires, "too_broad": is_too_broad(store.alerts.of_search(search.search_id), datetime.now(UTC)),
        "webhook": hook and {"url": hook.url, "since": hook.since, "disabled": is_disabled(search, store.deliveries.of_search(search.search_id))},
        "links": {
            name: _link(base, search, path, token)
            for name, path in (("self", ""), ("alerts", "/alerts"), ("deliveries", "/deliveries"), ("live", "/live"), ("atom", ".atom"))
        },
        "notes": saved.notes_of(search.query),
    }  # fmt: skip
