"""JSON answers, with an ETag where they may be asked for again."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import Response

from pipeline.process.problems import Problem

_NOT_CONTENT = frozenset({"took_ms", "next", "next_url", "score"})
"""What differs between two answers that say the same."""


def json_answer(request: Request, payload: Any, media_type: str = "application/json") -> Response:
    """200 with an ETag; 304 where the client has the same already."""
    body = orjson.dumps(payload, default=str, option=orjson.OPT_NON_STR_KEYS)
    return tagged(
        request, body, media_type, orjson.dumps(_content(payload), default=str, option=orjson.OPT_NON_STR_KEYS)
    )


def untagged(payload: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """What was changed, told to the one who changed it: whole, whatever that one knows, and for no cache."""
    body = orjson.dumps(payload, default=str, option=orjson.OPT_NON_STR_KEYS)
    return Response(body, status, {"Cache-Control": "no-store", **(headers or {})}, "application/json")


def tagged(request: Request, body: bytes, media_type: str, content: bytes | None = None) -> Response:
    """A body with the ETag of `content`, by default its own. `no-cache`: a kill has to be seen at once, so that a cache
    asks again each time."""
    tag = f'W/"{hashlib.blake2b(content or body, digest_size=12).hexdigest()}"'
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


def _content(payload: Any) -> Any:
    if not isinstance(payload, dict):
        return payload
    content = {name: value for name, value in payload.items() if name not in _NOT_CONTENT}
    if isinstance(payload.get("hits"), list):
        content["hits"] = [{n: v for n, v in hit.items() if n not in _NOT_CONTENT} for hit in payload["hits"]]
    return content
