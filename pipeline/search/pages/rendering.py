"""Templates to answers: what every page has in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from pipeline.search.coverage import figure_text
from pipeline.search.pages import texts

WEB = Path(__file__).parents[1] / "web"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",  # a kill has to be seen at once
}


def render(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    page = _TEMPLATES.get_template(template).render(status=status, **values)
    return HTMLResponse(page, status, headers=HEADERS)


def query_string(values: dict[str, Any]) -> str:
    """`?q=ferries&section=Business`; empty values are left out, lists are several parameters."""
    given = {name: value for name, value in values.items() if value not in (None, "", [], (), 0)}
    return f"?{urlencode(given, doseq=True)}" if given else ""


_TEMPLATES = Environment(
    loader=FileSystemLoader(WEB), autoescape=select_autoescape(["html", "svg"]), trim_blocks=True, lstrip_blocks=True
)
_TEMPLATES.filters |= {
    "marked": texts.marked, "when": texts.when, "number": texts.number, "lang": texts.language, "address": texts.address, "host": texts.host,
    "field": texts.field_name, "cut": texts.cut, "json_data": texts.json_data, "figure": figure_text, "query": query_string, "turned": texts.turned,
}  # fmt: skip
_TEMPLATES.globals |= {"plural": texts.plural}
