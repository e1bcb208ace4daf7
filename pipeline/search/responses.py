"""JSON answers, with an ETag where they may be asked for again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import Response

from pipeline.process.problems import Problem

_NOT_CONTENT = frozenset({"took_ms", "next", "next_url", "score"})
"""What differs between two answers that say the same."""


def json_answer(request: Request, payload: Any, media_type: str = "application/json") -> Response:
    """200 with an ETag; 304 where the client has the same already."""
    if not isinstance(payload, dict) or _NOT_CONTENT.isdisjoint(payload):
        return tagged(request, _json(payload), media_type)
    own = _content(payload)
    if not payload.get("hits"):
        return tagged(request, _json(payload), media_type, [_json(own)])
    hits = [
        _hit(hit) for hit in payload["hits"]
    ]  # what is long is made into bytes once, for the answer and for its tag
    body = _json(payload | {"hits": [orjson.Fragment(whole) for whole, _ in hits]})
    return tagged(request, body, media_type, [_json(own | {"hits": len(hits)}), *(content for _, content in hits)])


def untagged(payload: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """What was changed, told to the one who changed it: whole, whatever that one knows, and for no cache."""
    return Response(_json(payload), status, {"Cache-Control": "no-store", **(headers or {})}, "application/json")


def tagged(request: Request, body: bytes, media_type: str, content: Iterable[bytes] = ()) -> Response:
    """A body with the ETag of `content`, by default its own. `no-cache`: a kill has to be seen at once, so that a cache
    asks again each time."""
    digest = hashlib.blake2b(digest_size=12)
    for one in content or (body,):
        digest.update(one)
    tag = f'W/"{digest.hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    known = request.headers.get("if-none-match", "")
    if known.strip() == "*" or tag.removeprefix("W/") in {one.strip().removeprefix("W/") for one in known.split(",")}:
        return Response(None, 304, headers)
    return Response(body, 200, headers, media_type)


def base_of(request: Request) -> str:
    """The public address of the readers' page: as set, else as it was asked for."""
    configured: str | None = getattr(request.app.state, "search_url", None)
    return configured or str(request.base_url)


def not_found(what: str) -> Problem:
    return Problem(404, "not-found", f"There is no such {what}, or readers may not see it.")


def _hit(hit: dict[str, Any]) -> tuple[bytes, bytes]:
    """The whole of it, and its content."""
    content = _json(_content(hit))
    volatile = {name: hit[name] for name in _NOT_CONTENT & hit.keys()}
    if not volatile or content == b"{}":
        return _json(hit), content
    return content[:-1] + b"," + _json(volatile)[1:], content


def _content(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name not in _NOT_CONTENT}


def _json(payload: Any) -> bytes:
    return orjson.dumps(payload, default=str, option=orjson.OPT_NON_STR_KEYS)
