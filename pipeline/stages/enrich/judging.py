"""What a name may be the name of, by its own words: known names, head words of organisations, the gazetteer. Pure."""

from __future__ import annotations

import re
from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple

from pipeline.stages.enrich.known_names import known_names, organisations, words_of, words_of_things
from pipeline.stages.enrich.one_person import parts_of
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.vocabulary import (
    COMMON,
    DEMONYM,
    DIGIT,
    FIRST,
    GIVEN,
    INITIALS,
    JOINING,
    LAST,
    ORDINARY,
    ORGANISATION_WORDS,
    THING,
    VERY_COMMON,
    has_organisation_word,
    kind_of,
)
from pipeline.stages.enrich.vocabulary import is_demonym as is_demonym
from schemas.enrichment import EntityKind

PERSON, PLACE, ORGANISATION = EntityKind.PERSON, EntityKind.PLACE, EntityKind.ORGANISATION

_WORD = re.compile(r"\w+")
_BEGINS_ORGANISATION = re.compile(
    r"^(?:University|Bank|Ministry|Department|Institute|Association|Federation|Organi[sz]ation|Church|Court|House|Board|Office|College|Academy|Union|League|Real|Dynamo|Dinamo|Spartak|Sporting|Atletico|AC|FC|AS|SC|VfB|RB) "
)
_NO_ORGANISATION = re.compile(
    r"\b(?:Street|Road|Avenue|Square|Park|Cup|Open|Series|Championships?|Award|Prize|Act|Day|War|Grand Prix|Trophy|Bowl|Masters|Games|Olympics|Treaty|Accords?|Agreement|Plan|Amendment)$"
)
_DOTTED_FORM = re.compile(r" (?:S\.A|N\.V|S\.p\.A|S\.A\.R\.L|L\.P|B\.V|A\.G)\.?$")
_HEAD_INSIDE = re.compile(rf"\b(?:{'|'.join(sorted(ORGANISATION_WORDS))}) (?:of|for)\b")
_AWARD = re.compile(
    r"\b(?:Award|Prize|Medal|Trophy|Order|Cup|Act|Day|Week|Year|Inspector-General|Director-General) (?:for|of|in)\b|^\w+ the "
)
"""`Pat Tillman Award for Service`: named after somebody, and given by somebody else."""
_OFFICE_OF = re.compile(r"(?:Inspector|Director|Secretary|Attorney|Auditor|Surgeon|Solicitor)[- ]General (?:of|for) ")
"""`Inspector-General of Police`: somebody."""
_STATE = words_of(
    """Defense Defence Interior Foreign Justice Finance Health Education Transport Labour Labor Trade Agriculture Energy Environment
    Security Communist Socialist Green Democratic Republican Liberal Conservative Supreme Constitutional Federal Central National
    Air Coast Royal European International World Treasury Economy Culture Home State Electoral Reserve Red People's"""
)
_EVENTS = words_of(
    """Cup Open Series Championship Championships Prix Trophy Bowl Masters Games Olympics War Act Treaty Accord Accords Award Prize
    Amendment Day Night Festival Index Composite Average Conference Summit Express Division Test"""
)
_LEAGUES = frozenset(
    f"{which} League"
    for which in [
        "National",
        "American",
        "Premier",
        "Major",
        "Minor",
        "First",
        "Second",
        "Third",
        "Little",
        "Champions",
    ]
)
_COUNTRIES = re.compile(r"\bUnited (?:States|Kingdom|Arab Emirates)\b")
"""Their `United` is no club's or airline's."""
_COMPASS = re.compile(r"^[NSEW]\. (?:Korea|Africa|Carolina|Dakota|Virginia|Ireland|Sudan|Yorkshire|Wales|Macedonia)$")
_ARTICLES = words_of("El La Le Les Los Las Il Lo Die Der Das Den Het")
"""Of other languages; most names that begin with one are those of newspapers, places and clubs."""
_LANDSCAPE = re.compile(
    r"\b(?:Mountains?|River|Lake|Sea|Ocean|Gulf|Bay|Valley|Desert|Islands?|Peninsula|Strait|Province|County|Airport|Stadium|Square|Street|Road|Avenue|Boulevard|Bridge|Park|Beach|Harbou?r)$|^Val d'|^(?:Lake|Mount|Mt\.?|Gulf of|Bay of|Strait of|Cape|Port|Fort|River|Isle of|Camp|San|Santa|Saint|St\.|Los|Las|El|Rio) "
)
_SURELY_LANDSCAPE = re.compile(
    r"\b(?:Mountains?|River|Sea|Ocean|Gulf|Peninsula|Strait|Province|County|Islands?|Airport|Stadium)$|^(?:Gulf of|Bay of|Strait of|Isle of|Mount) |^Val (?:d'|di |de )"
)
_LAND = words_of(
    """Mountain Mountains River Lake Sea Ocean Gulf Bay Valley Desert Island Islands Peninsula Strait Province County Airport Stadium
    Square Street Road Avenue Boulevard Bridge Park Beach Harbor Harbour"""
)
_LAND_BEGINS = words_of(
    "Val Lake Mount Mt Mt. Gulf Bay Strait Cape Port Fort River Isle Camp San Santa Saint St. Los Las El Rio"
)
"""Names that the two patterns match end or begin with one of these words, or end with a word that has a mark."""
SURNAME_BEGINS = re.compile(r"(?:Mc|O'|Mac)[A-Z][a-z]{2}")
"""`McAteer`, `O'Neill`: nothing else is written so."""
NEVER = words_of(
    """I Mr Mrs Ms Dr Sir TV GMT BST EST EDT PM AM OK Internet Web AIDS HIV DNA GDP CEO CFO VAT ID PC DVD CD Q&A FAQ HTML PDF
    URL VIP SUV RBI ERA MVP GP No Nos vs St LED LCD USB GPS RNA MRI SMS IPO FAQs RRP"""
)


