"""Filters of the templates: texts and times as readers get them. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
from markupsafe import Markup, escape

from pipeline.addresses import public
from pipeline.search.matching import MARK_CLOSE, MARK_OPEN

_TAG = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}")
_PARTS = re.compile(f"({MARK_OPEN}[^{MARK_OPEN}{MARK_CLOSE}]*{MARK_CLOSE})")


def marked(text: str | None) -> Markup:
    """Escaped, with highlights as <mark>: no part of the text becomes HTML, and each mark ends."""
    made = []
    for part in _PARTS.split(text or ""):
        if part.startswith(MARK_OPEN):
            made.append(Markup("<mark>{}</mark>").format(part[1:-1]))
        else:
            made.append(escape(part.replace(MARK_OPEN, "").replace(MARK_CLOSE, "")))
    return Markup("").join(made)


def when(text: str | None) -> Markup:
    """A time element: the reader's own zone by script, and without it `21 September 2023, 10:41 UTC`."""
    at = moment(text)
    if at is None:
        return escape(text or "")
    shown = f"{at.day} {at:%B %Y, %H:%M} UTC"
    return Markup('<time datetime="{}" dir="ltr">{}</time>').format(f"{at:%Y-%m-%dT%H:%M:%SZ}", shown)


def moment(text: str | None) -> datetime | None:
    """In UTC; None where it can't be read."""
    try:
        at = datetime.fromisoformat(text or "")
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def language(tag: str | None) -> Markup:
    """A `lang` attribute, where the tag is one."""
    return Markup(' lang="{}"').format(tag) if tag and _TAG.fullmatch(tag) else Markup("")


def turned(direction: str | None) -> Markup:
    """A `dir` attribute for what is written from right to left."""
    return Markup(' dir="rtl"') if direction == "rtl" else Markup("")


def address(url: str | None) -> str | None:
    """An address that readers may follow."""
    return public(url) if isinstance(url, str) else None


def host(url: str) -> str:
    """Where a link leads: `news.example`."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def field_name(name: str) -> str:
    return name.replace("_", " ").capitalize()


def plural(count: int, one: str, more: str | None = None) -> str:
    """`1 comment`, `1,200 comments`."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def cut(text: str | None, length: int = 260) -> str:
    """The beginning of a text, up to a word's end."""
    text = " ".join((text or "").split())
    if len(text) <= length:
        return text
    head = text[:length]
    return (head[: head.rfind(" ")] if head.rfind(" ") > length // 2 else head) + "…"


def json_data(value: Any) -> Markup:
    """JSON inside of a script element that no browser runs: nothing in it ends the element."""
    text = orjson.dumps(value).decode()
    for char, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):  # fmt: skip
        text = text.replace(char, code)
    # JSON is no HTML: nothing in it can be escaped, and without < > & nothing in it ends the element or begins another
    return Markup(text)  # noqa: S704 - see above
