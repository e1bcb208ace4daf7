"""A request to the ingest API, as its routes see it: dependencies for the service, the caller and the body."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse

from pipeline import telemetry
from pipeline.process.problems import MEDIA_TYPE, Problem
from pipeline.push.access import Caller
from pipeline.push.idempotency import Reply, request_digest
from pipeline.push.limits import BodyMemory
from pipeline.push.service import IngestService

_Authorization = Annotated[
    str | None, Header(alias="Authorization", description="`Bearer dl_…`, made by `dateline keys new`")
]
_Signature = Annotated[str | None, Header(alias="Dateline-Signature")]
_IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]


async def service_of(request: Request) -> IngestService:
    """The application's service."""
    service: IngestService = request.app.state.service
    return service


Service = Annotated[IngestService, Depends(service_of)]


def media_type_of(request: Request) -> str | None:
    return request.headers.get("content-type", "").partition(";")[0].strip() or None


@asynccontextmanager
async def read_body(request: Request, memory: BodyMemory, limit: int) -> AsyncIterator[bytes]:
    """The body, of which no more than `limit` bytes are read; its memory is reserved until the block ends. Raises Problem
    413, or 503 where there is no memory for it."""
    declared = request.headers.get("content-length", "")
    size = int(declared) if declared.isdigit() else limit
    if size > limit:
        raise Problem(413, "too-large", f"{declared} bytes; {limit} fit in one request")
    with memory.reserve(size):
        parts, read = [], 0
        async for part in request.stream():
            read += len(part)
            if read > limit:
                raise Problem(413, "too-large", f"more than {limit} bytes; that is as much as fits in one request")
            parts.append(part)
        yield b"".join(parts)


class ProviderRequest:
    """A request that a provider sends with its key. Nothing of it is checked yet."""

    def __init__(
        self, request: Request, service: IngestService, authorization: str | None, signature: str | None
    ) -> None:
        self.request, self.service = request, service
        self._authorization, self._signature = authorization, signature

    def authenticate(self) -> Caller:
        """Raises Problem 401 or 429."""
        caller = self.service.access.authenticate(self._authorization)
        self.request.state.provider = caller.provider
        return caller

    def check_signature(self, caller: Caller, body: bytes) -> None:
        """Raises Problem 401."""
        self.service.access.check_signature(caller, self._signature, body)

    @asynccontextmanager
    async def body(self, caller: Caller, limit: int) -> AsyncIterator[bytes]:
        """The body with its signature checked. Raises Problem 401, 413 or 503."""
        async with read_body(self.request, self.service.memory, limit) as body:
            self.check_signature(caller, body)
            yield body

    def reply(self, caller: Caller, reply: Reply) -> JSONResponse:
        telemetry.PUSH_REQUESTS.labels(caller.provider, str(reply.status)).inc()
        media_type = MEDIA_TYPE if reply.status >= 400 else "application/json"
        return JSONResponse(reply.body, reply.status, media_type=media_type)


class ItemsRequest(ProviderRequest):
    """A request with items, which may have an Idempotency-Key."""

    idempotency_key: str | None = None

    async def once(self, caller: Caller, body: bytes, answer: Callable[[], Awaitable[Reply]]) -> Reply:
        """The reply of `answer`, or the one that was given to this request before. Raises Problem 409 or 422."""
        url = self.request.url
        digest = request_digest(url.path, url.query, body)
        return await self.service.idempotency.once(caller.provider, url.path, self.idempotency_key, digest, answer)


async def _provider_request(
    request: Request, service: Service, authorization: _Authorization = None, signature: _Signature = None
) -> ProviderRequest:
    return ProviderRequest(request, service, authorization, signature)


async def _items_request(
    request: Request, service: Service, authorization: _Authorization = None, signature: _Signature = None,
    idempotency_key: _IdempotencyKey = None,
) -> ItemsRequest:  # fmt: skip
    push = ItemsRequest(request, service, authorization, signature)
    push.idempotency_key = idempotency_key
    return push


FromProvider = Annotated[ProviderRequest, Depends(_provider_request)]
WithItems = Annotated[ItemsRequest, Depends(_items_request)]