_ROYAL = words_of("King Queen Prince Princess Pope")
_NO_HOLDER = words_of(
    "General Major Chief Minister Secretary Officer Assistant Commissioner Audio Video Controller Editor Staff Assembly Election Elections Counsel"
)


_MOST_WORDS = 7
"""Of a body's name, with a head word inside: a longer one is a list."""


class Verdict(NamedTuple):
    kind: EntityKind
    confidence: float


_TITLED = (Verdict(PERSON, 0.92),)
_CLEAR_PLACE = (Verdict(PLACE, 0.9),)
_LIKELY_PLACE = (Verdict(PLACE, 0.82),)
_DOUBTFUL_BODY = (Verdict(ORGANISATION, 0.5),)


@lru_cache(maxsize=16_384)
def judge(name: str, titled: bool) -> tuple[Verdict, ...]:
    """What a name is by its own words: what it may be, best first, before the text around it is looked at."""
    words = name.split()
    last, several = words[-1], len(words) > 1
    first_is, last_is = kind_of(words[0]), kind_of(last)
    if name in NEVER or len(name) < 2 or (not several and not titled and last_is & DEMONYM):
        return ()
    of_body = has_organisation_word(name)
    if titled and not of_body and len(words) <= (4 if words[0] in _ROYAL else 3):
        if several:
            if first_is & VERY_COMMON and not (first_is & FIRST or words[0] in _ROYAL or last_is & LAST):
                return ()  # "Online Leader Success Mindset"
            if _is_team(words):
                return ()
        elif (last_is & THING or name in _NO_HOLDER) and not last_is & LAST:
            return ()  # "Office of the Inspector General", "Pierre's General Store"
        return _TITLED
    places = gazetteer()
    if name in organisations():
        return (Verdict(ORGANISATION, 0.9), *_as_place(name, words))
    if places.is_clear(name) or _COMPASS.match(name):
        return _CLEAR_PLACE
    if _last_word(last) in _EVENTS or name in _LEAGUES:
        return ()
    if several and of_body and (body := _as_body(name, words)):
        return body
    if several and "." in last and _DOTTED_FORM.search(name):
        return (Verdict(ORGANISATION, 0.88),)
    if several and _may_be_land(words) and _SURELY_LANDSCAPE.search(name):
        return _LIKELY_PLACE
    found = _as_place(name, words)
    if several:
        if len(words) <= 4:
            found = (*found, Verdict(PERSON, as_person(words)))
    elif name.isupper() and len(name) > 2 and (len(name) > 6 or name.isalpha()):
        if places.in_capitals(name):  # a dateline, a heading of a list
            return _LIKELY_PLACE
        if len(name) <= 6:
            if last_is & VERY_COMMON:  # a word that is shouted
                return found
            found = (*found, Verdict(ORGANISATION, 0.55))
        else:
            found = (*found, *_as_surname(last, last_is))
    else:
        found = (*found, *_as_surname(last, last_is))
    return found if len(found) < 2 or found[0][1] >= found[1][1] else (found[1], found[0])


def _as_surname(word: str, kind: int) -> tuple[Verdict, ...]:
    """What speaks for a surname that stands alone."""
    if SURNAME_BEGINS.match(word):
        return (Verdict(PERSON, 0.45),)
    ordinary = kind & COMMON and not (kind & FIRST and not kind & VERY_COMMON)
    if kind & THING or ordinary or not word[1:].islower():
        return ()
    return (Verdict(PERSON, 0.3 if kind & LAST else 0.15),)


