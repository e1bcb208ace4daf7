"""Pictures and links of ninjs: its own renditions, and its associations."""

from __future__ import annotations

from typing import Any

from pipeline import addresses
from pipeline.formats import html_text, json_values, parts
from pipeline.formats.ninjs_texts import content, headline
from schemas.article import Link, Picture


def own_pictures(fields: dict[str, Any], kind: str) -> list[Picture]:
    if kind not in ("picture", "graphic"):
        return []
    picture = _picture(fields)
    return [picture] if picture else []


def associated(fields: dict[str, Any]) -> list[Picture]:
    found = []
    for one in json_values.objects(fields.get("associations")):
        inner = {str(key).casefold(): value for key, value in one.items()}
        if inner.get("type") in (None, "picture", "graphic") and (picture := _picture(inner)):
            found.append(picture)
    return found[:50]


def _picture(fields: dict[str, Any]) -> Picture | None:
    best, size = None, -1
    for one in json_values.objects(fields.get("renditions")):
        href = json_values.text(one.get("href") or one.get("url"))
        width = one.get("width") if isinstance(one.get("width"), int) else 0
        kind = str(one.get("mimetype") or one.get("contenttype") or one.get("contentType") or "image/")
        if href and kind.startswith("image/") and addresses.is_link(href) and (width or 0) > size:
            best, size = href, width or 0
    if best is None:
        return None
    caption = content(fields, "description", ("description_text",), html=False) or html_text.plain(
        content(fields, "description", ("description_html",), html=True)
    )
    return parts.picture(
        best,
        caption or headline(fields),
        next(
            filter(
                None, (json_values.text(fields.get(name)) for name in ("byline", "by", "creditline", "copyrightholder"))
            ),
            None,
        ),
    )


def links(fields: dict[str, Any]) -> list[Link]:
    found = []
    for one in json_values.objects(fields.get("associations")):
        uri = json_values.text(one.get("uri"))
        if uri and str(one.get("type") or "text") not in ("picture", "graphic"):
            found.append(parts.link(uri, html_text.plain(headline(one) or json_values.text(one.get("title")))))
    for one in json_values.as_list(fields.get("links")):
        if isinstance(one, dict) and (href := json_values.text(one.get("href") or one.get("uri") or one.get("url"))):
            found.append(parts.link(href, json_values.text(one.get("title")), json_values.text(one.get("rel"))))
    return found[:100]
