"""The ingest API: HTTP for wire desks and WebSub hubs. 202 means that Kafka has acknowledged what was accepted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from pipeline import telemetry, tracing
from pipeline.errors import Retry
from pipeline.process.health import serve_health
from pipeline.process.ports import require_free
from pipeline.process.problems import Problem
from pipeline.process.web import health_routes, serve
from pipeline.push import docs, hub_routes, routes
from pipeline.push.service import IngestService
from pipeline.push.spans import Traced
from pipeline.settings import Settings

pages = APIRouter(include_in_schema=False)


@pages.get("/")
@pages.get("/docs")
def page() -> HTMLResponse:
    return HTMLResponse(docs.page(), headers=docs.HEADERS)


def build_push_api(service: IngestService) -> FastAPI:
    """The application of a service that is open; it is closed at the end."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        refreshing = asyncio.create_task(service.refresh())
        try:
            yield
        finally:
            refreshing.cancel()
            await asyncio.to_thread(service.close)

    api = FastAPI(
        title="Dateline push", version="1", lifespan=lifespan, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json", description=docs.DESCRIPTION,
    )  # fmt: skip
    api.state.service = service
    api.exception_handler(Problem)(_problem)
    api.exception_handler(Retry)(_unavailable)
    api.exception_handler(RequestValidationError)(_invalid)
    api.exception_handler(StarletteHTTPException)(_http_error)
    for router in (routes.router, hub_routes.router, pages, health_routes(lambda: service.ready)):
        api.include_router(router)
    if (tracer := tracing.tracer(service.settings)) is not None:
        api.add_middleware(Traced, tracer=tracer)
    return api


def run_push_api(settings: Settings, port: int | None = None) -> None:
    """Serve until SIGTERM. Raises Fatal where the port is taken."""
    port = settings.ingest_port if port is None else port
    require_free(port, "DATELINE_INGEST_PORT", settings.bind)
    service = IngestService(settings)
    service.open()
    api = build_push_api(service)
    serve_health(settings.bind, settings.ingest_health_port, lambda: service.ready, "DATELINE_INGEST_HEALTH_PORT")
    serve(api, settings, port)


async def _problem(request: Request, problem: Problem) -> Response:
    telemetry.PUSH_REQUESTS.labels(getattr(request.state, "provider", "unknown"), str(problem.status)).inc()
    return problem.response(request.url.path)


async def _unavailable(request: Request, error: Retry) -> Response:
    return await _problem(request, Problem(503, "away", f"{error} The request may be sent again: nothing is doubled."))


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    errors = [{"pointer": "/".join(map(str, one["loc"])), "detail": str(one["msg"])} for one in error.errors()[:10]]
    detail = "; ".join(f"{one['pointer']}: {one['detail']}" for one in errors)
    return Problem(422, "invalid-request", detail, errors=errors).response(request.url.path)


async def _http_error(request: Request, error: HTTPException) -> Response:
    reason = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "refused")
    response = Problem(error.status_code, reason, str(error.detail)).response(request.url.path)
    response.headers.update(error.headers or {})
    return response
