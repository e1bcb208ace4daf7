"""The routes for providers: push, change, kill and follow stories and comments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from pipeline.process.problems import Problem
from pipeline.push import docs
from pipeline.push.idempotency import Reply
from pipeline.push.requests import FromProvider, ItemsRequest, WithItems, content_type_of

router = APIRouter(prefix="/v1", responses=docs.RESPONSES)

_MAX_KILL = 65536
"""Bytes of a kill's body, which is ignored but may be signed."""
_PageUrl = Annotated[
    str | None,
    Query(max_length=2048, description="The page's address, for an HTML or text page that doesn't state it"),
]
_Reason = Annotated[str, Query(max_length=2000, description="The reason; stored with the kill")]


@router.post("/items", status_code=202, summary="Push stories", openapi_extra=docs.ITEMS)
async def items(push: WithItems, url: _PageUrl = None) -> Response:
    """Any of the formats, recognised by content; one story or many. Each gets its own entry in the answer."""
    return await _receive(push, url, comments_only=False)


@router.post("/comments", status_code=202, summary="Push comments", openapi_extra=docs.COMMENTS)
async def comments(push: WithItems) -> Response:
    """Readers' comments: Dateline's own JSON, Coral, Disqus, comment feeds, or events."""
    return await _receive(push, None, comments_only=True)


@router.patch(
    "/items/{name:path}", status_code=202, summary="Change some fields of a story", openapi_extra=docs.PATCH
)  # fmt: skip
async def change(push: FromProvider, name: str) -> Response:
    """A partial update (JSON Merge Patch): fields that are named are replaced, null empties a field, the others stay. The
    story is named by its address, by your own id for it, or by its article id. The update may come before the story, and
    waits for it."""
    caller = push.authenticate()
    async with push.body(caller, push.service.settings.largest_record) as body:
        accepted = await push.service.change(caller.provider, name, body)
    return push.reply(caller, Reply(202, accepted))


@router.delete("/items/{name:path}", status_code=202, summary="Kill a story")
async def kill(push: FromProvider, name: str, reason: _Reason = "withdrawn by its provider") -> Response:
    """Withdraw a story for good, named by its address, by your own id for it, or by its article id. Your own id may be of
    a story that comes later: it will not be shown."""
    caller = push.authenticate()
    async with push.body(caller, _MAX_KILL):
        pass
    accepted = await push.service.kill(caller.provider, name, reason)
    return push.reply(caller, Reply(202, accepted))


@router.get("/items/{name:path}", summary="How far a story has come")
async def status(push: FromProvider, name: str) -> Response:
    """Its way through the stages, and whether readers can see it. You can look up only your own stories."""
    caller = push.authenticate()
    push.check_signature(caller, b"")
    found = await push.service.status(caller.provider, name)
    return push.reply(caller, Reply(200, found))


async def _receive(push: ItemsRequest, url: str | None, *, comments_only: bool) -> Response:
    caller, service, path = push.authenticate(), push.service, push.request.url.path
    async with push.body(caller, service.max_request(caller.provider)) as body:
        if not body.strip():
            raise Problem(400, "empty", "the request has no body")
        content_type = content_type_of(push.request)

        async def receive() -> Reply:
            return await service.receive(caller.provider, body, content_type, url, path, comments_only=comments_only)

        reply = await push.once(caller, body, receive)
    return push.reply(caller, reply)
