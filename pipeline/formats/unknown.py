"""Describes an item of no known format: what it looks like, and what it lacks."""

from __future__ import annotations

import json

from pipeline.formats import xml
from pipeline.formats.items import Item

_CONTAINERS = (
    (b"PK\x03\x04", "a ZIP file; unpack it, and send what is in it"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd; unpack it first"),
    (b"BZh", "packed with bzip2; unpack it first"),
    (b"\xfd7zXZ\x00", "packed with xz; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z file; unpack it, and send what is in it"),
    (b"Rar!", "a RAR file; unpack it, and send what is in it"),
    (
        b"SQLite format 3\x00",
        "an SQLite database (as Isso has one); send its tables threads and comments as JSON (docs/formats.md)",
    ),
    (b"%PDF-", "a PDF file, which is not read"),
    (b"\x89PNG", "a picture, which is no story"),
    (b"\xff\xd8\xff", "a picture, which is no story"),
    (b"GIF8", "a picture, which is no story"),
)


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
            "items), an event (specversion and type), nor comments (article and comments, Coral's body and storyID, or an "
            "export of Isso, Commento, Comentario or Remark42)"
        )
    if xml.looks_like_xml(item.content):
        return f"this is XML with the root element {xml.root_name(item.content)!r}, which no known format has"
    for mark, what in _CONTAINERS:
        if item.content.startswith(mark):
            return f"this is {what}"
    if b"\x00" in item.content[:4096]:
        return "this is binary data"
    return "this is text, but no news page (a headline, then paragraphs between empty lines) and no text wire"
