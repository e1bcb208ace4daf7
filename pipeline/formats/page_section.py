"""The section of a page by its trail: the links from the home page down to it (https://schema.org/BreadcrumbList)."""

from __future__ import annotations

import re
from typing import Any

from lxml.html import HtmlElement

from pipeline import addresses, identity
from pipeline.formats import json_ld, sections

_HOME = re.compile(
    r"(?i)home ?page|home|start(?:seite|sida|side)?|accueil|inicio|início|portada|etusivu|forside|hem|главная|головна|首页|首頁|ホーム|トップ|홈|الرئيسية|ראשי"
)
_LONGEST = 60


def one_of(section: str | None) -> str | None:
    """The section, of several that a system joined with commas the first that says what it is about."""
    names = [name for name in re.split(r",(?=\S)", section or "") if name.strip()]
    if len(names) < 2:
        return section
    return next((name for name in names if sections.of_section(name) != sections.NOTHING), names[0])


def of_trail(tree: HtmlElement, url: str | None) -> str | None:
    """The first step below the home page that says more than that it is news; None where the page has no such trail."""
    for thing in json_ld.things(tree):
        if "BreadcrumbList" in json_ld.types(thing):
            steps = [step for one in json_ld.as_list(thing.get("itemListElement")) if (step := _step(one))]
            between = [name for name, address in steps[:-1] if not _is_home(name, address, url)]
            if steps and steps[-1][1] and url and not _same(steps[-1][1], url) and not between:
                between = [steps[-1][0]]  # the page itself isn't in it
            named = [name for name in between if len(name) <= _LONGEST]
            return next((name for name in named if sections.of_section(name).desks != ("news",)), None) or next(
                iter(named), None
            )
    return None


def _step(one: Any) -> tuple[str, str | None] | None:
    if not isinstance(one, dict):
        return None
    thing = one.get("item")
    name = json_ld.text_of(one.get("name")) or json_ld.text_of(
        json_ld.name_of(thing) if isinstance(thing, dict) else None
    )
    address = thing.get("@id") or thing.get("url") if isinstance(thing, dict) else thing
    return (name, address if isinstance(address, str) else None) if name else None


def _is_home(name: str, address: str | None, url: str | None) -> bool:
    whole = addresses.joined(address, url)
    return _HOME.fullmatch(name) is not None or (whole is not None and identity.is_home_page(whole))


def _same(address: str, url: str) -> bool:
    whole = addresses.joined(address, url)
    return whole is not None and identity.canonical_url(whole) == identity.canonical_url(url)
