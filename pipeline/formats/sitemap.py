"""Google News sitemaps, with their pictures.

Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import html_text, parts, xml
from pipeline.formats.format import Format
from pipeline.formats.items import Item, Story
from pipeline.formats.xml import Element, first_text


def recognises(item: Item) -> bool:
    return xml.looks_like_xml(item.content) and xml.root_name(item.content) in ("urlset", "sitemapindex")


def read(item: Item) -> Iterator[Story | Reject]:
    """A story for each address with a title; nothing for a sitemap that is empty, as one is while there is no news. Raises
    Reject where it has addresses, and none with a title."""
    root = xml.parse(item.content, prefixes=True)
    if local_name(root) == "sitemapindex":
        count = len(root)
        raise Reject("no-story", f"this is an index of {count} sitemaps; send the sitemaps that it lists")
    found = 0
    for number, element in enumerate(root, 1):
        news = _child(element, "news")
        headline = html_text.plain(value(news, "title"))
        url = addresses.joined(value(element, "loc"), item.url)
        if news is None:
            continue
        found += 1
        if not headline or url is None:
            missing = "news:title" if not headline else "loc"
            yield Reject("no-headline" if not headline else "no-id", f"url {number}: {missing} is missing")
            continue
        publication = _child(news, "publication")
        pictures = [
            parts.picture(address, value(image, "caption") or value(image, "title"))
            for image in element
            if local_name(image) == "image" and (address := addresses.joined(value(image, "loc"), url))
        ]
        yield Story(
            headline=headline,
            paragraphs=[],
            partial=True,
            url=url,
            site=value(publication, "name"),
            language=value(publication, "language"),
            published=value(news, "publication_date"),
            modified=value(element, "lastmod"),
            genre=value(news, "genres"),
            topics=[word for part in re.split(r"[,;]", value(news, "keywords") or "") if (word := part.strip())],
            pictures=pictures[:50],
            original=xml.markup(element),
            original_type="application/xml",
        )
    if not found and len(root):
        raise Reject("no-story", f"this sitemap lists {len(root)} addresses, but none has news:news with a title")


def _child(element: Element | None, name: str) -> Element | None:
    if element is None:
        return None
    return next((one for one in element if local_name(one) == name), None)


def value(element: Element | None, name: str) -> str | None:
    child = _child(element, name)
    return first_text(child, ".") if child is not None else None


def local_name(element: Element) -> str:
    return xml.qualified(element).rpartition(":")[2]


FORMAT = Format("news sitemap", "application/xml", recognises, read)
