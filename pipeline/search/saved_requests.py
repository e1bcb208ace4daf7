"""What a request about saved searches asks for, and by which right."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.process.connections import network_of
from pipeline.process.problems import Problem
from pipeline.saved.store import Store, knows
from pipeline.search.parameters import Parameters, SelectionParameters, invalid
from pipeline.search.responses import not_found
from pipeline.search.saved import is_unguarded
from pipeline.settings import Settings
from schemas.saved_search import SavedSearch

_LARGEST = 16 * 1024
_PORTS = (443, 8443)
"""Of webhooks: what listens at others may be no web server."""
Body = TypeVar("Body", bound=BaseModel)
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S", examples=["Ferries"])]


class Hook(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, Field(max_length=500, examples=["https://desk.example/alerts"])]


class NewSearch(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    query: Annotated[SelectionParameters, Field(description="Parameters of `/v1/articles`: words and filters.", examples=[{"q": "ferry -strike", "language": ["en"]}])]  # fmt: skip
    updates: Annotated[bool, Field(description="Whether a new revision of a story that was told is told too.")] = False
    webhook: Hook | None = None


class ChangedSearch(BaseModel):
    """What is there is changed; `"webhook": null` takes it away, and the same address again wakes one that was given up."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name | None = None
    query: SelectionParameters | None = None
    updates: bool | None = None
    webhook: Hook | None = None


class TokenParameters(Parameters):
    token: Annotated[str | None, Field(max_length=200, description="Of the saved search; not needed with the key that saved it.")] = None  # fmt: skip


class LiveParameters(TokenParameters):
    last: Annotated[str | None, Field(max_length=100, description="As `Last-Event-ID`, which a browser can't send with its first request.")] = None  # fmt: skip


async def store_of(request: Request) -> Store:
    """Raises Problem where this server has none."""
    store: Store | None = getattr(request.app.state, "saved", None)
    if store is None:
        raise Problem(404, "not-here", "Searches can't be saved on this server: its operator can switch that on with DATELINE_SAVED_SEARCHES.")  # fmt: skip
    return store


Saved = Annotated[Store, Depends(store_of)]


def key_of(request: Request) -> str | None:
    """The name of the API key that asks; None where none are asked for."""
    sender: str = getattr(request.state, "sender", "")
    kind, _, name = sender.partition(" ")
    return name if kind == "key" else None


def sender_of(request: Request) -> str:
    """Who asks, for limits: a key, or a client's network."""
    key, client = key_of(request), request.client
    return f"key {key}" if key is not None else f"address {network_of(client.host) if client else ''}"


def check_unguarded(query: dict[str, Any], key: str | None) -> bool:
    """Whether it is one of the few that the index is asked for with every batch. Raises Problem where it may not be."""
    unguarded = is_unguarded(query)
    if unguarded and key is None:
        raise invalid("query", "a word, or a filter by a name, a subject or a language is needed: not only what is left out, a time or a place")  # fmt: skip
    return unguarded


def mine(request: Request, store: Store, search_id: UUID, token: str | None) -> SavedSearch:
    """The search, for the key that saved it and for its token. Raises Problem 404 for all others, whether it is there or not,
    and for all where the key that saved it was taken away."""
    search = store.find(search_id)
    key, keys = key_of(request), request.app.state.settings.search_keys
    if search is not None and search.owner is not None and keys and search.owner not in keys:
        search = None
    if search is not None and key is not None and search.owner == key:
        return search
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    shown = token or (sent.strip() if key is None and scheme.casefold() == "bearer" else "")
    if search is None or not shown or not knows(search, shown):
        raise not_found("saved search")
    return search


async def body_of(request: Request) -> bytes:
    found = b""
    async for piece in request.stream():
        found += piece
        if len(found) > _LARGEST:
            raise Problem(413, "too-large", f"at most {_LARGEST} bytes")
    return found


Bytes = Annotated[bytes, Depends(body_of)]


def parsed(body: bytes, schema: type[Body]) -> Body:
    try:
        return schema.model_validate_json(body, strict=True)  # as described: 0 is not false
    except ValidationError as e:
        faults: list[Any] = [fault | {"loc": ("body", *fault["loc"])} for fault in e.errors(include_context=False)]
        raise RequestValidationError(faults) from None


def check_webhook(url: str, settings: Settings, key: str | None) -> str:
    """The address. Raises Problem for one that nothing may be posted to."""
    if key is None and not settings.open_webhooks:
        raise Problem(403, "no-webhooks", "This server has no webhooks; follow the search live or as a feed.")
    try:
        parts = urlsplit(url)
        valid = bool(parts.hostname) and not parts.username
        if settings.private_webhooks:
            valid = valid and parts.scheme in ("https", "http") and parts.port != 0
        else:
            valid = valid and parts.scheme == "https" and parts.port in (None, *_PORTS)
    except ValueError:
        valid = False
    if not valid or any(one.isspace() or ord(one) < 32 for one in url):
        raise invalid("webhook", f"an https:// address without a user's name, at port {' or '.join(map(str, _PORTS))}")
    return url
