"""Small things that several formats need: links to pictures, plain text as paragraphs."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from schemas.article import Named, Picture


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
    inner = as_dict(geometry)
    inner = as_dict(inner.get("geometry")) or inner
    points: list[tuple[float, float]] = []
    stack = [inner.get("coordinates")]
    while stack and len(points) < 100_000:
        one = stack.pop()
        if not isinstance(one, list | tuple) or not one:
            continue
        if all(isinstance(part, int | float) for part in one) and len(one) >= 2:
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


def values(several: Any) -> list[dict[str, Any]]:
    """Objects of a list, or of an object by name."""
    if isinstance(several, dict):
        several = list(several.values())
    return [one for one in several if isinstance(one, dict)] if isinstance(several, list) else []


def as_dict(value: Any) -> dict[str, Any]:
    """An object, or an empty one where it is something else."""
    return value if isinstance(value, dict) else {}


def kind_of(value: Any) -> str:
    """What JSON calls the type of a value."""
    if isinstance(value, bool):
        return "true or false"
    return {dict: "an object", list: "a list", str: "a string", int: "a number", float: "a number"}.get(
        type(value), "null"
    )


def shortened(text: str, longest: int = 100) -> str:
    """A headline for an entry that has none: its first words."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + " …"


def headline(*candidates: str | None) -> str | None:
    """The first of these that has any text, cut to a headline's length: what stands in for one where none is given."""
    return next((shortened(text, 300) for text in candidates if text and text.strip()), None)
