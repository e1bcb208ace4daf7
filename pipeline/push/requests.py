"""A request to the ingest API, as its routes see it: dependencies for the service, the caller and the body."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from pipeline import telemetry
from pipeline.numbers import whole_number
from pipeline.process.problems import MEDIA_TYPE, Problem
from pipeline.push import limits
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


def content_type_of(request: Request) -> str | None:
    """Content-Type, with its charset."""
    return request.headers.get("content-type") or None


def request_line(request: Request) -> str:
    """Method, path and query, as they were sent."""
    path, query = request.scope.get("raw_path") or request.url.path.encode(), request.scope.get("query_string", b"")
    return f"{request.method} {path.decode('latin-1')}" + (f"?{query.decode('latin-1')}" if query else "")


@asynccontextmanager
async def read_body(request: Request, memory: BodyMemory, sender: str, limit: int) -> AsyncIterator[bytes]:
    """The body, of which no more than `limit` bytes are read; its memory is reserved for `sender` until the block ends.
    Raises Problem 408, 413, or 429 and 503 where there is no memory for it."""
    coding = request.headers.get("content-encoding", "identity").strip().casefold()
    if coding not in ("identity", "gzip", "x-gzip"):
        raise Problem(415, "content-encoding", "only gzip is unpacked; send it so, or as it is")
    declared = request.headers.get("content-length")
    size = whole_number(declared)
    if (declared is not None and size is None) or (size or 0) > limit:
        raise Problem(413, "too-large", f"{declared} bytes; {limit} fit in one request")
    with memory.reserve(sender, limit if size is None else size):
        yield await _read(request, limit)


async def _read(request: Request, limit: int) -> bytes:
    parts, read, began = [], 0, asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(limits.BODY_SECONDS) as patience:
            async for part in request.stream():
                read += len(part)
                if read > limit:
                    raise Problem(413, "too-large", f"more than {limit} bytes; that is as much as fits in one request")
                parts.append(part)
                patience.reschedule(began + limits.BODY_SECONDS + read / limits.MIN_PACE)
    except TimeoutError:
        raise Problem(408, "too-slow", f"only {read} bytes of the body arrived in time") from None
    except ClientDisconnect:
        raise Problem(400, "cut-off", "the connection ended in the middle of the body") from None
    return b"".join(parts)


class ProviderRequest:
    """A request that a provider sends with its key. Nothing of it is checked yet."""

    def __init__(
        self, request: Request, service: IngestService, authorization: str | None, signature: str | None
    ) -> None:
        self.request, self.service = request, service
        self._authorization, self._signature = authorization, signature
        self.entered = ExitStack()
        """What the request holds until its end."""

    def authenticate(self) -> Caller:
        """Raises Problem 401 or 429."""
        caller = self.service.access.authenticate(self._authorization)
        self.request.state.provider = caller.provider
        self.entered.enter_context(self.service.in_progress.enter(caller.provider))
        return caller

    def check_signature(self, caller: Caller, body: bytes) -> None:
        """Raises Problem 401."""
        self.service.access.check_signature(caller, self._signature, request_line(self.request), body)

    @asynccontextmanager
    async def body(self, caller: Caller, limit: int) -> AsyncIterator[bytes]:
        """The body with its signature checked. Raises Problem 401, 408, 413, 429 or 503."""
        async with read_body(self.request, self.service.memory, caller.provider, limit) as body:
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
) -> AsyncIterator[ProviderRequest]:
    push = ProviderRequest(request, service, authorization, signature)
    with push.entered:
        yield push


async def _items_request(
    request: Request, service: Service, authorization: _Authorization = None, signature: _Signature = None,
    idempotency_key: _IdempotencyKey = None,
) -> AsyncIterator[ItemsRequest]:  # fmt: skip
    push = ItemsRequest(request, service, authorization, signature)
    push.idempotency_key = idempotency_key
    with push.entered:
        yield push


FromProvider = Annotated[ProviderRequest, Depends(_provider_request)]
WithItems = Annotated[ItemsRequest, Depends(_items_request)]
