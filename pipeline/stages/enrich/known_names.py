"""What names are known: first names and surnames of many countries (by Faker), organisations and words of things (our lists)."""

from __future__ import annotations

import pkgutil
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import NamedTuple


def words_of(listed: str) -> frozenset[str]:
    """The words of a list in code."""
    return frozenset(listed.split())


class KnownNames(NamedTuple):
    first: frozenset[str]
    last: frozenset[str]
    """As they are written, in Latin letters."""


_SURNAMES_TOO = words_of("Trump Pence Bolt Snowden Merkel Macron Putin Obama Biden Musk Bezos")
"""Of people in the news, that Faker's lists lack; some are words too."""


@lru_cache(maxsize=1)
def known_names() -> KnownNames:
    """Loaded once: some 21,000 first names and 22,000 surnames."""
    return KnownNames(frozenset(_listed("first_name")), frozenset(_listed("last_name") | _SURNAMES_TOO))


@lru_cache(maxsize=1)
def first_names_of_women_and_men() -> tuple[frozenset[str], frozenset[str]]:
    """(names of women, names of men); some are in both. Loaded once."""
    return frozenset(_listed("first_names_female", "first_name_female")), frozenset(
        _listed("first_names_male", "first_name_male")
    )


def _listed(*beginnings: str) -> set[str]:
    """Names of all locales in Faker's lists whose names begin so, as they are written, in Latin letters."""
    import faker.providers.person as person

    found: set[str] = set()
    for module in pkgutil.iter_modules(person.__path__):
        provider = import_module(f"faker.providers.person.{module.name}").Provider
        for name in dir(provider):
            if not name.startswith(beginnings):
                continue
            listed = getattr(provider, name)
            if isinstance(listed, tuple | list | dict):
                found.update(
                    word for one in listed for word in str(one).split() if word.isalpha() and ord(word[0]) < 0x250
                )
    return {word for word in found if len(word) > 1}


class CommonWords(NamedTuple):
    common: frozenset[str]
    """In lower case."""
    very: frozenset[str]
    """So common that they are meant as words though they are also somebody's name."""


COMMON, VERY_COMMON = 1_000, 20_000
"""How often a word is in the dictionary's texts: `cardiac` 9,000, `star` 82,000, `john` 7,000, `arafat` 50."""


@lru_cache(maxsize=1)
def common_words() -> CommonWords:
    """English words that are written without a capital (by pyspellchecker's dictionary). Loaded once."""
    from spellchecker import SpellChecker

    counts = SpellChecker(language="en").word_frequency.dictionary
    return CommonWords(
        frozenset(word for word, count in counts.items() if count >= COMMON),
        frozenset(word for word, count in counts.items() if count >= VERY_COMMON),
    )


@lru_cache(maxsize=1)
def organisations() -> dict[str, str]:
    """Every way in which an organisation is written, and the one name for it."""
    found = {}
    for line in lines_of("organisations.txt"):
        name, *others = line.split("\t")
        found.update(dict.fromkeys((name, *others), name))
    return found


@lru_cache(maxsize=1)
def words_of_things() -> frozenset[str]:
    """Words that end names of things, events and places, not of people."""
    return frozenset(word for line in lines_of("not_names.txt") for word in line.split())


def lines_of(name: str) -> list[str]:
    """The lines of a list in data/, without its remarks."""
    text = files("pipeline.stages.enrich").joinpath(f"data/{name}").read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]
