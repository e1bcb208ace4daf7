"""Describes an item of no known format: what it looks like, and what it lacks."""

from __future__ import annotations

import json
import re

from pipeline.formats import encodings, xml
from pipeline.formats.items import Item

_CONTAINERS = (
    (b"PK\x03\x04", "a ZIP file; unpack it, and send what is in it"),
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


_MAIL = re.compile(
    r"(?:From |(?:Return-Path|Received|Delivered-To|Message-ID|MIME-Version|From|To|Subject|Date|X-[\w-]+|DKIM-Signature|ARC-[\w-]+):\s)[^\n]*\n(?:[\w-]+:[^\n]*\n|[ \t][^\n]*\n)+\n",
    re.IGNORECASE,
)
_OF_MAIL = re.compile(
    r"^(?:From|To|Subject|Message-ID|MIME-Version|Received|Return-Path):", re.IGNORECASE | re.MULTILINE
)
_MAILBOX = re.compile(r"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} ")
"""The line before each message in a mailbox (RFC 4155)."""
_FIELDS = re.compile(r"(?:[A-Z][A-Z ]{2,30}:[^\n]*\n){2,}-{5,8}\n")


def text_kind(text: str) -> str | None:
    """What a text of another kind than a page is."""
    start = text[:16_384].lstrip("\ufeff \t\r\n").replace("\r\n", "\n")
    head = _MAIL.match(start)
    if head and len(set(map(str.casefold, _OF_MAIL.findall(head[0])))) >= (1 if _MAILBOX.match(start) else 3):
        return "a mail message, which is not read; send its text or its HTML"
    return "an export of a blog (Movable Type's format), which is not read" if _FIELDS.match(start) else None


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
    if kind := text_kind(encodings.decode(item.content[:65_536])):
        return f"this is {kind}"
    return "this is text, but no news page (a headline, then paragraphs between empty lines) and no text wire"
