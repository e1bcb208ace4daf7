"""The routes for WebSub hubs: they verify a subscription, and deliver what is new in a feed."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from pipeline.feeds import websub
from pipeline.process.problems import Problem
from pipeline.push.requests import Service, content_type_of, read_body
from pipeline.push.service import IngestService

router = APIRouter(prefix="/websub/{feed_id}/{token}", include_in_schema=False)
_UNKNOWN = "no such subscription was asked for"
_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}
"""A challenge is any text of the caller: no browser takes it for a page."""


@router.get("")
async def verify(request: Request, service: Service, feed_id: UUID, token: str) -> PlainTextResponse:
    query = dict(request.query_params)
    if await _is_known(service, feed_id, token):
        challenge = await service.for_a_hub(service.callbacks.verify, feed_id, token, query)
    else:
        challenge, _ = websub.verified(None, query, datetime.now(UTC))
    if challenge is None:
        raise Problem(404, "not-found", _UNKNOWN)
    return PlainTextResponse(challenge, headers=_HEADERS)


@router.post("")
async def deliver(request: Request, service: Service, feed_id: UUID, token: str) -> PlainTextResponse:
    signature, content_type = request.headers.get("x-hub-signature"), content_type_of(request)
    if not await _is_known(service, feed_id, token):
        raise Problem(404, "not-found", _UNKNOWN)
    sender, limit = f"hub of {feed_id}", service.settings.largest_record
    with service.deliveries.enter(sender):
        async with read_body(request, service.memory, sender, limit) as body:
            known = await service.for_a_hub(
                service.callbacks.deliver, feed_id, token, signature, body, content_type, service.publisher()
            )
    if known is None:
        raise Problem(404, "not-found", _UNKNOWN)
    return PlainTextResponse("taken\n", 202)


async def _is_known(service: IngestService, feed_id: UUID, token: str) -> bool:
    """Whether a subscription has this address, which is all that a caller shows: so nothing of a body is read before, and
    Kafka isn't asked each time."""
    if not service.callbacks.knows(feed_id, token) and service.callbacks.may_look_again():
        await service.for_a_hub(service.callbacks.refresh)
    return service.callbacks.knows(feed_id, token)
