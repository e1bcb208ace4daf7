"""Small things that several formats need: links, pictures, places, plain text as paragraphs."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from pipeline.formats import json_values
from schemas.article import Faq, Link, Named, Picture


def is_link(url: str | None) -> bool:
    """Whether it is an http(s) address that a contract can hold."""
    return bool(url) and str(url).startswith(("http://", "https://")) and len(str(url)) <= 2048


def joined(address: Any, base: str | None) -> str | None:
    """The address, relative ones as seen from `base`; None where that makes no http(s) address."""
    if not isinstance(address, str) or not address.strip():
        return None
    try:
        whole = urljoin(base or "", address.strip())
    except ValueError:
        return None
    return whole if is_link(whole) else None


def place(name: str | None, code: str | None, latitude: Any, longitude: Any) -> Named | None:
    """A place by its name, its position in degrees, or both; a position that is none is left out. None where it has neither."""
    try:
        at = (round(float(latitude), 6), round(float(longitude), 6))
    except (TypeError, ValueError, OverflowError):
        at = None
    if at and not (-90 <= at[0] <= 90 and -180 <= at[1] <= 180):
        at = None
    name = name or (f"{at[0]}, {at[1]}" if at else None)
    if not name:
        return None
    return Named(kind="place", name=name[:512], code=code, latitude=at and at[0], longitude=at and at[1])


def middle(geometry: Any) -> tuple[Any, Any]:
    """Latitude and longitude of a GeoJSON geometry or Feature (RFC 7946): a point's own, of a line or an area the middle
    of the box around it; (None, None) where it can't be read."""
    inner = json_values.as_dict(geometry)
    inner = json_values.as_dict(inner.get("geometry")) or inner
    points: list[tuple[float, float]] = []
    stack = [inner.get("coordinates")]
    while stack and len(points) < 100_000:
        one = stack.pop()
        if not isinstance(one, list | tuple) or not one:
            continue
        if all(isinstance(part, int | float) for part in one) and len(one) >= 2:
            if (
                -180 <= one[0] <= 180 and -90 <= one[1] <= 90
            ):  # any number may stand there, also one that no float holds
                points.append((float(one[1]), float(one[0])))
        else:
            stack.extend(one)
    if not points:
        return None, None
    latitudes, longitudes = zip(*points, strict=True)
    return (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2


def picture(url: str, caption: str | None = None, credit: str | None = None) -> Picture:
    """A picture's link with its caption and credit, cut to what the contract holds."""
    return Picture(url=url, caption=caption[:4096] if caption else None, credit=credit[:4096] if credit else None)


def link(url: str, title: str | None = None, rel: str | None = None) -> Link:
    """What belongs with the story, cut to what the contract holds."""
    return Link(url=url[:2048], title=title[:4096] if title else None, rel=(rel or "related")[:100])


def faq(question: str, answer: str = "") -> Faq:
    """A question and its answer, cut to what the contract holds."""
    return Faq(question=question[:4096], answer=answer[:100_000])


def text_paragraphs(text: str) -> list[str]:
    """Plain text as paragraphs: parted by empty lines or, where there are none, by indented or by all lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if re.search(r"\n[^\S\n]*\n", text.strip("\n")):
        parts = re.split(r"\n[^\S\n]*\n\s*", text)
    elif re.search(r"\n(?: {2,}|\t)\S", text):
        parts = re.split(r"\n(?=(?: {2,}|\t)\S)", text)
    else:
        parts = text.split("\n")
    return [row for part in parts if (row := " ".join(part.split()))]


def shortened(text: str, longest: int = 100) -> str:
    """A headline for an entry that has none: its first words."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + " …"


def headline(*candidates: str | None) -> str | None:
    """The first of these that has any text, cut to a headline's length: what stands in for one where none is given."""
    return next((shortened(text, 300) for text in candidates if text and text.strip()), None)