def _as_body(name: str, words: list[str]) -> tuple[Verdict, ...]:
    """What a name is that has a head word of organisations; nothing where this is none's."""
    if ("United" in name and not has_organisation_word(_COUNTRIES.sub("", name))) or _NO_ORGANISATION.search(name):
        return ()
    known = known_names()
    person = len(words) <= 3 and words[0] in known.first and words[-1] in known.last
    if _OFFICE_OF.match(name):
        return ()
    whole = len(words) <= 6 and (has_organisation_word(words[-1]) or _BEGINS_ORGANISATION.match(name))
    if words[1:3] == ["of", "the"] and not has_organisation_word(words[0]):
        return _DOUBTFUL_BODY  # "Wee of the Times"
    if person or not (whole or _HEAD_INSIDE.search(name)) or _is_ordinary(words) or _AWARD.search(name):
        return _DOUBTFUL_BODY
    return (Verdict(ORGANISATION, 0.86 if whole else 0.82 if len(words) <= _MOST_WORDS else 0.5),)


def _is_ordinary(words: list[str]) -> bool:
    """`Standing Committee`, `Primary School`: two ordinary words, of which there are many."""
    return (
        len(words) == 2
        and words[0] not in _STATE
        and bool(kind_of(words[0]) & kind_of(words[1]) & COMMON)
        and not (kind_of(words[0]) & (FIRST | LAST) or gazetteer().is_known(words[0]))
    )


def _last_word(word: str) -> str:
    """What ends a name behind its last mark; nothing where it ends with a mark."""
    if word.isalnum():
        return word
    words = _WORD.findall(word[-20:])
    return words[-1] if words and word.endswith(words[-1]) else ""


def _may_be_land(words: list[str]) -> bool:
    return words[-1] in _LAND or words[0] in _LAND_BEGINS or not words[-1].isalnum()


def _as_place(name: str, words: list[str]) -> tuple[Verdict, ...]:
    places = gazetteer()
    if not places.is_known(name):
        land = " " in name and _may_be_land(words) and _LANDSCAPE.search(name)
        return (Verdict(PLACE, 0.5),) if land else ()
    if name in words_of_things():  # "in Spring"
        return (Verdict(PLACE, 0.4),)
    return (Verdict(PLACE, 0.62 if places.is_area(name) else 0.5),)


def as_person(words: list[str]) -> float:
    """How much the words of a name of two to four words look like a person's."""
    words, _ = parts_of(words)
    kinds = list(map(kind_of, words))
    if reduce(or_, kinds[:-1], 0) & JOINING or reduce(or_, kinds) & DIGIT:
        return 0.0
    if _is_team(words) or _are_two(words, kinds):
        return 0.0
    places, listed = gazetteer(), organisations()
    first, last = words[0].rstrip("."), words[-1].removesuffix("'s")
    first_is = kinds[0] if first is words[0] else kind_of(first)
    last_is = kinds[-1] if last is words[-1] else kind_of(last)
    given, initials, known = first_is & GIVEN, kinds[0] & INITIALS, last_is & LAST
    score = 0.42
    if given:
        score += 0.34
    elif initials:
        score += 0.25
    if known:
        score += 0.16
    if reduce(or_, kinds[1:-1], 0) & INITIALS:
        score += 0.2
    if not known and last.endswith("s") and kind_of(last[:-1]) & COMMON:
        score -= 0.5  # "Lewis Leathers"
    elif last_is & ORDINARY:
        score -= 0.1 if (given or initials) and known else 0.5
    if (
        first_is & (DEMONYM | THING | VERY_COMMON)
        or (first_is & COMMON and not first_is & FIRST)
        or places.is_area(first)
    ):
        score -= 0.15 if given else 0.4
    elif not given and places.is_clear(first):
        score -= 0.3
    if not known and (
        last in listed or first in _ARTICLES or (places.is_area(last) and len(words) == 2)
    ):  # "El Economista", "Sierra Nevada"
        score -= 0.5
    if first in listed:  # a car, a film, a product of theirs
        score -= 0.3
    if len(words[0]) > 3 and words[0].isupper() and all(len(word) > 1 and word.isupper() for word in words):
        score -= 0.25
    if len(words) > 2 and any(kind_of(word) & (THING | COMMON) and len(word) > 3 for word in words[1:-1]):
        score -= 0.4
    return max(0.0, min(0.95, score))


def _is_team(words: list[str]) -> bool:
    """`Washington Redskins`, `Green Bay Packers`."""
    if not words[-1].endswith("s") or kind_of(words[-1]) & LAST:
        return False
    places, before = gazetteer(), " ".join(words[:-1])
    return (
        places.is_area(before)
        or places.is_famous(before)
        or (places.is_known(before) and before not in known_names().first)
    )


def _are_two(words: list[str], kinds: list[int]) -> bool:
    """`Ann Keller Peter Vash`: two people of a list, between whom nothing stands."""
    return len(words) == 4 and bool(kinds[0] & kinds[2] & FIRST) and not kinds[1] & FIRST
