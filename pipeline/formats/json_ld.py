"""What a page declares of itself in JSON-LD (https://schema.org), however it is wrapped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lxml.html import HtmlElement

from pipeline.formats import html_text, plain_text, wrapped_json

_MAX_DEPTH = 60
_PREFIX = re.compile(r"^(?:schema:|https?://schema\.org/)(?=\w)")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")


def articles(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Article objects of the page's JSON-LD, also inside @graph and lists; what they only name by its `@id` is put in."""
    found = list(things(tree))
    known = {str(thing["@id"]): thing for thing in found if isinstance(thing.get("@id"), str) and len(thing) > 1}
    for thing in found:
        if is_article(thing) and any(thing.get(name) for name in ("headline", "name", "articleBody", "datePublished")):
            yield {name: _named(value, known) for name, value in thing.items()}


def is_article(thing: dict[str, Any]) -> bool:
    """Whether it is of schema.org's type Article or of one below it that a newsroom uses."""
    kinds = {kind.casefold() for kind in types(thing)}
    return any(kind.endswith(("article", "blogposting", "forumposting")) or kind == "report" for kind in kinds)


def types(thing: dict[str, Any]) -> set[str]:
    """Its types, without schema.org's address; some sites leave out the sign before the member's name."""
    found = as_list(thing.get("@type") or thing.get("type"))
    return {re.split(r"[/#]", str(one))[-1].removeprefix("schema:") for one in found}


def _bare(value: Any, depth: int = 0) -> Any:
    """The value without what tools of linked data write around values and before names (https://www.w3.org/TR/json-ld11/:
    value objects, lists and sets; schema.org as a prefix)."""
    if isinstance(value, list):
        return [_bare(one, depth + 1) for one in value] if depth < _MAX_DEPTH else value
    if not isinstance(value, dict) or depth >= _MAX_DEPTH:
        return value
    for name in ("@value", "@list", "@set"):
        if name in value and not value.keys() - {name, "@type", "@language", "@direction", "@index"}:
            return _bare(value[name], depth + 1)
    return {_PREFIX.sub("", name): _bare(one, depth + 1) for name, one in value.items()}


def _named(value: Any, known: dict[str, dict[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_named(one, known) for one in value]
    if isinstance(value, dict) and isinstance(value.get("@id"), str):
        return value | known.get(value["@id"], {})
    return value


def is_block(script: HtmlElement) -> bool:
    """Whether it is a block of JSON-LD."""
    return "ld+json" in (script.get("type") or "").casefold()


def things(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Every object of the page's JSON-LD, also inside @graph and lists; blocks that are no JSON are passed over."""
    for script in tree.iter("script"):
        if not is_block(script):
            continue
        waiting, seen = list(_values(script.text or "")), 0
        while waiting and seen < 1000:
            thing, seen = waiting.pop(0), seen + 1
            if isinstance(thing, str):
                waiting.extend(value for value in _values(thing) if not isinstance(value, str))
            elif isinstance(thing, list):
                waiting.extend(thing)
            elif isinstance(thing, dict):
                yield thing
                waiting.extend(
                    thing[key]
                    for key in ("@graph", "mainEntity", "mainEntityOfPage")
                    if isinstance(thing.get(key), list | dict)
                )


@lru_cache(maxsize=16)
def _values(text: str) -> list[Any]:
    """What a block has: it is asked for several times while a page is read."""
    return [_bare(one) for one in wrapped_json.values(text)]


def live_updates(article: dict[str, Any]) -> list[str]:
    """Texts of a LiveBlogPosting's posts, in their order: each one's headline, then its paragraphs."""
    found: list[str] = []
    for update in as_list(article.get("liveBlogUpdate"))[:2000]:
        if isinstance(update, dict) and isinstance(body := update.get("articleBody"), str):
            found.extend(filter(None, [text_of(update.get("headline"))]))
            found.extend(html_text.paragraphs(body) if "<" in body else plain_text.paragraphs(body))
    return found


def name_of(thing: Any) -> Any:
    """The name of a thing, or the thing where it is only a name. Of a person also given and family name."""
    if isinstance(thing, list):
        thing = thing[0] if thing else None
    if not isinstance(thing, dict):
        return thing
    parts = [text for part in ("givenName", "additionalName", "familyName") if (text := text_of(thing.get(part)))]
    return thing.get("name") or " ".join(parts) or None


def first(value: Any) -> str | None:
    """The first of several texts."""
    return text_of(as_list(value)[0]) if as_list(value) else None


def text_of(value: Any) -> str | None:
    """A text on one line, of several the first; None where it is none."""
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, str):
        return None
    if "&" in value:  # some sites escape it as if it were HTML
        value = _ENTITY.sub(lambda match: html.unescape(match[0]), value)
    return " ".join(value.split()) or None


def as_list(value: Any) -> list[Any]:
    """One or several, as several."""
    return value if isinstance(value, list) else [] if value is None else [value]


def as_dict(value: Any) -> dict[str, Any]:
    """An object, of several the first."""
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, dict) else {}
