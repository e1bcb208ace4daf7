"""The push door: HTTP for wire desks. 202 only after Kafka has acknowledged everything that was taken."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from prometheus_client import CONTENT_TYPE_LATEST, Counter, generate_latest
from starlette.exceptions import HTTPException as StarletteHTTPException

from pipeline.broker import ensure_topics, producer
from pipeline.errors import DatelineError, Reject, Retry
from pipeline.local.engines import require_free
from pipeline.operations.trace import trace
from pipeline.producers import keys, push, push_docs
from pipeline.producers.events import withdrawal
from pipeline.producers.publisher import Publisher
from pipeline.producers.websub import Callbacks
from pipeline.settings import Settings
from pipeline.state_topics import StateTopic
from pipeline.topology import KEYS, PUSH_ANSWERS
from schemas.events import RawArticleEvent
from schemas.provider_key import ProviderKey
from schemas.push_answer import PushAnswer

REQUESTS = Counter("dateline_push_requests", "Push requests by provider and status", ["provider", "status"])

_IN_FLIGHT = 64 * 1024 * 1024
"""Bytes of requests that are worked on at a time; more are told to come back."""
_PATIENCE = 15.0
"""Seconds that a request waits for Kafka."""
_REFRESH = 2.0
"""Seconds after which a key that was made or revoked elsewhere counts here."""
_RETRY_AFTER = {503: 5, 429: 1, 413: 0}

Key = Annotated[str | None, Header(alias="Authorization", description="`Bearer dl_…`, made by `dateline keys new`")]
Signature = Annotated[str | None, Header(alias="Dateline-Signature")]
Idempotency = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]


class Problem(Exception):
    """An answer that is no success (RFC 9457)."""

    def __init__(self, status: int, reason: str, detail: str, retry_after: int | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.reason, self.detail, self.more = status, reason, detail, more
        self.retry_after = retry_after if retry_after is not None else _RETRY_AFTER.get(status)

    def response(self, instance: str) -> JSONResponse:
        body = {
            "type": f"urn:dateline:problem:{self.reason}",
            "title": self.reason.replace("-", " "),
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            **self.more,
        }
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(body, self.status, headers, media_type="application/problem+json")


class Door:
    """What the routes share: keys, limits, the producer, answers given before. Connects in `open`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.keys: StateTopic[ProviderKey] = StateTopic(settings, KEYS, ProviderKey)
        self.answers: StateTopic[PushAnswer] = StateTopic(settings, PUSH_ANSWERS, PushAnswer)
        self.callbacks = Callbacks(settings)
        self.producer: Any = None
        self.in_flight = 0
        self.ready = False
        self._limits = MovingWindowRateLimiter(MemoryStorage())
        self._signatures: OrderedDict[str, float] = OrderedDict()
        self._running: set[str] = set()

    def open(self) -> None:
        """Raises Retry or Fatal where Kafka isn't there."""
        ensure_topics(self.settings)
        self.keys.load()
        self.answers.load()
        self.callbacks.open()
        # an unavailable broker has to be told to the sender, not waited for
        self.producer = producer(
            self.settings, max_block_ms=5000, delivery_timeout_ms=20_000, request_timeout_ms=10_000
        )
        self.ready = True

    def close(self) -> None:
        self.ready = False
        for part in (self.keys, self.answers, self.callbacks):
            part.close()
        if self.producer is not None:
            self.producer.close(timeout=5)

    async def keep_fresh(self) -> None:
        """Learn of keys, answers and feeds that other processes wrote."""
        while True:
            await asyncio.sleep(_REFRESH)
            for part in (self.keys, self.answers, self.callbacks):
                with suppress(DatelineError):
                    await asyncio.to_thread(part.refresh)

    def authenticate(self, authorization: str | None, signature: str | None, body: bytes) -> ProviderKey:
        """The key that a request was made with. Raises Problem 401."""
        scheme, _, text = (authorization or "").partition(" ")
        text = text.strip()
        if scheme.casefold() != "bearer" or not text:
            raise Problem(401, "unauthorized", "send your key as Authorization: Bearer dl_…")
        now = datetime.now(UTC)
        try:
            key_id = keys.key_id_of(text)
            kept = keys.check(text, self.keys.get(key_id) if key_id else None, now)
            if signature is not None or kept.signed_only:
                self._once(keys.check_signature(text, signature, body, now))
        except Reject as reject:
            raise Problem(401, reject.reason, reject.detail) from None
        return kept

    def _once(self, signature: str) -> None:
        now = time.monotonic()
        oldest = now - 2 * keys.SIGNATURE_AGE.total_seconds()
        while self._signatures and next(iter(self._signatures.values())) < oldest:
            self._signatures.popitem(last=False)
        if signature in self._signatures:
            raise Reject("replayed", "this signed request was sent before; sign it anew to send it again")
        self._signatures[signature] = now

    def limit(self, provider: str) -> None:
        """Raises Problem 429 where the provider sends faster than it may."""
        options = self.settings.provider(provider)
        for item in (RateLimitItemPerSecond(options.burst), RateLimitItemPerMinute(options.requests_per_minute)):
            if not self._limits.hit(item, provider):
                reset = self._limits.get_window_stats(item, provider).reset_time
                wait = max(1, round(reset - time.time()))
                raise Problem(429, "too-many-requests", f"more than {item} for {provider!r}", wait)

    def publisher(self) -> Publisher:
        return Publisher(self.settings, self.producer, _PATIENCE)

    async def work(self, size: int, function: Any, *arguments: Any) -> Any:
        """Run what blocks on a thread, with bounded memory. Raises Problem 503."""
        if self.in_flight + size > max(_IN_FLIGHT, size):
            raise Problem(503, "busy", "too much is being worked on; send it again in a moment")
        self.in_flight += size
        try:
            return await asyncio.to_thread(function, *arguments)
        except Retry as e:
            raise Problem(503, "kafka-away", f"{e} What was sent may be sent again: nothing is doubled.") from None
        finally:
            self.in_flight -= size

    @asynccontextmanager
    async def once_for(self, name: str) -> AsyncIterator[None]:
        """Two requests with one Idempotency-Key at the same time: the second is told to wait. Raises Problem 409."""
        if name in self._running:
            raise Problem(409, "in-progress", "a request with this Idempotency-Key is being worked on", 1)
        self._running.add(name)
        try:
            yield
        finally:
            self._running.discard(name)


