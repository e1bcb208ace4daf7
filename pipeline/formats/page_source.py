"""Where the HTML of a page begins: servers put warnings, comments, headers and byte order marks before it."""

from __future__ import annotations

import re

_BEGINNING = re.compile(
    rb"<!doctype\s+html|<html[\s>]|<head>\s*<(?:title|meta|link|base|script|style)[\s>]", re.IGNORECASE
)
_INSIDE = re.compile(rb"<(?:head|body|title|meta)[\s>]", re.IGNORECASE)
_OTHER = re.compile(
    rb"<(?:rss|feed|rdf:rdf|nitf|newsml|newsitem|newsmessage|urlset|sitemapindex|opml)[\s>]", re.IGNORECASE
)
_MOST_BEFORE = 16_384
"""Bytes of warnings, comments and headers before a page."""


def beginning(content: bytes) -> int:
    """Where the HTML of a page begins, that has something else before it; 0 where that isn't so."""
    start = content[:_MOST_BEFORE]
    match = _BEGINNING.search(start)
    if match is None or start[:1] in (b"{", b"[") or _OTHER.search(start[: match.start()]):
        return 0
    return match.start() if _INSIDE.search(content[match.start() : match.start() + 65_536]) else 0
