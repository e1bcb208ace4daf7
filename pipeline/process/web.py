"""What the HTTP APIs share: their health routes, and how they are served."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline import telemetry
from pipeline.process import health
from pipeline.process.collector import spare_what_stays
from pipeline.process.connections import ConnectionLimits, limited
from pipeline.process.ports import free_port
from pipeline.settings import Settings

STOP_SECONDS = 20
"""For requests in progress after SIGTERM."""


def health_routes(ready: Callable[[], bool]) -> APIRouter:
    """Those of health.PATHS that anybody may ask, for a load balancer that asks where it sends to. `ready` may block: it is
    called on a thread."""
    router = APIRouter(include_in_schema=False)

    def add(path: str) -> None:
        @router.get(path)
        def answer() -> Response:
            probe = health.probe(path, ready)
            return Response(probe.body, probe.status, media_type=probe.media_type)

    for path in health.PUBLIC:
        add(path)
    return router


class Head:
    """Answers HEAD as GET without the body: a route asks `request.scope["head"]` where making the body is dear."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        asked = {**scope, "method": "GET", "head": True}
        await self._app(asked, receive, without_body)


class Measured:
    """An API whose requests are timed, by the route that they match: an address is no label, as anybody may choose it."""

    def __init__(self, api: ASGIApp) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._api(scope, receive, send)
        began, status = time.monotonic(), 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._api(scope, receive, sent)
        finally:
            route = getattr(scope.get("route"), "path_format", "other")
            telemetry.HTTP_SECONDS.labels(route, str(status)).observe(time.monotonic() - began)


def server(api: FastAPI, bind: str, port: int, limits: ConnectionLimits) -> uvicorn.Server:
    """A server that is not running yet."""
    api.add_middleware(Measured)
    # what strangers send is not worth a warning each
    config = uvicorn.Config(
        api, host=bind, port=port, http=limited(limits), ws="none", log_level="error", access_log=False,
        server_header=False,         timeout_graceful_shutdown=STOP_SECONDS,
    )  # fmt: skip
    return uvicorn.Server(config)


def serve(api: FastAPI, settings: Settings, port: int) -> None:
    """Serve until SIGTERM. The application finds the server as `state.server`: an answer without an end ends with it. Where
    the process says how it is, is another port (`health.serve_health`)."""
    health.show_build(settings.process)
    limits = ConnectionLimits(settings.max_connections, settings.max_connections_per_address)
    port = port or free_port(address=settings.bind)
    with suppress(KeyboardInterrupt):
        api.state.server = server(api, settings.bind, port, limits)
        spare_what_stays()
        api.state.server.run()
