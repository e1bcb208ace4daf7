"""The readers' page and its JSON: server-rendered, nothing fetched from another host."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

import uvicorn
from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup, escape
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from pipeline.errors import DatelineError, Reject, Retry
from pipeline.index.client import elasticsearch_client
from pipeline.process.ports import require_free
from pipeline.search.queries import MARK_CLOSE, MARK_OPEN, MOST, Search
from pipeline.search.reader import Reader
from pipeline.settings import Settings

_WEB = Path(__file__).parent / "web"
_PAGE = 10
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

Text = Annotated[str | None, Query(max_length=300)]
Moment = Annotated[datetime | None, Query()]


def build_api(settings: Settings, reader: Reader) -> FastAPI:
    """The application. Ask `/docs`-free: its two JSON routes are described in docs/search.md."""
    api = FastAPI(title="Dateline search", docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    pages = Environment(
        loader=FileSystemLoader(_WEB), autoescape=select_autoescape(["html"]), trim_blocks=True, lstrip_blocks=True
    )
    pages.filters["marked"] = _marked
    pages.filters["when"] = _when
    pages.filters["number"] = lambda value: f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"

    def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
        return HTMLResponse(pages.get_template(name).render(status=status, **values), status, headers=_HEADERS)

    def problem(status: int, title: str, detail: str) -> JSONResponse:
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        return JSONResponse(body, status, media_type="application/problem+json")

    @api.exception_handler(DatelineError)
    def failed(request: Request, error: DatelineError) -> Response:
        status = 400 if isinstance(error, Reject) else 503 if isinstance(error, Retry) else 500
        if request.url.path.startswith("/v1/"):
            return problem(status, "Bad query" if status == 400 else "Not available", str(error))
        return page("error.html", status, message=str(error))

    @api.get("/", response_class=HTMLResponse, include_in_schema=False)
    def search_page(
        q: Text = None, section: Text = None, language: Text = None, publisher: Text = None, people: Text = None,
        places: Text = None, organisations: Text = None, start: Annotated[int, Query(ge=0, le=MOST - _PAGE)] = 0,
    ) -> HTMLResponse:  # fmt: skip
        chosen: dict[str, Any] = {
            "section": section,
            "language": language,
            "publisher": publisher,
            "people": people,
            "places": places,
            "organisations": organisations,
        }
        chosen = {name: value for name, value in chosen.items() if value}
        found = reader.articles(Search(text=q or "", size=_PAGE, start=start, **chosen))

        def link(**changes: Any) -> str:
            values = {"q": q, **chosen, **changes}
            return "/?" + urlencode({name: value for name, value in values.items() if value})

        latest = not q and not chosen and not start
        rising = reader.trends(datetime.now(UTC), size=8) if latest else []
        return page(
            "search.html", q=q or "", rising=rising, found=found, chosen=chosen, start=start, size=_PAGE, link=link
        )

    @api.get("/articles/{article_id}", response_class=HTMLResponse, include_in_schema=False)
    def article_page(article_id: str, q: Text = None) -> Response:
        document = reader.article(article_id) if _is_id(article_id) else None
        if document is None:
            return page("error.html", 404, message="There is no such story, or it is not for readers.")
        if document["article_id"] != article_id.lower():
            return RedirectResponse(f"/articles/{document['article_id']}", 308)
        return page("article.html", a=document, q=q or "")

    @api.get("/stories/{story_id}", response_class=HTMLResponse, include_in_schema=False)
    def story_page(story_id: str) -> Response:
        told = reader.story(story_id) if _is_id(story_id) else None
        if told is None:
            return page("error.html", 404, message="There is no such story, or none of it is for readers.")
        if told["story_id"] != story_id:
            return RedirectResponse(f"/stories/{told['story_id']}", 308)
        return page("story.html", story=told)

    @api.get("/v1/stories/{story_id}", summary="Who tells a story, first told first")
    def story(story_id: UUID) -> Any:
        told = reader.story(str(story_id))
        return told or problem(404, "Not found", "There is no such story, or none of it is for readers.")

    @api.get("/v1/articles", summary="Search articles")
    def articles(
        q: Text = None, section: Text = None, language: Text = None, publisher: Text = None, since: Moment = None,
        until: Moment = None, size: Annotated[int, Query(ge=1, le=100)] = 10, start: Annotated[int, Query(ge=0, le=MOST - 100)] = 0,
    ) -> dict[str, Any]:  # fmt: skip
        return reader.articles(
            Search(q or "", section, language, publisher, None, None, None, since, until, size, start)
        )

    @api.get("/v1/trends", summary="Names and topics that are rising now")
    def trends(
        kind: Literal["person", "place", "organisation", "topic"] | None = None, size: Annotated[int, Query(ge=1, le=100)] = 10
    ) -> list[dict[str, Any]]:  # fmt: skip
        return reader.trends(datetime.now(UTC), kind, size)

    @api.get("/v1/comments", summary="Search comments")
    def comments(
        q: Text = None, since: Moment = None, until: Moment = None, size: Annotated[int, Query(ge=1, le=100)] = 10,
        start: Annotated[int, Query(ge=0, le=MOST - 100)] = 0,
    ) -> dict[str, Any]:  # fmt: skip
        return reader.comments(Search(q or "", since=since, until=until, size=size, start=start))

    @api.get("/style.css", include_in_schema=False)
    def style() -> Response:
        return Response(
            (_WEB / "style.css").read_bytes(), media_type="text/css", headers={"Cache-Control": "max-age=300"}
        )

    @api.get("/healthz", include_in_schema=False)
    def alive() -> PlainTextResponse:
        return PlainTextResponse("alive\n")

    @api.get("/readyz", include_in_schema=False)
    def ready() -> PlainTextResponse:
        reader.comments(Search(size=1))
        return PlainTextResponse("ready\n")

    @api.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return api


def run_search_api(settings: Settings, port: int | None = None) -> None:
    """Serve until SIGTERM. Raises Fatal where the port is taken."""
    chosen = settings.search_port if port is None else port
    if chosen:
        require_free(chosen, "DATELINE_SEARCH_PORT")
    reader = Reader(elasticsearch_client(settings, timeout=10), settings)
    uvicorn.run(build_api(settings, reader), host=settings.bind, port=chosen, log_level="warning", access_log=False)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _marked(text: str | None) -> Markup:
    """Escaped, then with highlights as <mark>: nothing of the text itself becomes HTML."""
    safe = str(escape(text or ""))
    return Markup(safe.replace(MARK_OPEN, "<mark>").replace(MARK_CLOSE, "</mark>"))  # noqa: S704


def _when(text: str | None) -> str:
    """A time as a reader likes it: 21 September 2023, 10:41 UTC."""
    if not text:
        return ""
    try:
        at = datetime.fromisoformat(re.sub(r"Z$", "+00:00", text))
    except ValueError:
        return text
    return f"{at.day} {at:%B %Y, %H:%M} UTC"
