"""An HTML news page: what it declares (JSON-LD, OpenGraph), its main text by trafilatura, its FAQ and comments."""

from __future__ import annotations

from typing import Any, Literal

import trafilatura
from lxml.html import HtmlElement

from pipeline.errors import Reject
from pipeline.formats import (
    encodings,
    html_text,
    json_ld,
    json_values,
    layout,
    main_text,
    microdata,
    page_comments,
    parts,
    places,
    xml,
)
from pipeline.formats.format import Format, single
from pipeline.formats.items import Item, Story
from pipeline.formats.layout import Part
from pipeline.formats.page_address import is_section, own_address
from schemas.article import Named, Picture

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
    """Whether the item is HTML: it begins with one of HTML's elements, whatever it is called."""
    start = item.content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return True
    if not start.startswith(b"<") and not xml.looks_like_xml(item.content):
        return False
    return (xml.root_name(item.content) or "").lower() in _FIRST_ELEMENTS


def read(item: Item) -> Story:
    """The page's article and comments. Raises Reject where it can't be parsed or holds no story."""
    tree = _parse(encodings.decode(item.content, item.charset, encodings.declared(item.content)))
    declared = next(iter(json_ld.articles(tree)), None) or microdata.article(tree)
    url = own_address(_addresses(tree), item.url)
    comments = page_comments.read(tree, declared)
    page_comments.drop(tree)
    standfirst = json_ld.text_of(declared.get("description")) or _meta(tree, "og:description")
    main: Any = main_text.extract(tree, url, standfirst)
    updates = json_ld.live_updates(declared)
    if updates and (main is None or len(main.text or "") < sum(map(len, updates))):
        # a live page shows few of its posts, and declares all
        main = main or trafilatura.extract_metadata(tree)
        main.text = "\n".join(updates)
    if main is None or not main.text:
        raise Reject("no-body", "this is HTML, but no article text was found in it")
    # what the extractor found may be a declared value of any type too
    page = Story(
        headline=html_text.plain(_headline(tree, declared) or json_values.text(main.title)) or "",
        paragraphs=[row.strip() for row in main.text.split("\n") if row.strip()],
        byline=json_ld.names(declared.get("author")) or json_values.text(main.author),
        section=json_ld.first(declared.get("articleSection"))
        or _meta(tree, "article:section")
        or next((text for one in main.categories or [] if (text := json_values.text(one))), None),
        summary=json_ld.text_of(declared.get("description")) or json_values.text(main.description),
        site=json_ld.text_of(json_ld.name_of(declared.get("publisher"))) or json_values.text(main.sitename),
        url=url,
        fetched_from=item.url,
        language=json_ld.text_of(declared.get("inLanguage")) or tree.get("lang"),
        published=json_ld.text_of(declared.get("datePublished"))
        or _meta(tree, "article:published_time")
        or json_values.text(main.date),
        modified=json_ld.text_of(declared.get("dateModified")) or _meta(tree, "article:modified_time"),
        dateline=json_ld.text_of(declared.get("dateline")),
        topics=_topics(tree, declared, [tag for tag in main.tags or [] if isinstance(tag, str)]),
        named=_about(declared),
        pictures=_pictures(declared, main.image),
        comments=comments,
    )
    page.own_url = url is None or url == item.url or not is_section(url, page.section)
    _split_parts(page, tree)
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
    waiting, number = [(tree, 1)], 0
    while waiting:
        element, depth = waiting.pop()
        number += 1
        if number > _MAX_ELEMENTS:
            raise Reject("too-large", f"more than {_MAX_ELEMENTS:,} elements")
        if depth > _MAX_DEPTH:
            raise Reject("too-deep", f"elements are nested deeper than {_MAX_DEPTH}")
        waiting.extend((child, depth + 1) for child in element)
    return tree


def _headline(tree: HtmlElement, declared: dict[str, Any]) -> str | None:
    """The declared headline, else the page's only first-level heading, else OpenGraph's without the site's name."""
    if text := json_ld.text_of(declared.get("headline")):
        return text
    headings = [" ".join(h.text_content().split()) for h in tree.xpath("//article//h1|//main//h1")] or [
        " ".join(h.text_content().split()) for h in tree.xpath("//h1")
    ]
    title = _meta(tree, "og:title")
    long_enough = [text for text in headings if len(text) > 15]
    if title and any(text in title or title in text for text in long_enough):
        return next(text for text in long_enough if text in title or title in text)
    if len(long_enough) == 1:
        return long_enough[0]
    return title


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
    declared = [
        parts.faq(
            question,
            html_text.plain(json_ld.text_of(json_ld.as_dict(thing.get("acceptedAnswer")).get("text"))) or "",
        )
        for thing in json_ld.things(tree)
        if thing.get("@type") == "Question" and (question := json_ld.text_of(thing.get("name")))
    ]
    page.faq = declared or page.faq


def _topics(tree: HtmlElement, declared: dict[str, Any], tags: list[str]) -> list[str]:
    keywords = declared.get("keywords")
    words = (
        keywords.split(",")
        if isinstance(keywords, str)
        else [str(k) for k in json_ld.as_list(keywords) if isinstance(k, str)]
    )
    linked = [" ".join(a.text_content().split()) for a in tree.xpath("//a[contains(concat(' ', @rel, ' '), ' tag ')]")]
    return list(dict.fromkeys(topic.strip() for topic in (*words, *linked, *tags) if 0 < len(topic.strip()) <= 200))[
        :100
    ]


def _pictures(declared: dict[str, Any], image: str | None) -> list[Picture]:
    found = []
    for thing in json_ld.as_list(declared.get("image")) or [image]:
        url = json_ld.text_of(thing.get("url")) if isinstance(thing, dict) else json_ld.text_of(thing)
        if url and url.startswith(("http://", "https://")) and len(url) <= 2048:
            found.append(parts.picture(url, json_ld.text_of(thing.get("caption")) if isinstance(thing, dict) else None))
    return found[:50]


def _about(declared: dict[str, Any]) -> list[Named]:
    """People, places and organisations that the page declares its story to be about, or to mention."""
    found: dict[tuple[str, str], Named] = {}
    for role in ("about", "mentions", "contentLocation", "locationCreated"):
        for thing in json_ld.as_list(declared.get(role)):
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
