"""Takes blocks of text out of markup, by their text."""

from __future__ import annotations

from collections.abc import Iterable

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from pipeline.formats import html_text

_BLOCKS = frozenset(
    ["p", "div", "section", "article", "header", "footer", "aside", "blockquote", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3",
     "h4", "h5", "h6", "table", "tr", "figure", "figcaption", "pre", "caption", "address"]
)  # fmt: skip


def without_texts(markup: str, texts: Iterable[str]) -> str | None:
    """The markup without the blocks that have one of these texts; None where one can't be taken out by itself, or
    nothing else is left."""
    gone = {_plain(text) for text in texts}
    tree = html_text.fragment(markup)
    if tree is None:
        return None
    for element in _whole(tree, gone):
        _drop(element)
    if any(_plain(text) in gone for text in html_text.blocks(tree)):
        return None
    made = _inner(tree)
    return made if html_text.plain(made) or "<img" in made else None


def without_ending(markup: str, ending: str) -> str | None:
    """The markup without the last place that has this text, whatever elements are in it; None where none has."""
    tree = html_text.fragment(markup)
    wanted = "".join(ending.split())
    if tree is None or not wanted:
        return None
    held = [(one, part) for event, one in etree.iterwalk(tree, ("start", "end")) for part in _held(tree, event, one)]
    letters = [
        (nth, at)
        for nth, (one, part) in enumerate(held)
        for at, letter in enumerate(getattr(one, part))
        if not letter.isspace()
    ]
    first = "".join(getattr(held[nth][0], held[nth][1])[at] for nth, at in letters).rfind(wanted)
    if first < 0:
        return None
    for nth, at in reversed(letters[first : first + len(wanted)]):
        one, part = held[nth]
        text = getattr(one, part)
        setattr(one, part, text[:at].rstrip() if at + 1 == len(text.rstrip()) else text[:at] + text[at + 1 :])
    for one in {one for one, part in (held[nth] for nth, _ in letters[first : first + len(wanted)]) if part == "text"}:
        if one is not tree and not len(one) and not one.text:
            _drop(one)
    return _inner(tree)


def _held(tree: HtmlElement, event: str, element: HtmlElement) -> list[str]:
    """Where a step through a tree comes upon text: in an element, or behind it."""
    if event == "start":
        return ["text"] if isinstance(element.tag, str) and element.text else []
    return ["tail"] if element is not tree and element.tail else []


def _whole(tree: HtmlElement, gone: set[str]) -> list[HtmlElement]:
    """The outermost blocks all of whose text goes."""
    found = []
    waiting = list(tree)
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str):
            continue
        texts = [_plain(text) for text in html_text.blocks(element)] if element.tag in _BLOCKS else []
        if texts and all(text in gone for text in texts):
            found.append(element)
        else:
            waiting.extend(element)
    return found


def _drop(element: HtmlElement) -> None:
    """Out of the tree, with parents that are empty then; what is behind it stays."""
    parent = element.getparent()
    element.drop_tree()
    while parent is not None and parent.getparent() is not None and not len(parent) and not (parent.text or "").strip():
        empty, parent = parent, parent.getparent()
        empty.drop_tree()


def _inner(tree: HtmlElement) -> str:
    text = tree.text or ""
    parts = [text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")]
    parts += [lxml.html.tostring(child, encoding="unicode") for child in tree]
    return "".join(parts)


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
