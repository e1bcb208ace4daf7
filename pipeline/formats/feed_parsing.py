"""feedparser, which fails on some extensions where they are not expected (a `georss:point` outside of an entry): such a feed
is read without its extensions."""

from __future__ import annotations

import io
from typing import Any

import feedparser
from lxml import etree

from pipeline.errors import Reject

_KEPT = frozenset(
    {
        "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "http://purl.org/rss/1.0/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://purl.org/rss/1.0/modules/content/", "http://purl.org/dc/elements/1.1/", "http://www.w3.org/1999/xhtml", "http://my.netscape.com/rdf/simple/0.9/",
    }
)  # fmt: skip


def parsed(text: str, headers: dict[str, str]) -> tuple[Any, str]:
    """The feed, and the text that it was read from. Raises Reject where it can't be read."""
    try:
        return _read(text, headers), text
    except Exception:  # whatever an extension makes it raise
        bare = _without_extensions(text)
    try:
        return _read(bare, headers), bare
    except Exception as e:  # likewise
        raise Reject("not-xml", f"looks like a feed, but can't be read as one: {type(e).__name__}") from None


def _read(text: str, headers: dict[str, str]) -> Any:
    # its own sanitising would lose text; normalize sanitises
    return feedparser.parse(io.BytesIO(text.encode()), response_headers=headers, sanitize_html=False)


def _without_extensions(text: str) -> str:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=True)
    root = etree.fromstring(text.encode(), parser)
    if root is None:
        return text
    for element in list(root.iter()):
        parent = element.getparent()
        if (
            parent is not None
            and isinstance(element.tag, str)
            and (etree.QName(element).namespace or next(iter(_KEPT))) not in _KEPT
        ):
            parent.remove(element)
    return etree.tostring(root, encoding="unicode")
