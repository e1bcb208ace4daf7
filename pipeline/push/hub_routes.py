"""The routes for WebSub hubs: they verify a subscription, and deliver what is new in a feed."""

from __future__ import annotations

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from pipeline.process.problems import Problem
from pipeline.push.requests import Service, media_type_of, read_body

router = APIRouter(prefix="/websub/{feed_id}/{token}", include_in_schema=False)
_UNKNOWN = "no such subscription was asked for"


@router.get("")
async def verify(request: Request, service: Service, feed_id: UUID, token: str) -> PlainTextResponse:
    query = dict(request.query_params)
    challenge = await asyncio.to_thread(service.callbacks.verify, feed_id, token, query)
    if challenge is None:
        raise Problem(404, "not-found", _UNKNOWN)
    return PlainTextResponse(challenge)


@router.post("")
async def deliver(request: Request, service: Service, feed_id: UUID, token: str) -> PlainTextResponse:
    signature, media_type = request.headers.get("x-hub-signature"), media_type_of(request)
    async with read_body(request, service.memory, service.settings.largest_record) as body:
        known = await asyncio.to_thread(
            service.callbacks.deliver, feed_id, token, signature, body, media_type, service.publisher()
        )
    if known is None:
        raise Problem(404, "not-found", _UNKNOWN)
    return PlainTextResponse("taken\n", 202)
