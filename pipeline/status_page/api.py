"""The operators' page, served on a port of its own."""

from __future__ import annotations

from fastapi import FastAPI

from pipeline.logs import quiet_libraries
from pipeline.process.health import serve_health
from pipeline.process.listening import check_access
from pipeline.process.ports import require_free
from pipeline.process.web import Head, serve
from pipeline.settings import Settings
from pipeline.status_page import pages, static
from pipeline.status_page.bounded import Bounded
from pipeline.status_page.errors import add_handlers
from pipeline.status_page.guard import Guard
from pipeline.status_page.source import Operations, Source


def build_page(source: Source, settings: Settings, prefect: str | None = None) -> FastAPI:
    """The application; `prefect` is the address of Prefect's own pages, where it is known."""
    api = FastAPI(title="Dateline, for operators", openapi_url=None, docs_url=None, redoc_url=None)
    api.state.source, api.state.bounded, api.state.prefect = source, Bounded(), prefect
    add_handlers(api)
    api.include_router(pages.router)
    api.include_router(static.router)
    api.add_middleware(Guard, settings=settings)
    api.add_middleware(Head)
    return api


def run_status_page(settings: Settings, port: int | None = None, prefect: str | None = None) -> None:
    """Serve until SIGTERM. It is ready at once: that an engine is away is what it says. Raises Fatal where a port is taken, or
    others could look without a password."""
    check_access(settings)
    port = settings.status_port if port is None else port
    require_free(port, "DATELINE_STATUS_PORT", settings.status_bind)
    quiet_libraries()  # the page itself says who is away, each time that it is looked at
    serve_health(settings.bind, settings.status_health_port, lambda: True, "DATELINE_STATUS_HEALTH_PORT")
    own = settings.model_copy(update={"bind": settings.status_bind})
    serve(build_page(Operations(settings), settings, prefect), own, port)
