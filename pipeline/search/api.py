"""The search page and its JSON API (docs/search.md)."""

from __future__ import annotations

from fastapi import FastAPI

from pipeline.index.client import elasticsearch_client
from pipeline.process.ports import require_free
from pipeline.process.web import health_routes, serve
from pipeline.search import pages, routes
from pipeline.search.pages import errors
from pipeline.search.queries import Search
from pipeline.search.reader import Reader
from pipeline.settings import Settings


def build_api(reader: Reader) -> FastAPI:
    """The application. It is ready when Elasticsearch answers a search."""

    def ready() -> bool:
        reader.comments(Search(size=1))
        return True

    api = FastAPI(title="Dateline search", docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    api.state.reader = reader
    errors.install(api)
    for router in (routes.router, pages.router, health_routes(ready)):
        api.include_router(router)
    return api


def run_search_api(settings: Settings, port: int | None = None) -> None:
    """Serve until SIGTERM. Raises Fatal where the port is taken."""
    port = settings.search_port if port is None else port
    require_free(port, "DATELINE_SEARCH_PORT", settings.bind)
    reader = Reader(elasticsearch_client(settings, timeout=10), settings)
    serve(build_api(reader), settings, port)
