"""Captions in HTML: each belongs to its picture, and is no sentence of the text."""

from __future__ import annotations

from lxml.html import HtmlElement

from pipeline import addresses
from pipeline.formats import html_text, parts
from schemas.article import Picture

_CLASSES = ("wp-caption-text", "wp-caption-dd", "gallery-caption", "blocks-gallery-item__caption", "wp-element-caption")
_FRAMES = ("wp-caption", "gallery-item", "blocks-gallery-item", "wp-block-image")
_MEDIA = ("img", "picture", "video", "audio", "iframe", "object", "embed", "svg", "table")
_EMBEDDED = "wp-block-embed__wrapper"
"""Around the address of something that is shown on the page."""


def without_captions(markup: str, base: str | None) -> tuple[list[str], list[Picture]]:
    """The paragraphs of the text, and the pictures that have a caption. A caption of a quotation is its author, and stays."""
    tree = html_text.fragment(markup)
    if tree is None:
        return [], []
    pictures: list[Picture] = []
    for caption in [one for one in tree.iter() if isinstance(one.tag, str) and _is_caption(one)]:
        frame = _frame(caption)
        if frame is None or (next(frame.iter(*_MEDIA), None) is None and not frame.find_class(_EMBEDDED)):
            continue
        words = " ".join(html_text.blocks(caption)) or None
        found = (addresses.joined(one.get("src"), base) for one in frame.iter("img"))
        address = next((one for one in found if addresses.is_link(one)), None)
        if address and words:
            pictures.append(parts.picture(address, words))
        caption.drop_tree()
    for embedded in tree.find_class(_EMBEDDED):
        embedded.drop_tree()
    return html_text.blocks(tree), pictures


def _is_caption(element: HtmlElement) -> bool:
    return element.tag == "figcaption" or any(name in _CLASSES for name in _classes(element))


def _frame(caption: HtmlElement) -> HtmlElement | None:
    """What has the caption and its picture in it."""
    return next(
        (
            one
            for one in caption.iterancestors()
            if one.tag == "figure" or any(name in _FRAMES for name in _classes(one))
        ),
        None,
    )


def _classes(element: HtmlElement) -> list[str]:
    return (element.get("class") or "").split()
