"""What a page declares in microdata or RDFa, in the shape that JSON-LD has (https://html.spec.whatwg.org/multipage/microdata.html,
https://www.w3.org/TR/rdfa-lite/)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from pipeline.formats import json_ld

_ADDRESS = {"a": "href", "link": "href", "img": "src", "audio": "src", "video": "src", "object": "data"}
_SCOPES = (
    "//*[@itemscope and contains(@itemtype, 'schema.org/')]"
    "|//*[@typeof and (ancestor-or-self::*[contains(@vocab, 'schema.org')] or contains(@typeof, 'schema:'))]"
)
_MAX_ITEMS, _MAX_ARTICLES = 2000, 100


def articles(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """The articles that the page declares, in their order."""
    for element in tree.xpath(_SCOPES)[:_MAX_ARTICLES]:
        kinds = _kinds(element)
        if json_ld.is_article({"@type": kinds}):
            found = _properties(element)
            if found.get("headline") or found.get("name"):
                yield {"headline": found.get("name")} | found | {"@type": kinds}


def _properties(scope: HtmlElement) -> dict[str, Any]:
    """Property to its value, to a list where there are several; those of things inside are those things' own."""
    found: dict[str, Any] = {}
    waiting = list(reversed(scope))
    seen = 0
    while waiting and seen < _MAX_ITEMS:
        element, seen = waiting.pop(), seen + 1
        if not isinstance(element.tag, str):
            continue
        names = [
            name.removeprefix("schema:") for name in (element.get("itemprop") or element.get("property") or "").split()
        ]
        scoped = element.get("itemscope") is not None or element.get("typeof") is not None
        if names:
            value = {"@type": _kinds(element)} | _properties(element) if scoped else _value(element)
            for name in names:
                if name in found:
                    found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
                else:
                    found[name] = value
        if not scoped:
            waiting.extend(reversed(element))
    return found


def _kinds(element: HtmlElement) -> list[str]:
    return (element.get("itemtype") or element.get("typeof") or "").split()


def _value(element: HtmlElement) -> str:
    for name in ("content", _ADDRESS.get(element.tag, ""), "datetime" if element.tag == "time" else ""):
        if name and element.get(name):
            return str(element.get(name))
    return " ".join(element.text_content().split())
