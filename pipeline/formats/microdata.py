"""What a page declares in microdata, in the shape that JSON-LD has (https://html.spec.whatwg.org/multipage/microdata.html)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from pipeline.formats import json_ld

_ADDRESS = {"a": "href", "link": "href", "img": "src", "audio": "src", "video": "src", "object": "data"}
_MAX_ITEMS, _MAX_ARTICLES = 2000, 100


def articles(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """The articles that the page declares, in their order."""
    for element in tree.xpath("//*[@itemscope and contains(@itemtype, 'schema.org/')]")[:_MAX_ARTICLES]:
        kind = (element.get("itemtype") or "").rstrip("/").rpartition("/")[2]
        if json_ld.is_article({"@type": kind}):
            found = _properties(element)
            if found.get("headline") or found.get("name"):
                yield {"headline": found.get("name")} | found | {"@type": kind}


def _properties(scope: HtmlElement) -> dict[str, Any]:
    """Property to its value, to a list where there are several; those of things inside are those things' own."""
    found: dict[str, Any] = {}
    waiting = list(reversed(scope))
    seen = 0
    while waiting and seen < _MAX_ITEMS:
        element, seen = waiting.pop(), seen + 1
        if not isinstance(element.tag, str):
            continue
        names = (element.get("itemprop") or "").split()
        if names:
            value = _properties(element) if element.get("itemscope") is not None else _value(element)
            for name in names:
                if name in found:
                    found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
                else:
                    found[name] = value
        if element.get("itemscope") is None:
            waiting.extend(reversed(element))
    return found


def _value(element: HtmlElement) -> str:
    for name in ("content", _ADDRESS.get(element.tag, ""), "datetime" if element.tag == "time" else ""):
        if name and element.get(name):
            return str(element.get(name))
    return " ".join(element.text_content().split())
