"""What the HTTP APIs share: their health routes, and how they are served."""

from __future__ import annotations

from collections.abc import Callable

import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi.responses import Response

from pipeline.process import health
from pipeline.process.ports import require_free

STOP_SECONDS = 20
"""For requests in progress after SIGTERM."""


def health_routes(ready: Callable[[], bool]) -> APIRouter:
    """The routes of health.PATHS. `ready` may block: it is called on a thread."""
    router = APIRouter(include_in_schema=False)

    def add(path: str) -> None:
        @router.get(path)
        def answer() -> Response:
            probe = health.probe(path, ready)
            return Response(probe.body, probe.status, media_type=probe.media_type)

    for path in health.PATHS:
        add(path)
    return router


def require_port(port: int, variable: str) -> None:
    """Raises Fatal, which names the setting, where another program has the port. 0 means any free one."""
    if port:
        require_free(port, variable)


def serve(api: FastAPI, bind: str, port: int) -> None:
    """Serve until SIGTERM."""
    uvicorn.run(
        api, host=bind, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=STOP_SECONDS
    )
