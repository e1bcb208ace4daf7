"""Describes an item of no known format: what it looks like, and what it lacks."""

from __future__ import annotations

import json

from pipeline.formats import xml
from pipeline.formats.items import Item


def description(item: Item) -> str:
    """Half a sentence for the item's sender."""
    start = item.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        if item.json is None:
            try:
                json.loads(item.content)
            except (ValueError, RecursionError) as e:
                return f"this begins like JSON, but it can't be read: {e}"
        keys = ", ".join(sorted(map(str, item.json))[:12]) if isinstance(item.json, dict) else "a list"
        return (
            f"this is JSON ({keys or 'an empty object'}), but neither ninjs (uri and headline), a JSON Feed (version and "
            "items), an event (specversion and type), nor comments (article and comments, or Coral's body and storyID)"
        )
    if xml.looks_like_xml(item.content):
        return f"this is XML with the root element {xml.root_name(item.content)!r}, which no known format has"
    if b"\x00" in item.content[:4096]:
        return "this is binary data"
    return "this is text, but no news page (a headline, then paragraphs between empty lines) and no text wire"
