"""What a newsroom's section or tag is about: one of IPTC's Media Topics, one of a newsroom's desks, or neither. Pure.

`Politik`, `World Politics` and `/news/politics/` are one subject, `Monde` and `World news` one desk. The names are in
data/sections.txt. A wrong subject is worse than none, so a name counts as a whole, without words that every section may have
("Latest", "News", a year), or part by part where it joins several; no word inside a longer name decides.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

DESKS = ("news", "international", "national", "local", "opinion")
"""General news, the parts of it by distance, and what isn't news. None of them is a Media Topic."""
_GENERAL_NEWS = frozenset(["international", "national", "local"])
_LONGEST = 60
"""Characters; what is longer is a sentence or a list of tags."""
_MOST_PARTS = 4
_JOINS = r"\s+(?:and|und|et|y|e|en|og|och|ja|a|i|și|si|и|та|και|ve|dan|&|\+)\s+"
_AND = re.compile(_JOINS)
_REPEATED = re.compile(r"\b(\w+)(?: \1\b)+")
_JOIN = re.compile(rf"{_JOINS}|\s*[&+・·]\s*")
_PART = re.compile(rf"{_JOINS}|\s*[&+,;|/:>»›·・]\s*|\s+[–—-]\s+")
_LABEL = re.compile(
    r"^(?:nlp )?(?:category|categories|section|sections|topics?|tags?|subjects?|rubrik|rubrique|channel)\s*[:/=]\s*"
)
_GENERAL = frozenset(
    ["news", "latest", "more", "top", "all", "the", "general", "home", "current", "today", "other", "your", "our", "special", "daily", "live", "uk", "us", "usa", "world", "international", "national", "local", "regional", "global", "european", "european-union", "asia", "nachrichten", "aktuell", "aktuelle", "aktuelles", "mehr", "alle", "weitere", "thema", "actualité", "actualités", "actu", "actus", "plus", "toute", "noticias", "más", "últimas", "toda", "notizie", "ultime", "altre", "tutte", "nieuws", "meer", "laatste", "alle", "nyheter", "nyheder", "mer", "flere", "fler", "mere", "notícias", "mais", "últimas", "wiadomości", "zprávy", "hírek", "știri", "новости", "все", "haberleri", "haberler", "berita"]
)  # fmt: skip
_IN_TITLES = frozenset(
    ["the", "home", "live", "special", "our", "your", "daily", "plus", "top", "today", "all", "general", "more"]
)
"""Of these, words that begin the names of bands, shows and shops: `The Police`."""
_NO_NAME = frozenset(
    ["uncategorized", "uncategorised", "undefined", "null", "none", "nan", "n a", "default", "unknown", "untitled", "all", "sin categoria",
     "sem categoria", "non classe", "unkategorisiert", "allgemein", "senza categoria", "без рубрики", "未分類", "未分类"]
)  # fmt: skip
"""What a system writes where nobody chose a section."""


class Found(NamedTuple):
    """What a name means."""

    topics: tuple[str, ...] = ()
    """Digits of top terms of Media Topics."""
    desks: tuple[str, ...] = ()


class _Names(NamedTuple):
    of_sections: dict[str, str]
    of_tags: dict[str, str]
    general: frozenset[str]
    general_in_tags: frozenset[str]


NOTHING = Found()


@lru_cache(maxsize=4096)
def of_section(name: str) -> Found:
    """What the section called `name` is about."""
    names, key = _names(), folded(name)
    if len(key) > _LONGEST:
        return NOTHING
    key = _as_listed(_LABEL.sub("", key))
    if found := _whole(key, names.of_sections, names.general):
        return _as_found([found])
    parts = [part for part in _PART.split(key) if part]
    if not 1 < len(parts) <= _MOST_PARTS:
        return NOTHING
    return _as_found([one for part in parts if (one := _whole(part, names.of_sections, names.general))])


@lru_cache(maxsize=16_384)
def of_tag(name: str) -> Found:
    """What an article with the tag `name` is about: names that may be those of places, parties or works count for nothing, and
    of a tag that joins several names all have to be known."""
    names, key = _names(), folded(name)
    if len(key) > _LONGEST:
        return NOTHING
    key = _as_listed(_LABEL.sub("", key))
    if found := _whole(key, names.of_tags, names.general_in_tags):
        return _as_found([found])
    parts = _JOIN.split(key)
    if not 1 < len(parts) <= _MOST_PARTS:
        return NOTHING
    each = [names.of_tags.get(part) for part in parts]
    return _as_found([one for one in each if one]) if all(each) else NOTHING


@lru_cache(maxsize=4096)
def facets(name: str) -> tuple[str, ...]:
    """The desks of a section or, where it is neither a subject nor a desk, its own name in one spelling: in lower case, with
    single spaces in place of hyphens and underscores. International, national and local news are news too. Nothing for a list of
    tags, and for what a system writes where nobody chose."""
    found = of_section(name)
    if found.desks:
        return tuple(dict.fromkeys(["news"] * (not _GENERAL_NEWS.isdisjoint(found.desks)) + list(found.desks)))
    own = _spelt(name)
    if found.topics or not own or folded(name) in _NO_NAME or len(own) > _LONGEST or own.count(",") > 1:
        return ()
    return (own,)


def folded(name: str) -> str:
    """A name as it is compared: without case, accents and what parts its words."""
    plain = unicodedata.normalize("NFKD", _spelt(name).casefold())
    return "".join(one for one in plain if not unicodedata.combining(one)).replace("ı", "i")


def _spelt(name: str) -> str:
    words = re.sub(r"[\s_]+|(?<=\w)-(?=\w)", " ", unicodedata.normalize("NFKC", name))
    return words.strip(" /|:;,.-–—#»>").lower().replace("i\u0307", "i")


def _whole(key: str, names: dict[str, str], general: frozenset[str]) -> str | None:
    """What a name means, also without general words at its ends."""
    if found := names.get(key):
        return found
    words = key.split()
    for start in range(len(words)):
        if start and not _is_general(words[start - 1], general):
            break
        for end in range(len(words), start, -1):
            if end < len(words) and not _is_general(words[end], general):
                break
            if (start, end) != (0, len(words)) and (found := names.get(" ".join(words[start:end]))):
                return found
    return None


def _as_listed(key: str) -> str:
    """With one sign for every "and", and no word twice in a row: `business business`."""
    return _REPEATED.sub(r"\1", _AND.sub(" & ", key))


def _is_general(word: str, general: frozenset[str]) -> bool:
    return word in general or (len(word) == 4 and word.startswith(("19", "20")) and word.isdigit())


def _as_found(meant: list[str]) -> Found:
    several = tuple(dict.fromkeys(meant))
    topics = tuple(one for one in several if one not in DESKS)
    return Found(topics, () if topics else tuple(one for one in several if one in DESKS))


@lru_cache(maxsize=1)
def _names() -> _Names:
    of_sections: dict[str, str] = {}
    of_tags: dict[str, str] = {}
    for line in files("pipeline.formats").joinpath("data/sections.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        meaning, _, listed = line.partition("\t")
        for name in listed.split(","):
            key = _as_listed(folded(name.removesuffix("*")))
            of_sections[key] = meaning
            if not name.endswith("*") and meaning not in DESKS:
                of_tags[key] = meaning
    general = frozenset(map(folded, _GENERAL))
    return _Names(of_sections, of_tags, general, general - _IN_TITLES)
