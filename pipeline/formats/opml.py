"""OPML lists of subscriptions. Source: http://opml.org/spec2.opml"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import xml
from pipeline.formats.format import Format
from pipeline.formats.items import Item, Story


@dataclass(frozen=True)
class Outline:
    """One feed of a list."""

    url: str
    title: str | None
    category: str | None


def recognises(item: Item) -> bool:
    return xml.looks_like_xml(item.content) and xml.root_name(item.content) == "opml"


def read(_item: Item) -> Iterator[Story]:
    """Raises Reject: a list of subscriptions is no story."""
    raise Reject("no-story", "this is OPML, a list of subscriptions; `dateline feeds import` reads it")


def outlines(content: bytes) -> Iterator[Outline]:
    """The feeds of a list, each once, with the folder that it lies in. Raises Reject where it can't be parsed."""
    root = xml.parse(content, recover=True)
    seen: set[str] = set()
    for element in root.iter("outline"):
        url = (element.get("xmlUrl") or element.get("xmlurl") or element.get("url") or "").strip()
        if not addresses.is_link(url) or url in seen:
            continue
        seen.add(url)
        folder = element.getparent()
        category = element.get("category") or (
            folder.get("text") if folder is not None and folder.tag == "outline" else None
        )
        yield Outline(url, element.get("title") or element.get("text"), category)


FORMAT = Format("opml", "text/x-opml", recognises, read)
