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
_CHARSET = re.compile(
    rb"^content-type[ \t]*:[ \t]*text/html[^\r\n]*;[ \t]*charset=[\"']?([\w.:-]+)", re.IGNORECASE | re.MULTILINE
)
_TAG_CUT_OFF = re.compile(rb"<(?:/?[a-zA-Z][^<>]*|!(?:-(?:-[^<>]*)?)?)?\Z")
_CLOSED = re.compile(rb"</(?:body|html)\s*>", re.IGNORECASE)
_MARKUP = re.compile(
    rb"(?P<comment><!--)|<(?P<raw>script|style|textarea)(?=[\s/>])|<(?P<end>/?)(?:div|article|main|section)(?=[\s/>])",
    re.IGNORECASE,
)
_RAW_ENDS = {
    name: re.compile(rb"</" + name + rb"(?=[\s/>])", re.IGNORECASE) for name in (b"script", b"style", b"textarea")
}
_MOST_BEFORE = 16_384
"""Bytes of warnings, comments and headers before a page."""


def beginning(content: bytes) -> int:
    """Where the HTML of a page begins, that has something else before it; 0 where that isn't so."""
    start = content[:_MOST_BEFORE]
    match = _BEGINNING.search(start)
    if match is None or start[:1] in (b"{", b"[") or _OTHER.search(start[: match.start()]):
        return 0
    return match.start() if _INSIDE.search(content[match.start() : match.start() + 65_536]) else 0


def charset(content: bytes, at: int) -> str | None:
    """The charset in headers of the answer that were kept before the page, which begins at `at`."""
    match = _CHARSET.search(content[:at])
    return match[1].decode() if match else None


def is_cut_off(content: bytes) -> bool:
    """Whether the end of a page is missing: it ends within a tag, a script or a comment, or in words while a `div` and the
    like are open, whose end tags HTML never leaves out. What closes its body is whole."""
    end = content.rstrip(b"\x00\r\n\t ")
    if not end or _CLOSED.search(end[-65_536:]):
        return False
    if _TAG_CUT_OFF.search(end[-4096:]):
        return True
    opened = at = 0
    while match := _MARKUP.search(end, at):
        at = match.end()
        if match["comment"]:
            at = end.find(b"-->", at)
        elif match["raw"]:
            closed = _RAW_ENDS[match["raw"].lower()].search(end, at)
            at = closed.end() if closed else -1
        else:
            opened += -1 if match["end"] else 1
        if at < 0:
            return True
    is_document = _BEGINNING.search(end[:_MOST_BEFORE]) is not None
    return is_document and (opened > 2 or (opened > 0 and not end.endswith(b">")))
