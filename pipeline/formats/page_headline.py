"""A page's headline: what it declares, shows or puts into its title, without the name of its site."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lxml.html import HtmlElement

from pipeline.formats import html_text, json_ld, sections

_SEPARATOR = re.compile(r"\s+[|–—·•»«›:~-]{1,2}\s+|\s*[|｜»]\s*|\s+::\s+|(?<=\w)--(?=\w)|\s*_(?=[^\W\d])(?=\S*$)")
_WORDS_OF_A_KICKER = 4
_COLON = re.compile(r"\s*[:：]\s*")
_WORDS_OF_A_SECTION = 2
_CUT_OFF = re.compile(r"\s*(?:\.{3,}|…|\[(?:\.{3}|…)\])$")
_LONG = 15
_LOGO = re.compile(r"(?:^|[\s_-])(?:logo|site-?(?:title|name|branding)|brand|masthead)(?:$|[\s_-])", re.IGNORECASE)
_HOME = re.compile(r"(?:https?:)?//[^/?#]+/?|/|/?index\.\w+", re.IGNORECASE)

_SECOND = "(//article//h2|//main//h2)[not(preceding::p[string-length() > 80])]"


def headline(tree: HtmlElement, declared: dict[str, Any], sites: Iterable[str], found: str | None) -> str | None:
    """The declared headline, else the page's only first-level heading, else OpenGraph's, the extractor's or the title's,
    else a heading of the second level above the text; none that is only the site's name."""
    first = tree.xpath("//article//h1|//main//h1") or tree.xpath("//h1")
    own = [_line(h) for h in first if not _is_sites(h)]
    headings = [text for text in own if text]
    names = {_folded(name) for name in (*sites, *(_line(h) for h in tree.xpath("//h1") if _is_sites(h)))}
    declared_one = html_text.plain(json_ld.text_of(declared.get("headline")))
    titles = [_meta(tree, "og:title"), _meta(tree, "twitter:title"), found, *(map(_line, tree.xpath("//head/title")))]
    lower = [_line(h) for h in tree.xpath(_SECOND)[:1]]
    for candidate in (declared_one, _shown(headings, titles), *titles, *headings, *lower):
        text = without_site(html_text.plain(candidate) or "", names, headings)
        if candidate in titles and text not in headings:
            text = _without_section(text)
        if text and _folded(text) not in names:
            return _whole(
                text, [without_site(html_text.plain(one) or "", names, headings) for one in (*headings, *titles)]
            )
    return None


def _whole(text: str, others: list[str]) -> str:
    """The text; where it is cut off, another one that begins with it and goes on."""
    match = _CUT_OFF.search(text)
    start = " ".join(text[: match.start()].split()).casefold() if match else ""
    if len(start) <= _LONG:
        return text
    return next((one for one in others if not _CUT_OFF.search(one) and one.casefold().startswith(start)), text)


def _shown(headings: list[str], titles: list[str | None]) -> str | None:
    """The heading that the page's title also has, else the only one."""
    long = [text for text in headings if len(text) > _LONG]
    for title in titles:
        kicker = next((text for text in long if title and len(title) > _LONG and text.endswith(title)), None)
        if kicker and title and len(kicker.removesuffix(title).split()) <= _WORDS_OF_A_KICKER:
            return title
        if title and (same := next((text for text in long if text in title or title in text), None)):
            return same
    if len(long) == 1:
        return long[0]
    return None


def without_site(text: str, names: set[str], headings: Iterable[str] = ()) -> str:
    """The text without the site's name before or behind it; and without a section's, where the page shows the rest as a
    heading."""
    while less := _shortened(text, names):
        text = less
    for heading in headings:
        if len(heading) > _LONG and text.startswith(heading) and _SEPARATOR.match(text, len(heading)):
            return heading
    return text


def _shortened(text: str, names: set[str]) -> str | None:
    """What is left once the site's name is taken from one end; None where it is at neither."""
    places = list(_SEPARATOR.finditer(text))
    for place in reversed(places):
        tail = text[place.end() :]
        if _folded(tail) in names and text[: place.start()].strip():
            return text[: place.start()].strip()
    for place in (*places, *_COLON.finditer(text)):
        if _folded(text[: place.start()]) in names and text[place.end() :].strip():
            return text[place.end() :].strip()
    return None


def _without_section(text: str) -> str:
    """A title without the section's name behind it, which stands before the site's."""
    places = list(_SEPARATOR.finditer(text))
    tail = text[places[-1].end() :] if places else ""
    known = tail and len(tail.split()) <= _WORDS_OF_A_SECTION and sections.of_section(tail) != sections.NOTHING
    return text[: places[-1].start()].strip() or text if known else text


def _is_sites(heading: HtmlElement) -> bool:
    """Whether it is the site's name: classed so, or all a link to the home page."""
    around = (heading, heading.getparent(), *heading.iter("a"))
    if any(one is not None and _LOGO.search(f"{one.get('class') or ''} {one.get('id') or ''}") for one in around):
        return True
    return any(_HOME.fullmatch((a.get("href") or "").strip()) and _line(a) == _line(heading) for a in heading.iter("a"))


def _meta(tree: HtmlElement, name: str) -> str | None:
    return next(
        (str(c).strip() for c in tree.xpath("//meta[@property=$n or @name=$n]/@content", n=name) if str(c).strip()),
        None,
    )


def _line(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _folded(name: str) -> str:
    return re.sub(r"[\W_]", "", re.sub(r"^(?:the|www\.)\s*", "", name.casefold()))
