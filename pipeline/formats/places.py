"""Places: by name, by position in degrees (WGS 84), by GeoJSON geometry (RFC 7946)."""

from __future__ import annotations

from typing import Any

from pipeline.formats import json_values
from schemas.article import Named


def place(name: str | None, code: str | None, latitude: Any, longitude: Any) -> Named | None:
    """A place by its name, its position, or both; an invalid position is left out. None where it has neither."""
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
    """Latitude and longitude of a GeoJSON geometry or Feature: of a point, or of the centre of the bounding box of a line or
    an area; (None, None) where it can't be read."""
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
            ):  # any number is valid JSON, also one that no float can hold
                points.append((float(one[1]), float(one[0])))
        else:
            stack.extend(one)
    if not points:
        return None, None
    latitudes, longitudes = zip(*points, strict=True)
    return (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
