"""An HTML news page: what it declares (JSON-LD, OpenGraph), its main text by trafilatura, its FAQ and comments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal

import trafilatura
from lxml.html import HtmlElement

from pipeline.errors import Reject
from pipeline.formats import (
    declared,
    encodings,
    furniture,
    hidden,
    html_text,
    json_ld,
    json_values,
    layout,
    main_text,
    page_authors,
    page_comments,
    page_headline,
    page_pictures,
    page_section,
    page_source,
    page_times,
    parts,
    places,
    xml,
)
from pipeline.formats.format import Format, single
from pipeline.formats.items import Item, Story
from pipeline.formats.layout import Part
from pipeline.formats.page_address import is_section, own_address
from schemas.article import Faq, Named

_FIRST_ELEMENTS = frozenset(
    ["html", "head", "body", "title", "meta", "link", "script", "style", "div", "main", "article", "section", "header", "h1",
     "h2", "p", "span", "table", "base", "noscript", "nav", "a", "b", "center", "font", "img", "ul", "form"]
)  # fmt: skip
_KINDS: dict[str, Literal["person", "place", "organisation"]] = {
    "Person": "person",
    **dict.fromkeys(("Place", "City", "Country", "State", "AdministrativeArea"), "place"),
    **dict.fromkeys(("Organization", "NewsMediaOrganization", "Corporation", "GovernmentOrganization"), "organisation"),
}
_MAX_DEPTH = 250
"""Levels of nesting; the parser itself silently cuts off what is deeper than 256."""
_MAX_ELEMENTS = 20_000
"""The extractor takes up to 0.5 ms for each, and more where there are many."""


def recognises(item: Item) -> bool:
    """Whether the item is HTML: it begins with one of HTML's elements, whatever it is called, or has a whole page behind
    what a server put before it."""
    start = item.content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")) or page_source.beginning(item.content):
        return True
    if not start.startswith(b"<") and not xml.looks_like_xml(item.content):
        return False
    return (xml.root_name(item.content) or "").lower() in _FIRST_ELEMENTS


def read(item: Item) -> Story:
    """The page's article and comments. Raises Reject where it can't be parsed or holds no story."""
    at = page_source.beginning(item.content)
    content = item.content[at:]
    charset = item.charset or page_source.charset(item.content, at)
    markup = encodings.decode(content, charset, encodings.declared(content))
    if page_source.is_cut_off(markup.encode("utf-8", "replace")):
        raise Reject("truncated", "the page is cut off: its end is missing")
    tree = _parse(markup)
    elements = list(
        tree.iter()
    )  # as long as they are held, lxml doesn't make an object of each one for every look at the page
    url = own_address(_addresses(tree), item.url)
    facts = declared.article(tree, (url, item.url, *_addresses(tree)))
    hidden.drop(tree, facts)
    comments = page_comments.read(tree, facts)
    sites = page_authors.site_names(tree, facts, url)
    standfirst = json_ld.text_of(facts.get("description")) or _meta(tree, "og:description")
    main: Any = main_text.extract(tree, url, standfirst, declares=bool(facts))
    language = json_ld.text_of(facts.get("inLanguage")) or tree.get("lang") or tree.get("xml:lang")
    updates = json_ld.live_updates(facts)
    if updates and (main is None or len(main.text or "") < sum(map(len, updates))):
        # a live page shows few of its posts, and declares all
        main = main or trafilatura.extract_metadata(tree)
        main.text = "\n".join(updates)
    if main is None or not main.text:
        raise Reject("no-body", "this is HTML, but no article text was found in it")
    site_names = (json_ld.text_of(json_ld.name_of(facts.get("publisher"))), json_values.text(main.sitename))
    modified = page_times.declared(json_ld.text_of(facts.get("dateModified")), _meta(tree, "article:modified_time"))
    seen = page_times.shown(tree, json_values.text(main.date), markup, language)
    # what the extractor found may be a declared value of any type too
    page = Story(
        headline=page_headline.headline(tree, facts, sites, json_values.text(main.title)) or "",
        paragraphs=[row.strip() for row in main.text.split("\n") if row.strip()],
        byline=page_authors.byline(
            tree, facts, [*sites, json_values.text(main.sitename)], json_values.text(main.author)
        ),
        section=page_section.one_of(json_ld.first(facts.get("articleSection")))
        or _meta(tree, "article:section")
        or page_section.of_trail(tree, url)
        or next((text for one in main.categories or [] if (text := json_values.text(one))), None),
        summary=json_ld.text_of(facts.get("description")) or json_values.text(main.description),
        site=next((name for name in site_names if name and "://" not in name), None),
        url=url,
        fetched_from=item.url,
        language=language,
        published=page_times.declared(
            json_ld.text_of(facts.get("datePublished")), _meta(tree, "article:published_time")
        )
        or (seen if not modified or not modified.startswith(seen or "-") else None),  # else the day of the same time
        modified=modified,
        dateline=json_ld.text_of(facts.get("dateline")),
        topics=_topics(tree, facts, [tag for tag in main.tags or [] if isinstance(tag, str)]),
        named=_about(facts),
        pictures=page_pictures.pictures(tree, facts, json_values.text(main.image), url),
        comments=comments,
    )
    page.own_url = url is None or url == item.url or not is_section(url, page.section)
    page.paragraphs = furniture.without(page.paragraphs, page.headline, page.byline)
    if page.byline is None:
        page.byline, page.paragraphs = page_authors.signed(page.paragraphs)
    _split_parts(page, tree)
    elements.clear()
    if not page.headline:
        raise Reject("no-headline", "this is HTML with article text, but neither a title nor a heading was found")
    if not page.paragraphs:
        raise Reject("no-body", "this is HTML, but no article text was found in it")
    return page


def _parse(content: str) -> HtmlElement:
    try:
        tree = trafilatura.load_html(content)
    except (ValueError, RecursionError, MemoryError) as e:
        raise Reject("not-html", f"can't be parsed: {e}") from None
    if tree is None:
        raise Reject("not-html", "can't be parsed as HTML")
    if tree.xpath("count(descendant-or-self::node()[not(self::text())])") > _MAX_ELEMENTS:
        raise Reject("too-large", f"more than {_MAX_ELEMENTS:,} elements")
    if tree.xpath(f"boolean(descendant::node()[not(self::text())][count(ancestor::*) >= {_MAX_DEPTH}])"):
        raise Reject("too-deep", f"elements are nested deeper than {_MAX_DEPTH}")
    return tree


def _split_parts(page: Story, tree: HtmlElement) -> None:
    """Move what is under an FAQ, topics or furniture heading out of the body, and read a declared FAQ."""
    paragraphs, part = page.paragraphs, Part.BODY
    page.paragraphs = []
    headings = {page.headline.strip(), *(" ".join(h.text_content().split()) for h in tree.xpath("//h1"))}
    for nth, block in enumerate(paragraphs):
        found = layout.heading(block)
        if block.strip() == page.headline.strip() or (nth == 0 and block.strip() in headings):
            continue
        if found is not None:
            part = found
        elif part is Part.FAQ and block.endswith("?") and len(block) < 300:
            page.faq.append(parts.faq(block))
        elif part is Part.FAQ and page.faq:
            last = page.faq[-1]
            page.faq[-1] = parts.faq(last.question, f"{last.answer}\n\n{block}" if last.answer else block)
        elif part is Part.TOPICS and not layout.is_paragraph(block):
            page.topics.extend(
                topic for topic in layout.split_topics(block.removeprefix("- ")) if topic not in page.topics
            )
        elif part is Part.BODY or (layout.is_paragraph(block) and len(block) >= 120):
            part = Part.BODY
            page.paragraphs.append(block.removeprefix("- "))
    page.faq = _questions(tree) or page.faq


def _questions(tree: HtmlElement) -> list[Faq]:
    """The FAQ that the page declares."""
    return [
        parts.faq(
            question,
            html_text.plain(json_ld.text_of(json_ld.as_dict(thing.get("acceptedAnswer")).get("text"))) or "",
        )
        for thing in json_ld.things(tree)
        if "Question" in json_ld.types(thing) and (question := json_ld.text_of(thing.get("name")))
    ]


_LISTED = re.compile(r"[,;，；、]")


def _topics(tree: HtmlElement, facts: dict[str, Any], tags: list[str]) -> list[str]:
    keywords = facts.get("keywords")
    words = (
        keywords.split(",")
        if isinstance(keywords, str)
        else [str(k) for k in json_ld.as_list(keywords) if isinstance(k, str)]
    )
    linked = [" ".join(a.text_content().split()) for a in tree.xpath("//a[contains(concat(' ', @rel, ' '), ' tag ')]")]
    found: dict[str, str] = {}
    for topic in _each((*words, *linked, *tags)):
        if 0 < len(topic) <= 200:
            found.setdefault(topic.casefold(), topic)
    return list(found.values())[:100]


def _each(topics: Iterable[str]) -> list[str]:
    """Topics one by one: what has several commas or semicolons is a list of them, and so is what has one between two topics that
    are there by themselves. `Paris, France` is one."""
    alone = {topic.strip() for topic in topics}
    found: list[str] = []
    for topic in topics:
        parts = [part.strip() for part in _LISTED.split(topic)]
        several = len(parts) > 2 or (len(parts) == 2 and all(part in alone or not part for part in parts))
        found.extend(parts if several else [topic.strip()])
    return found


def _about(facts: dict[str, Any]) -> list[Named]:
    """People, places and organisations that the page declares its story to be about, or to mention."""
    found: dict[tuple[str, str], Named] = {}
    for role in ("about", "mentions", "contentLocation", "locationCreated"):
        for thing in json_ld.as_list(facts.get(role)):
            name = json_ld.text_of(json_ld.name_of(thing)) if isinstance(thing, dict) else None
            kinds = {_KINDS[one] for one in json_ld.types(thing) if one in _KINDS} if name else set()
            if name and kinds == {"place"}:
                geo = json_ld.as_dict(thing.get("geo"))
                place = places.place(name, None, geo.get("latitude"), geo.get("longitude"))
                if place:
                    found.setdefault(("place", name), place)
            elif name and len(kinds) == 1:
                (kind,) = kinds
                found.setdefault((kind, name), Named(kind=kind, name=name[:512]))
    return list(found.values())[:500]


def _addresses(tree: HtmlElement) -> list[str | None]:
    """What the page calls its own address."""
    linked = tree.xpath("//link[contains(concat(' ', translate(@rel, 'CANOIL', 'canoil'), ' '), ' canonical ')]/@href")
    return [*map(str, linked), _meta(tree, "og:url")]


def _meta(tree: HtmlElement, name: str) -> str | None:
    for content in tree.xpath("//meta[@property=$name or @name=$name]/@content", name=name):
        if str(content).strip():
            return str(content).strip()
    return None


FORMAT = Format("html page", "text/html", recognises, single(read), page=True)
