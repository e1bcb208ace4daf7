"""Headlines, bodies and descriptions of ninjs, by the names of each version."""

from __future__ import annotations

import re
from typing import Any

from pipeline.formats import (
    html_text,
    json_values,
    nitf,
    plain_text,
    private_marks,
    wire_markup,
    wire_text,
)
from pipeline.formats.wire_markup import WireText


def headline(fields: dict[str, Any]) -> str | None:
    """`headline` or `headline_main` in 1.x, of the `headlines` of later versions the main one."""
    named = {
        key: value
        for key, value in fields.items()
        if key.startswith("headline") and isinstance(value, str) and value.strip()
    }
    for key in ("headline", "headline_main", *named):
        if key in named:
            return str(named[key])
    found = [
        one
        for one in json_values.as_list(fields.get("headlines"))
        if isinstance(one, dict) and json_values.text(one.get("value"))
    ]
    found.sort(key=lambda one: ((role := str(one.get("role") or "").casefold()) and (0 if "main" in role else 2)) or 1)
    return json_values.text(found[0]["value"]) if found else None


def content(fields: dict[str, Any], stem: str, names: tuple[str, ...], *, html: bool) -> str | None:
    """A body or a description: `body_html` and the like in 1.x (where any name may follow `body_`), an entry of `bodies`
    by its content type later."""
    for name in names:
        if isinstance(fields.get(name), str) and fields[name].strip():
            return str(fields[name])
    plural, prefix = ("bodies", "body_") if stem == "bod" else ("descriptions", "description_")
    several = [one for one in json_values.as_list(fields.get(plural)) if isinstance(one, dict)]
    several.sort(key=lambda one: "main" not in str(one.get("role") or "").casefold())
    for one in several:
        if private_marks.is_private_word(one.get("role")):
            continue
        if isinstance(one.get("value"), str) and one["value"].strip():
            kind = str(one.get("contenttype") or one.get("contentType") or "").casefold()
            if ("html" in kind or "xml" in kind or (not kind and is_html(one["value"]))) is html:
                return str(one["value"])
    known = ("body_html", "body_xhtml", "body_text", "description_html", "description_text")
    for key, value in fields.items():
        if (
            key.startswith(prefix)
            and not private_marks.is_private_word(key)
            and key not in known
            and isinstance(value, str)
            and value.strip()
            and is_html(value) is html
        ):
            return value
    return None


def is_html(text: str) -> bool:
    return bool(re.search(r"</?(?:p|br|div|h\d|ul|table)\b[^>]*>", text, re.IGNORECASE))


def body(fields: dict[str, Any]) -> tuple[WireText, str | None, str | None]:
    """The text, and the headline and byline that it has where it is NITF."""
    markup = content(fields, "bod", ("body_html", "body_xhtml"), html=True)
    text = ""
    if markup is None:
        text = content(fields, "bod", ("body_text",), html=False) or ""
    if (inner := nitf.in_text(markup or text)) is not None:
        read = nitf.body(inner)
        return read.text, read.headline, read.byline
    if markup is None:
        return WireText("", plain_text.paragraphs(wire_text.plain(text)), []), None, None
    return wire_markup.of_html(markup), None, None


def description(fields: dict[str, Any]) -> str | None:
    """The summary, or a picture's caption."""
    text = content(fields, "description", ("description_text",), html=False)
    return wire_text.line(text or html_text.plain(content(fields, "description", ("description_html",), html=True)))
