"""Bylines to authors: "By A, B and C in Paris" names three people."""

from __future__ import annotations

import re

_LEAD = re.compile(
    r"^\s*(?:(?:written|reported|posted|story|text|words)\s+)?(?:by|par|von|por|di|door|af|av|od|автор|текст)\b\s*:?\s+",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:,|;|\||/|&|\band\b|\bund\b|\bet\b|\by\b|\bund\b|\ben\b|\boch\b)\s*", re.IGNORECASE)
_PLACE = re.compile(r"\s+(?:in|at|from)\s+[A-Z].*$")
_AGENCY_TAIL = re.compile(r"\s*[—–-]\s+[A-Z].*$")
_MAIL = re.compile(r"\S+@\S+")
_ROLE = re.compile(
    r"\b(?:correspondent|editor|reporter|staff|writer|desk|newsroom|bureau|analyst|columnist|contributor|agencies)\b",
    re.IGNORECASE,
)
_TITLES = re.compile(r"^(?:dr|prof|mr|mrs|ms)\.?\s+", re.IGNORECASE)


def authors(byline: str | None) -> tuple[str, ...]:
    """People named by a byline, in order, each once; empty where it names a desk or nobody."""
    if not byline:
        return ()
    text = _MAIL.sub(" ", _LEAD.sub("", byline))
    text = _AGENCY_TAIL.sub("", text)
    found: list[str] = []
    for part in _SPLIT.split(text):
        name = _TITLES.sub("", _PLACE.sub("", part)).strip(" .()*·•-–—\t")
        if not name or _ROLE.search(name) or not re.search(r"[^\W\d_]", name) or len(name) > 80:
            continue
        if name.isupper() and len(name) > 5:
            name = name.title()
        if name not in found:
            found.append(name)
    return tuple(found)
