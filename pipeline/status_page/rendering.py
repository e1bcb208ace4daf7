"""Templates to pages, and the words in them. Everything from outside is escaped, and shown without control characters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup, escape

from pipeline.escaping import printable
from pipeline.operations.watch.findings import spoken, taken

WEB = Path(__file__).parent / "web"
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def render(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(_TEMPLATES.get_template(template).render(**values), status)


def shown(value: Any) -> Any:
    """Jinja's `finalize`: every value that a template prints."""
    return value if isinstance(value, Markup) else "" if value is None else printable(str(value))


def query(values: dict[str, Any]) -> str:
    """`?stage=index&reason=invalid`, without what is empty."""
    given = {name: value for name, value in values.items() if value not in (None, "", False)}
    return f"?{urlencode(given)}" if given else ""


def dict_with(values: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, **more}


def traced(key: str | None, source: str | None) -> str | None:
    """What `trace` may be asked for about a refused record: the article's id, which its key begins with, or the address
    that it came from."""
    try:
        return str(UUID((key or "")[:36]))
    except ValueError:
        return source if source and source.startswith(("http://", "https://")) else None


def number(value: float) -> str:
    return f"{value:,.0f}"


def size(value: float) -> str:
    """`1.4 GB`."""
    for unit in _UNITS[:-1]:
        if value < 1000:
            return f"{value:,.0f} {unit}" if unit == "bytes" else f"{value:,.1f} {unit}"
        value /= 1000
    return f"{value:,.1f} {_UNITS[-1]}"


def moment(value: datetime | str | None) -> datetime | None:
    """In UTC; None where it can't be read."""
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(value or "")
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def when(value: datetime | str | None, part: str = "seconds") -> Markup:
    """A time element in UTC, to the second, or with part `milliseconds`."""
    at = moment(value)
    if at is None:
        return escape(printable(str(value or "")))
    clock = f"{at:%H:%M:%S}" + (f".{at.microsecond // 1000:03}" if part == "milliseconds" else "")
    return Markup('<time datetime="{}">{} <span class="day">{}</span></time>').format(
        at.isoformat(), clock, f"{at:%Y-%m-%d}"
    )


def ago(value: datetime | str | None, now: datetime) -> Markup:
    """`3 min ago`, with the time itself for a pointer; nothing where there is none."""
    at = moment(value)
    if at is None:
        return Markup("")
    text = f"{spoken(max(0.0, (now - at).total_seconds()))} ago"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.isoformat(), f"{at:%Y-%m-%d %H:%M:%S} UTC", text
    )


_TEMPLATES = Environment(
    loader=FileSystemLoader(WEB), autoescape=select_autoescape(["html"]), trim_blocks=True, lstrip_blocks=True, finalize=shown
)  # fmt: skip
_TEMPLATES.filters |= {
    "query": query,
    "number": number,
    "size": size,
    "when": when,
    "ago": ago,
    "spoken": spoken,
    "taken": taken,
    "dict_with": dict_with,
}
_TEMPLATES.globals |= {"traced": traced}