def build_push_api(door: Door, *, connect: bool = True) -> FastAPI:
    """The application."""
    settings = door.settings

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        if connect:
            await asyncio.to_thread(door.open)
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
        body = await _body(request, settings.largest_record)
        kept = door.authenticate(authorization, signature, body)
        request.state.provider = kept.provider
        door.limit(kept.provider)
        if not body.strip():
            raise Problem(400, "empty", "the request has no body")
        media_type = request.headers.get("content-type", "").partition(";")[0].strip() or None
        name = f"{kept.provider}/{request.url.path}/{idempotency}" if idempotency else None
        digest = hashlib.sha256(f"{request.url.path}?{request.url.query}\n".encode() + body).hexdigest()

        async def answer() -> tuple[int, dict[str, Any]]:
            read = await door.work(len(body), push.read_push, body, media_type, kept.provider, url, settings)
            if comments_only:
                read = push.only_comments(read)
            most = settings.provider(kept.provider).items_per_request
            if push.count(read) > most:
                raise Problem(
                    413, "too-many-items", f"{push.count(read)} items; {most} fit in one request. Send fewer at a time"
                )
            told = await door.work(len(body), push.publish, read, door.publisher(), kept.provider)
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
                    raise Problem(422, "idempotency-key-reused", "this Idempotency-Key was used for another request")
                if before is not None:
                    status, told = before.status, before.body
                else:
                    status, told = await answer()
                    record = PushAnswer(
                        provider=kept.provider, idempotency_key=idempotency or "", request_sha256=digest,
                        at=datetime.now(UTC), status=status, body=told,
                    )  # fmt: skip
                    await door.work(0, door.answers.put, [(name, record)])
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

    @api.delete("/v1/items/{name:path}", status_code=202, summary="Kill a story", responses=push_docs.RESPONSES)
    async def kill(
        request: Request, name: str, authorization: Key = None, signature: Signature = None,
        reason: Annotated[str, Query(max_length=2000, description="Why; kept with the kill")] = "withdrawn by its provider",
    ) -> Response:  # fmt: skip
        """Withdraw a story for good, named by its address, by your own id for it, or by its article id. Your own id may
        be of a story that comes later: it will not be shown."""
        body = await _body(request, 65536)
        kept = door.authenticate(authorization, signature, body)
        request.state.provider = kept.provider
        door.limit(kept.provider)
        event = await door.work(0, _withdrawal, name, kept.provider, reason, settings)

        def send() -> None:
            with door.publisher() as publisher:
                publisher.publish(event, f"push by {kept.provider}")

        await door.work(0, send)
        REQUESTS.labels(kept.provider, "202").inc()
        return JSONResponse({"id": str(event.data.article_id), "status": "accepted", "type": event.type.value}, 202)

    @api.get("/v1/items/{name:path}", summary="How far a story has come", responses=push_docs.RESPONSES)
    async def status(
        request: Request, name: str, authorization: Key = None, signature: Signature = None,
    ) -> Response:  # fmt: skip
        """Its way through the stages, and whether readers can see it. Only your own stories are told of."""
        kept = door.authenticate(authorization, signature, b"")
        request.state.provider = kept.provider
        door.limit(kept.provider)
        found = await door.work(0, _status, name, kept.provider, settings)
        REQUESTS.labels(kept.provider, "200").inc()
        return JSONResponse(found)

    @api.get("/websub/{feed_id}/{token}", include_in_schema=False)
    async def verify(request: Request, feed_id: UUID, token: str) -> Response:
        query = request.query_params
        challenge = await door.work(0, door.callbacks.verify, feed_id, token, dict(query))
        if challenge is None:
            raise Problem(404, "not-found", "no such subscription was asked for")
        return PlainTextResponse(challenge)

    @api.post("/websub/{feed_id}/{token}", include_in_schema=False)
    async def delivered(request: Request, feed_id: UUID, token: str) -> Response:
        body = await _body(request, settings.largest_record)
        signature = request.headers.get("x-hub-signature")
        media_type = request.headers.get("content-type", "").partition(";")[0].strip() or None
        taken = await door.work(
            len(body), door.callbacks.deliver, feed_id, token, signature, body, media_type, door.publisher()
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
        build_push_api(door, connect=False), host=settings.bind, port=chosen, log_level="warning", access_log=False,
        timeout_graceful_shutdown=20,
    )  # fmt: skip


