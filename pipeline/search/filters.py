"""Conditions of a search beside its words: values, places, times. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

from pipeline.formats.mediatopics import facet_names

Clause = dict[str, Any]

ARTICLE_FILTERS = {
    "section": "sections.name",
    "publisher": "publisher",
    "language": "language",
    "author": "authors",
    "person": "people",
    "place": "places",
    "country": "countries",
    "organisation": "organisations",
    "topic": "topics",
    "media_topic": "media_topics.code",
    "story": "story_id",
}
"""Filters of articles, which are facets too, and their fields."""
COMMENT_FILTERS = {"article": "article_id", "author": "author", "publisher": "publisher", "language": "language"}

Has = Literal["comments", "pictures", "correction"]


@dataclass(frozen=True)
class Values:
    """One of `any` where there are some, and none of `none`."""

    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, any_of: Iterable[str], none_of: Iterable[str] = ()) -> Self:
        """Those of a filter as the index has them."""
        return cls(*(tuple(dict.fromkeys(indexed_as(name, values))) for values in (any_of, none_of)))


def indexed_as(name: str, values: Iterable[str]) -> Iterator[str]:
    """A filter's values as the index has them: a section is named by any newsroom's word for it, or by its code."""
    for value in values:
        yield from (facet_names(value) if name == "section" else ()) or (value,)


@dataclass(frozen=True)
class Box:
    """Degrees; `west` may be greater than `east`, across the date line."""

    west: float
    south: float
    east: float
    north: float

    def clause(self, name: str) -> Clause:
        corners = {"top_left": {"lat": self.north, "lon": self.west}, "bottom_right": {"lat": self.south, "lon": self.east}}  # fmt: skip
        return {"geo_bounding_box": {name: corners}}


@dataclass(frozen=True)
class Near:
    latitude: float
    longitude: float
    kilometres: float

    def clause(self, name: str) -> Clause:
        at = {"lat": self.latitude, "lon": self.longitude}
        return {"geo_distance": {"distance": f"{self.kilometres}km", name: at}}


@dataclass(frozen=True)
class Conditions:
    values: Mapping[str, Values] = field(default_factory=dict)
    """By a name of ARTICLE_FILTERS or COMMENT_FILTERS."""
    where: Box | Near | None = None
    since: datetime | None = None
    before: datetime | None = None
    has: frozenset[Has] = frozenset()

    def fixed(self, time_field: str, fields: Mapping[str, str], facets: frozenset[str]) -> list[Clause]:
        """Everything but the values chosen in `facets`, which are counted without their own condition."""
        found: list[Clause] = []
        for name, values in self.values.items():
            if values.any and name not in facets:
                found.append({"terms": {fields[name]: list(values.any)}})
            if values.none:
                found.append({"bool": {"must_not": [{"terms": {fields[name]: list(values.none)}}]}})
        bounds = {"gte": self.since, "lt": self.before}
        if chosen := {sign: at.isoformat() for sign, at in bounds.items() if at}:
            found.append({"range": {time_field: chosen}})
        if self.where:
            found.append(self.where.clause("locations"))
        if "correction" in self.has:
            found.append({"exists": {"field": "correction_note"}})
        if "pictures" in self.has:
            found.append({"term": {"has": "pictures"}})
        return found

    def chosen(self, fields: Mapping[str, str], facets: frozenset[str], but: str | None = None) -> list[Clause]:
        """The values chosen in `facets`, without those of the facet `but`."""
        return [
            {"terms": {fields[name]: list(values.any)}}
            for name, values in self.values.items()
            if values.any and name in facets and name != but
        ]


def only(**values: str | None) -> Conditions:
    """Conditions of one value each; without those that are None."""
    return Conditions({name: Values.of(name, (value,)) for name, value in values.items() if value})
