"""The readers' pages: rendered here, without scripts, and with nothing from another host."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup, escape

from pipeline.search.filters import only
from pipeline.search.matching import MARK_CLOSE, MARK_OPEN
from pipeline.search.parameters import MAX_QUERY
from pipeline.search.queries import MAX_RESULTS, Search
from pipeline.search.routes import FromIndex

Text = Annotated[str | None, Query(max_length=MAX_QUERY)]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_WEB = Path(__file__).parent / "web"
_PAGE_SIZE = 10
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@router.get("/")
def search_page(
    reader: FromIndex, q: Text = None, section: Text = None, language: Text = None, publisher: Text = None,
    person: Text = None, place: Text = None, organisation: Text = None,
    start: Annotated[int, Query(ge=0, le=MAX_RESULTS - _PAGE_SIZE)] = 0,
) -> HTMLResponse:  # fmt: skip
    filters: dict[str, Any] = {
        "section": section,
        "language": language,
        "publisher": publisher,
        "person": person,
        "place": place,
        "organisation": organisation,
    }
    chosen = {name: value for name, value in filters.items() if value}
    found = reader.articles(Search(q or "", only(**chosen), size=_PAGE_SIZE, start=start))

    def link(**changes: Any) -> str:
        values = {"q": q, **chosen, **changes}
        return "/?" + urlencode({name: value for name, value in values.items() if value})

    latest = not q and not chosen and not start
    rising = reader.trends(datetime.now(UTC), size=8) if latest else []
    return render(
        "search.html", q=q or "", rising=rising, found=found, chosen=chosen, start=start, size=_PAGE_SIZE, link=link
    )


@router.get("/articles/{article_id}")
def article_page(reader: FromIndex, article_id: str, q: Text = None) -> Response:
    document = reader.article(article_id) if _is_id(article_id) else None
    if document is None:
        return error_page(404, "There is no such story, or readers may not see it.")
    if document["article_id"] != article_id.lower():
        return RedirectResponse(f"/articles/{document['article_id']}", 308)
    return render("article.html", a=document, q=q or "")


@router.get("/stories/{story_id}")
def story_page(reader: FromIndex, story_id: str) -> Response:
    story = reader.story(story_id) if _is_id(story_id) else None
    if story is None:
        return error_page(404, "There is no such story, or readers may not see it.")
    if story["story_id"] != story_id:
        return RedirectResponse(f"/stories/{story['story_id']}", 308)
    return render("story.html", story=story)


@router.get("/style.css")
def style() -> Response:
    return Response((_WEB / "style.css").read_bytes(), media_type="text/css", headers={"Cache-Control": "max-age=300"})


def error_page(status: int, message: str) -> HTMLResponse:
    return render("error.html", status, message=message)


def render(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(_TEMPLATES.get_template(template).render(status=status, **values), status, headers=_HEADERS)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _marked(text: str | None) -> Markup:
    """Escaped, then with highlights as <mark>: no part of the text becomes HTML."""
    safe = str(escape(text or ""))
    return Markup(safe.replace(MARK_OPEN, "<mark>").replace(MARK_CLOSE, "</mark>"))  # noqa: S704


def _when(text: str | None) -> str:
    """A time for readers: 21 September 2023, 10:41 UTC."""
    if not text:
        return ""
    try:
        at = datetime.fromisoformat(re.sub(r"Z$", "+00:00", text))
    except ValueError:
        return text
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


_TEMPLATES = Environment(
    loader=FileSystemLoader(_WEB), autoescape=select_autoescape(["html"]), trim_blocks=True, lstrip_blocks=True
)
_TEMPLATES.filters |= {"marked": _marked, "when": _when, "number": _number}