async def _body(request: Request, largest: int) -> bytes:
    """The request's body, read no further than it may be long. Raises Problem 413."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > largest:
        raise Problem(413, "too-large", f"{declared} bytes; {largest} fit in one request")
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise Problem(413, "too-large", f"more than {largest} bytes; that is as much as fits in one request")
        parts.append(part)
    return b"".join(parts)


def _withdrawal(name: str, provider: str, reason: str, settings: Settings) -> RawArticleEvent:
    publisher = settings.provider(provider).publisher or provider
    known = push.claims_of(name, provider, settings)
    if known is None:
        found = _trace(settings, name)
        _require_own(found, publisher)
        claims: Any = [
            {"scheme": scheme, "value": value}
            for claim in found["documents"][0].get("claims", [])
            for scheme, _, value in [claim.partition(":")]
        ]
        article_id = UUID(found["article_id"])
        if not claims:
            raise Problem(404, "not-found", "this story has no text any more; it is killed already")
    else:
        article_id, several = known
        claims = [claim.model_dump(mode="json") for claim in several]
    event = withdrawal(article_id, provider, publisher, reason, provider)
    return RawArticleEvent.model_validate(
        event.model_dump(mode="json") | {"data": event.data.model_dump(mode="json") | {"claims": claims}}
    )


def _status(name: str, provider: str, settings: Settings) -> dict[str, Any]:
    publisher = settings.provider(provider).publisher or provider
    known = push.claims_of(name, provider, settings)
    found = _trace(settings, name if known is None else str(known[0]))
    if known is None:
        _require_own(found, publisher)
    if not found["documents"] and not found["steps"]:
        raise Problem(404, "not-found", "nothing of it has come in, or it is no longer kept")
    public = found["standing"] == "public"
    return {
        "id": found["article_id"],
        "standing": found["standing"],
        "searchable": public,
        "steps": [
            {"stage": step["topic"], "at": step["at"], "refused": step.get("refused")} for step in found["steps"]
        ],
    }


def _trace(settings: Settings, name: str) -> dict[str, Any]:
    try:
        return trace(settings, name)
    except Retry:
        raise
    except DatelineError as e:
        raise Problem(400, "bad-id", str(e)) from None


def _require_own(found: dict[str, Any], publisher: str) -> None:
    """An article id tells nobody whose it is: the index does. Raises Problem 404, for a stranger's too."""
    if not any(document.get("publisher") == publisher for document in found["documents"]):
        raise Problem(404, "not-found", "no story of yours has this id (yet): name it by its address or by your own id")
