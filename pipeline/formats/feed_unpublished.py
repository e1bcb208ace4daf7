"""Entries of a feed or an export that their publisher doesn't publish: drafts, and what a blog keeps beside its posts.

Sources: RFC 5023, 13.1 (`app:draft`); Blogger's exports (kinds of entries, in newer ones `blogger:type` and `blogger:status`).
"""

from __future__ import annotations

from lxml import etree

from pipeline.formats.feed_values import Entry
from pipeline.formats.xml import Element

KINDS = "http://schemas.google.com/g/2005#kind"
"""The scheme of categories that say what an entry is."""
_PUBLISHED = frozenset({"post", "page", "comment"})


def why(entry: Entry, element: Element | None) -> str | None:
    """What of the publisher's own an entry is, in words; None where it is published."""
    kind, status = kind_of(entry, element), value(element, "status") if value(element, "type") else None
    if kind is not None and kind not in _PUBLISHED:
        return f"entries of the kind {kind}"
    if (value(element, "draft") or str(entry.get("app_draft") or "")).casefold() == "yes":
        return "drafts"
    return f"entries with the status {status.casefold()}" if status and status.casefold() != "live" else None


def kind_of(entry: Entry, element: Element | None) -> str | None:
    """What an entry of a blog's export is; None in other feeds."""
    if named := value(element, "type"):
        return named.casefold()
    terms = (str(tag.get("term") or "") for tag in entry.get("tags") or [] if tag.get("scheme") == KINDS)
    return next((term.rpartition("#")[2].casefold() for term in terms), None)


def value(element: Element | None, name: str) -> str | None:
    """The text of an element of AtomPub's or Blogger's own."""
    if element is None:
        return None
    for one in (*element.iterfind("*"), *element.iterfind("*/*")):
        tag = etree.QName(one)
        if one.text and tag.localname == name and (tag.namespace or "").endswith(_OWN):
            return one.text.strip() or None
    return None


_OWN = ("www.w3.org/2007/app", "purl.org/atom/app#", "schemas.google.com/blogger/2018")
