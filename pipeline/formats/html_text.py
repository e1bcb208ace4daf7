"""HTML inside items: made safe for readers, and read as paragraphs of text."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Any

import lxml.html
import nh3
from lxml.html import HtmlElement

from pipeline.addresses import public

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dl", "dt", "em", "figcaption", "figure",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "q", "s", "small", "strong", "sub",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "time": {"datetime"},
}
_DROPPED_WITH_CONTENT = {"script", "style", "iframe", "object", "noscript", "template", "svg", "math", "head", "title"}
_BLOCKS = frozenset(
    [
        "p", "div", "section", "article", "main", "header", "footer", "aside", "blockquote", "li", "ul", "ol", "dl", "dt", "dd",
        "h1", "h2", "h3", "h4", "h5", "h6", "hl1", "hl2", "table", "caption", "figure", "figcaption", "pre", "hr", "body",
        "html", "block", "note", "form", "fieldset", "center", "address", "details", "summary", "nitf", "body.head",
        "body.content", "body.end", "tagline", "bq", "credit",
    ]
)  # fmt: skip
_SKIPPED = frozenset(["script", "style", "iframe", "object", "noscript", "template", "svg", "head", "title", "media"])

_SWALLOWS = "iframe|math|noembed|noframes|noscript|object|script|style|svg|template|textarea|title|xmp"
_CLOSES_ITSELF = re.compile(rf"(<({_SWALLOWS})(?:\s[^<>]*[\"'\s])?)/>", re.IGNORECASE)
"""As XML may; HTML would take all that follows for what is in it."""
_ESCAPED = re.compile(rf"(&lt;({_SWALLOWS})(?:\s(?:(?!&[lg]t;)[^<>])*(?:[\"'\s]|&quot;|&#39;))?)/&gt;", re.IGNORECASE)

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def sanitised(markup: str, base: str | None = None) -> str | None:
    """`markup` with nothing left that could run, load a frame or restyle a page, and with absolute addresses only (relative
    ones are resolved against `base`); None where no text is left. Doing it twice changes nothing more."""

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name == "href" and value.strip().casefold().startswith("mailto:"):
            return value
        return public(value, base) if name in ("href", "src") else value

    return _allowed(markup, attribute_filter=attribute)


def reduced(markup: str) -> str | None:
    """What readers could get of `markup`, for a format: embedded media would make its record too large. Its relative
    addresses are left, as the article's own address may be found later; normalize sanitises it."""
    return _allowed(markup)


def _allowed(markup: str, **options: Any) -> str | None:
    safe = nh3.clean(
        _closed(markup), tags=_TAGS, clean_content_tags=_DROPPED_WITH_CONTENT, attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"}, link_rel="noopener nofollow", **options,
    ).strip()  # fmt: skip
    return safe if re.sub(r"<(?!img|hr)[^>]*>|&nbsp;|\s", "", safe) else None


def _closed(markup: str) -> str:
    return _CLOSES_ITSELF.sub(r"\1></\2>", _CONTROLS.sub("", markup))


def with_ends(markup: str) -> str:
    """Elements that close themselves as XML's do, also in escaped markup, with an end of their own."""
    return _ESCAPED.sub(r"\1&gt;&lt;/\2&gt;", _CLOSES_ITSELF.sub(r"\1></\2>", markup))


def paragraphs(markup: str) -> list[str]:
    """Text of each block, in order; rows of a table have their cells between bars. Never raises."""
    tree = fragment(markup)
    return blocks(tree) if tree is not None else []


_MARKUP = re.compile(
    r"^\s*<[a-z]|</[a-z][\w.:-]*\s*>|<(?:br|hr|img|p|wbr)\s*/?>|<[a-z][\w.:-]*(?:\s[^<>=]*=|\s*/>)|<!--"
    r"|&(?:#\d+|#x[0-9a-f]+|[a-z][a-z0-9]*);",
    re.IGNORECASE,
)
"""What no text has that only speaks of tags: `How to use the <b> tag`."""


def plain(markup: str | None) -> str | None:
    """The text of some markup, on one line: for headlines and names, which sometimes have tags or entities."""
    if not markup:
        return None
    if not _MARKUP.search(markup):
        return " ".join(markup.split()) or None
    # text that only looks like a tag is text
    return " ".join(" ".join(paragraphs(markup)).split()) or " ".join(markup.split()) or None


def fragment(markup: str) -> HtmlElement | None:
    """The markup in one element; None where it can't be parsed."""
    try:
        tree = lxml.html.fragment_fromstring(_closed(markup), create_parent="div")
    except (ValueError, lxml.etree.LxmlError, RecursionError):
        return None
    return tree


def blocks(
    tree: HtmlElement, without: Container[HtmlElement] = (), *, apart: bool = False, cells: bool = False
) -> list[str]:
    """The blocks of text below an element, but for those in the elements of `without`. `apart` puts a space between inline
    elements, as style sheets do; `cells` makes each cell of a table a block."""
    found: list[str] = []
    row: list[str] = []

    def end() -> None:
        text = " ".join("".join(row).split())
        row.clear()
        if text:
            found.append(text)

    breaks = 0
    for kind, text in _pieces(tree, without, cells):
        if apart and kind == "text":
            row.append(" ")
        if kind == "break":
            breaks += 1
            row.append(" ")
        elif kind == "text" and not text.strip():
            row.append(text)
        else:
            if kind == "block" or breaks > 1:  # an empty line between two line breaks parts paragraphs too
                end()
            breaks = 0
            row.append(text)
    end()
    return found


def _pieces(tree: HtmlElement, without: Container[HtmlElement], cells: bool) -> Iterator[tuple[str, str]]:
    """Text and block borders in reading order, without recursion."""
    waiting: list[tuple[HtmlElement, bool]] = [(tree, False)]
    while waiting:
        element, closing = waiting.pop()
        tag = element.tag.lower() if isinstance(element.tag, str) else None
        if closing:
            if tag in _BLOCKS or tag == "tr" or (cells and tag in ("td", "th")):
                yield "block", ""
            elif tag in ("td", "th") and element.getnext() is not None:
                yield "text", " | "
            if element is not tree and element.tail:
                yield "text", element.tail
            continue
        waiting.append((element, True))
        if tag is None or tag in _SKIPPED or element in without:
            continue
        if tag in _BLOCKS or tag == "tr" or (cells and tag in ("td", "th")):
            yield "block", ""
        elif tag == "br":
            yield "break", ""
        if element.text:
            yield "text", element.text
        waiting.extend((child, False) for child in reversed(element))
