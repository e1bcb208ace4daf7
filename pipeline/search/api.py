"""The search page and its JSON API (docs/search.md)."""

from __future__ import annotations

from fastapi import FastAPI
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from pipeline.process.health import serve_health
from pipeline.process.ports import require_free
from pipeline.process.web import serve
from pipeline.saved.store import Store
from pipeline.search import item_routes, pages, routes, saved_routes
from pipeline.search.asking import search_client
from pipeline.search.description import Described
from pipeline.search.failures import add_handlers
from pipeline.search.middleware import add_middleware
from pipeline.search.queries import Search
from pipeline.search.reader import Reader
from pipeline.search.saved_live import Live
from pipeline.settings import Settings

_DESCRIPTION = (
    "Search news articles and their readers' comments. Nothing that readers may not see is in the index behind it. Every "
    "error is `application/problem+json`; a parameter that a route doesn't know is one. docs/search.md has the whole contract."
)


def build_api(reader: Reader, settings: Settings, saved: Store | None = None) -> FastAPI:
    """The application; without `saved` no search can be saved."""
    api = Described(
        title="Dateline search", version="1", docs_url=None, redoc_url=None, openapi_url="/openapi.json",
        description=_DESCRIPTION,
    )  # fmt: skip
    api.state.reader = reader
    api.state.search_url, api.state.settings, api.state.saved = settings.search_url, settings, saved
    api.state.saved_rates = MovingWindowRateLimiter(MemoryStorage())
    api.state.following = Live(saved, reader) if saved else None
    add_handlers(api)
    shown = (pages.router,) if settings.search_pages else ()
    for router in (routes.router, item_routes.router, saved_routes.router, *shown):
        api.include_router(router)
    add_middleware(api, settings)
    return api


def run_search_api(settings: Settings, port: int | None = None) -> None:
    """Serve until SIGTERM. It is ready when Elasticsearch answers a search. Raises Fatal where a port is taken."""
    port = settings.search_port if port is None else port
    require_free(port, "DATELINE_SEARCH_PORT", settings.bind)
    reader = Reader(search_client(settings), settings)

    def ready() -> bool:
        reader.comments(Search(size=1))
        return True

    serve_health(settings.bind, settings.search_health_port, ready, "DATELINE_SEARCH_HEALTH_PORT")
    saved = Store(settings) if settings.saved_searches and settings.kafka_servers else None
    serve(build_api(reader, settings, saved), settings, port)
