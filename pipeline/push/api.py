"""The push door: HTTP for wire desks. 202 only after Kafka has acknowledged everything that was taken."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, generate_latest
from starlette.exceptions import HTTPException as StarletteHTTPException

from pipeline.process.ports import require_free
from pipeline.push import docs as push_docs
from pipeline.push import items as push_items
from pipeline.push import service as push
from pipeline.push.requests import Door, Problem
from pipeline.settings import Settings
from schemas.push_answer import PushAnswer

REQUESTS = Counter("dateline_push_requests", "Push requests by provider and status", ["provider", "status"])

Key = Annotated[str | None, Header(alias="Authorization", description="`Bearer dl_…`, made by `dateline keys new`")]
Signature = Annotated[str | None, Header(alias="Dateline-Signature")]
Idempotency = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]


def build_push_api(door: Door) -> FastAPI:
    """The application behind a door that is open; it is closed at the end."""
    settings = door.settings

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        fresh = asyncio.create_task(door.keep_fresh())
        try:
            yield
        finally:
            fresh.cancel()
            await asyncio.to_thread(door.close)

    api = FastAPI(
        title="Dateline push", version="1", lifespan=life, docs_url=None, redoc_url=None, openapi_url="/openapi.json",
        description=push_docs.DESCRIPTION,
    )  # fmt: skip

    @api.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        REQUESTS.labels(getattr(request.state, "provider", "unknown"), str(error.status)).inc()
        return error.response(request.url.path)

    @api.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        faults = [
            {"pointer": "/".join(map(str, fault["loc"])), "detail": str(fault["msg"])} for fault in error.errors()[:10]
        ]
        detail = "; ".join(f"{fault['pointer']}: {fault['detail']}" for fault in faults)
        return Problem(422, "invalid-request", detail, errors=faults).response(request.url.path)

    @api.exception_handler(StarletteHTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        reason = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "refused")
        response = Problem(error.status_code, reason, str(error.detail)).response(request.url.path)
        response.headers.update(error.headers or {})
        return response

    async def take(
        request: Request, authorization: str | None, signature: str | None, idempotency: str | None, url: str | None,
        comments_only: bool,
    ) -> Response:  # fmt: skip
        kept = door.identify(authorization)
        request.state.provider = kept.provider
        largest = settings.provider(kept.provider).largest_request or settings.largest_record
        async with door.body_of(request, min(largest, settings.largest_record)) as body:
            door.check_signature(kept, signature, body)
            if not body.strip():
                raise Problem(400, "empty", "the request has no body")
            media_type = request.headers.get("content-type", "").partition(";")[0].strip() or None
            name = f"{kept.provider}/{request.url.path}/{idempotency}" if idempotency else None
            digest = hashlib.sha256(f"{request.url.path}?{request.url.query}\n".encode() + body).hexdigest()

            async def answer() -> tuple[int, dict[str, Any]]:
                read = await door.work(push.read_push, body, media_type, kept.provider, url, settings)
                if comments_only:
                    read = push.only_comments(read)
                most = settings.provider(kept.provider).items_per_request
                if push.count(read) > most:
                    raise Problem(
                        413,
                        "too-many-items",
                        f"{push.count(read)} items; {most} fit in one request. Send fewer at a time",
                    )
                told = await door.work(push.publish, read, door.publisher(), kept.provider)
                if told.refused and not told.accepted:
                    status = 413 if all(one["reason"] == "too-large" for one in told.refused) else 422
                    problem = Problem(status, told.refused[0]["reason"], push.summary(told.refused), **told.body())
                    return status, json.loads(bytes(problem.response(request.url.path).body))
                return 202, told.body()

            if name is None:
                status, told = await answer()
            else:
                async with door.once_for(name):
                    before = door.answers.get(name)
                    if before is not None and before.request_sha256 != digest:
                        raise Problem(
                            422, "idempotency-key-reused", "this Idempotency-Key was used for another request"
                        )
                    if before is not None:
                        status, told = before.status, before.body
                    else:
                        status, told = await answer()
                        record = PushAnswer(
                            provider=kept.provider, idempotency_key=idempotency or "", request_sha256=digest,
                            at=datetime.now(UTC), status=status, body=told,
                        )  # fmt: skip
                        await door.work(door.answers.put, [(name, record)])
        REQUESTS.labels(kept.provider, str(status)).inc()
        kind = "application/json" if status == 202 else "application/problem+json"
        return JSONResponse(told, status, media_type=kind)

    @api.post(
        "/v1/items",
        status_code=202,
        summary="Push stories",
        openapi_extra=push_docs.ITEMS,
        responses=push_docs.RESPONSES,
    )
    async def items(
        request: Request, authorization: Key = None, signature: Signature = None, idempotency: Idempotency = None,
        url: Annotated[str | None, Query(max_length=2048, description="The page's address, for an HTML or text page that doesn't say it")] = None,
    ) -> Response:  # fmt: skip
        """Any of the formats, told apart by content; one story or many. Each is answered for itself."""
        return await take(request, authorization, signature, idempotency, url, False)

    @api.post(
        "/v1/comments",
        status_code=202,
        summary="Push comments",
        openapi_extra=push_docs.COMMENTS,
        responses=push_docs.RESPONSES,
    )
    async def comments(
        request: Request, authorization: Key = None, signature: Signature = None, idempotency: Idempotency = None,
    ) -> Response:  # fmt: skip
        """Readers' comments: Dateline's own JSON, Coral, Disqus, comment feeds, or events."""
        return await take(request, authorization, signature, idempotency, None, True)

    @api.patch(
        "/v1/items/{name:path}",
        status_code=202,
        summary="Change some fields of a story",
        openapi_extra=push_docs.PATCH,
        responses=push_docs.RESPONSES,
    )
    async def change(
        request: Request, name: str, authorization: Key = None, signature: Signature = None,
    ) -> Response:  # fmt: skip
        """A partial update (JSON Merge Patch): what is named replaces, null empties, the rest stays. The story is named by
        its address, by your own id for it, or by its article id. It may come before the story, and waits for it."""
        kept = door.identify(authorization)
        request.state.provider = kept.provider
        async with door.body_of(request, settings.largest_record) as body:
            door.check_signature(kept, signature, body)
            article_id, claims = await door.work(push_items.named, name, kept.provider, settings)
            read = await door.work(push.read_patch, body, kept.provider, article_id, claims, settings)
            told = await door.work(push.publish, read, door.publisher(), kept.provider)
        if told.refused:
            one = told.refused[0]
            raise Problem(413 if one["reason"] == "too-large" else 422, one["reason"], push.summary(told.refused))
        REQUESTS.labels(kept.provider, "202").inc()
        return JSONResponse(told.accepted[0], 202)

    @api.delete("/v1/items/{name:path}", status_code=202, summary="Kill a story", responses=push_docs.RESPONSES)
    async def kill(
        request: Request, name: str, authorization: Key = None, signature: Signature = None,
        reason: Annotated[str, Query(max_length=2000, description="Why; kept with the kill")] = "withdrawn by its provider",
    ) -> Response:  # fmt: skip
        """Withdraw a story for good, named by its address, by your own id for it, or by its article id. Your own id may
        be of a story that comes later: it will not be shown."""
        kept = door.identify(authorization)
        request.state.provider = kept.provider
        async with door.body_of(request, 65536) as body:
            door.check_signature(kept, signature, body)
        event = await door.work(push_items.withdrawal_of, name, kept.provider, reason, settings)

        def send() -> None:
            with door.publisher() as publisher:
                publisher.publish(event, f"push by {kept.provider}")

        await door.work(send)
        REQUESTS.labels(kept.provider, "202").inc()
        return JSONResponse({"id": str(event.data.article_id), "status": "accepted", "type": event.type.value}, 202)

    @api.get("/v1/items/{name:path}", summary="How far a story has come", responses=push_docs.RESPONSES)
    async def status(
        request: Request, name: str, authorization: Key = None, signature: Signature = None,
    ) -> Response:  # fmt: skip
        """Its way through the stages, and whether readers can see it. Only your own stories are told of."""
        kept = door.identify(authorization)
        request.state.provider = kept.provider
        door.check_signature(kept, signature, b"")
        found = await door.work(push_items.status_of, name, kept.provider, settings)
        REQUESTS.labels(kept.provider, "200").inc()
        return JSONResponse(found)

    @api.get("/websub/{feed_id}/{token}", include_in_schema=False)
    async def verify(request: Request, feed_id: UUID, token: str) -> Response:
        query = request.query_params
        challenge = await door.work(door.callbacks.verify, feed_id, token, dict(query))
        if challenge is None:
            raise Problem(404, "not-found", "no such subscription was asked for")
        return PlainTextResponse(challenge)

    @api.post("/websub/{feed_id}/{token}", include_in_schema=False)
    async def delivered(request: Request, feed_id: UUID, token: str) -> Response:
        signature = request.headers.get("x-hub-signature")
        media_type = request.headers.get("content-type", "").partition(";")[0].strip() or None
        async with door.body_of(request, settings.largest_record) as body:
            taken = await door.work(
                door.callbacks.deliver, feed_id, token, signature, body, media_type, door.publisher()
            )
        if taken is None:
            raise Problem(404, "not-found", "no such subscription was asked for")
        return PlainTextResponse("taken\n", 202)

    @api.get("/", include_in_schema=False)
    @api.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(push_docs.page(), headers=push_docs.HEADERS)

    @api.get("/healthz", include_in_schema=False)
    def alive() -> PlainTextResponse:
        return PlainTextResponse("alive\n")

    @api.get("/readyz", include_in_schema=False)
    def ready() -> PlainTextResponse:
        return PlainTextResponse("ready\n" if door.ready else "not ready\n", 200 if door.ready else 503)

    @api.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return api


def run_push_api(settings: Settings, port: int | None = None) -> None:
    """Serve until SIGTERM. Raises Fatal where the port is taken."""
    chosen = settings.ingest_port if port is None else port
    if chosen:
        require_free(chosen, "DATELINE_INGEST_PORT")
    door = Door(settings)
    door.open()
    uvicorn.run(
        build_push_api(door), host=settings.bind, port=chosen, log_level="warning", access_log=False,
        timeout_graceful_shutdown=20,
    )  # fmt: skip
