"""What a page declares of its own article: of several in its JSON-LD and microdata, the one that is the page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipeline import addresses as links
from pipeline import identity
from pipeline.formats import json_ld, microdata

_OF_PAGE = ("datePublished", "dateModified", "author", "inLanguage")
_ADDRESSES = ("url", "mainEntityOfPage", "@id")
_SUBJECTS = frozenset(
    ["Recipe", "CriticReview", "VideoObject", "AudioObject", "PodcastEpisode", "Episode", "HowTo", "ItemPage"]
)  # fmt: skip
"""What a page is about instead of an article, and which says who made it and when."""
_MANY_IN_COMMON = 0.6
"""Share of a headline's words that the page's own title has too."""


def article(tree: HtmlElement, addresses: Iterable[str | None]) -> dict[str, Any]:
    """The page's article in the shape that JSON-LD has; empty where none that it declares is its own. `addresses` are the
    page's. Facts that one declaration lacks are taken from another of the same article."""
    addresses = list(addresses)
    own = {known for one in addresses if (known := _known(one))}
    base = next((one for one in addresses if links.is_link(one)), None)
    titles = [_words(title) for title in _titles(tree)]
    found = _best(json_ld.articles(tree), own, titles, base)
    if not found or not (found.get("author") and found.get("datePublished")):
        found = _best(microdata.articles(tree), own, titles, base) | found
    return found if found.get("datePublished") else _of_page(tree, own, titles, base) | found


def _of_page(tree: HtmlElement, own: set[str], titles: list[set[str]], base: str | None) -> dict[str, Any]:
    """When the page itself was published and by whom, where its article doesn't say so: of the page, or of what is its subject."""
    for thing in json_ld.things(tree):
        kinds = json_ld.types(thing)
        if ("WebPage" in kinds and _said(thing, base, *_ADDRESSES) & own) or (
            kinds & _SUBJECTS and _is_titled(thing, titles)
        ):
            found = {name: thing[name] for name in _OF_PAGE if thing.get(name)}
            return {"datePublished": thing["uploadDate"]} | found if thing.get("uploadDate") else found
    return {}


def _best(
    articles: Iterable[dict[str, Any]], own: set[str], titles: list[set[str]], base: str | None
) -> dict[str, Any]:
    """The first of those that are most clearly the page, completed by the others that are as clearly."""
    ranked = [(_likeness(one, own, titles, base), one) for one in articles]
    most = max((rank for rank, _ in ranked), default=0)
    if not most or (most == _NOTHING_AGAINST_IT and len(ranked) > 1 and titles):
        return {}
    found: dict[str, Any] = {}
    sure = most > _NOTHING_AGAINST_IT
    for one in [one for rank, one in ranked if rank == most][: None if sure else 1]:
        found = {name: value for name, value in one.items() if value not in (None, "", [], {})} | found
    if "headline" not in found and found.get("name"):
        found["headline"] = found["name"]
    return found


_NOTHING_AGAINST_IT = 1


def _likeness(article: dict[str, Any], own: set[str], titles: list[set[str]], base: str | None) -> int:
    """3: it has the page's address; 2: the page's title; 1: neither says that it is another; 0: another page's. A teaser
    may name the page that it stands on, beside an address of its own."""
    said, around = _said(article, base, "url"), _said(article, base, "mainEntityOfPage", "@id")
    same_title = _is_titled(article, titles)
    if said & own or (around & own and (same_title or not said)):
        return 3
    if same_title:
        return 2
    return 0 if (said | around) and own else _NOTHING_AGAINST_IT


def _is_titled(thing: dict[str, Any], titles: list[set[str]]) -> bool:
    headline = _words(json_ld.text_of(thing.get("headline")) or json_ld.text_of(thing.get("name")) or "")
    return bool(headline) and any(len(headline & title) >= _MANY_IN_COMMON * len(headline) for title in titles)


def _said(article: dict[str, Any], base: str | None, *names: str) -> set[str]:
    """The addresses that it has under these names; relative ones are of the page's site."""
    found: set[str] = set()
    for name in names:
        for one in json_ld.as_list(article.get(name)):
            for value in (one, one.get("@id"), one.get("url")) if isinstance(one, dict) else (one,):
                address = links.joined(value, base) if not str(value).startswith("#") else None
                if known := _known(address):
                    found.add(known)
    return found


def _known(address: str | None) -> str | None:
    """The address by which pages are compared; None for a home page, which many sites name in each of their articles."""
    canonical = identity.canonical_url(address.strip()) if address else None
    if canonical is None:
        return None
    parts = urlsplit(canonical)
    path = parts.path.rstrip("/")
    return f"{(parts.hostname or '').removeprefix('www.')}{path}?{parts.query}" if path or parts.query else None


def _titles(tree: HtmlElement) -> Iterable[str]:
    for element in tree.xpath("//h1|//title"):
        yield element.text_content()
    yield from map(str, tree.xpath("//meta[@property='og:title' or @name='twitter:title']/@content"))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
