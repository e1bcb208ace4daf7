"""What a name may be the name of, by its own words: known names, head words of organisations, the gazetteer. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.stages.enrich.known_names import common_words, known_names, organisations, words_of, words_of_things
from pipeline.stages.enrich.one_person import parts
from pipeline.stages.enrich.places import gazetteer
from schemas.enrichment import EntityKind

PERSON, PLACE, ORGANISATION = EntityKind.PERSON, EntityKind.PLACE, EntityKind.ORGANISATION

ORGANISATION_WORDS = words_of(
    """Ministry Department Council Committee Commission Office Agency Authority University College Institute Court
    Parliament Senate Congress Party Union League Association Federation Foundation Society Organisation Organization
    Bank Fund Company Corporation Corp Inc Ltd LLC PLC Plc AG SA NV GmbH Co Group Holding Holdings Airlines Airways
    Police Army Navy Force Forces Guard Service Services Bureau Board Centre Center Hospital Museum Times Post Herald
    Tribune Guardian News Club United FC AFC SC Network Alliance Movement Front Nations Bancorp Securities Industries
    Technologies Systems Partners Capital Pharmaceuticals Motors Motor Electric Petroleum Insurance Telecom
    Communications Brothers Rovers Wanderers Athletic Albion Hotspur Dynamo Dinamo Spartak Lokomotiv Sporting Real
    Atletico Newspaper Newspapers Press Academy School Church Orchestra Chamber Brigade Mint Treasury Exchange
    Secretariat Administration Newsroom"""
)
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
_DEMONYM = re.compile(r"^\w+(?:ian|ani|ese|ish|ean|can|qi|lese|aeli|stani)s?$")
_DEMONYM_ENDS = tuple(
    end + plural for end in ["ian", "ani", "ese", "ish", "ean", "can", "qi", "aeli"] for plural in ("", "s")
)
"""One of them ends whatever _DEMONYM matches."""
_DEMONYMS = words_of(
    """French Dutch Greek Czech Swiss Thai German Arab Israeli Iraqi Kuwaiti Saudi Afghan Kurdish Bosnian Serb Serbs Croat
    Croats Palestinian Chechen Filipino Welsh Basque Tamil Slovak Uzbek Turk Turks Jewish Muslim Islamic Christian
    Catholic Protestant Soviet Nazi Moslem Hindu Sikh Sunni Shiite African Asian Pakistani"""
)
SURNAME_BEGINS = re.compile(r"(?:Mc|O'|Mac)[A-Z][a-z]{2}")
"""`McAteer`, `O'Neill`: nothing else is written so."""
INITIALS = re.compile(r"^(?:(?:[A-Z]\.-?){1,3}|[A-Z]{1,2})$")
NEVER = words_of(
    """I Mr Mrs Ms Dr Sir TV GMT BST EST EDT PM AM OK Internet Web AIDS HIV DNA GDP CEO CFO VAT ID PC DVD CD Q&A FAQ HTML PDF
    URL VIP SUV RBI ERA MVP GP No Nos vs St LED LCD USB GPS RNA MRI SMS IPO FAQs RRP"""
)


_ROYAL = words_of("King Queen Prince Princess Pope")
_NAMES_ALSO_FIRST = words_of(
    """Will Mark May Art Bill Rob Frank Grace Hope Rose John King Prince Jack Joy Dean Grant Harry James George David Paul
    Charles Mary Henry William Peter Robert Thomas"""
)


_NO_HOLDER = words_of(
    "General Major Chief Minister Secretary Officer Assistant Commissioner Audio Video Controller Editor Staff Assembly Election Elections Counsel"
)


_MOST_WORDS = 7
"""Of a body's name, with a head word inside: a longer one is a list."""


class Verdict(NamedTuple):
    kind: EntityKind
    confidence: float


@lru_cache(maxsize=16_384)
def judge(name: str, titled: bool) -> tuple[Verdict, ...]:
    """What a name is by its own words: what it may be, best first, before the text around it is looked at."""
    places, things = gazetteer(), words_of_things()
    words = name.split()
    last = words[-1]
    if name in NEVER or len(name) < 2 or (len(words) == 1 and not titled and is_demonym(name)):
        return ()
    if titled and len(words) <= (4 if words[0] in _ROYAL else 3) and not has_organisation_word(name):
        if len(words) > 1 and words[0].casefold() in common_words().very and not _is_name_too(words):
            return ()  # "Online Leader Success Mindset"
        if len(words) > 1 and _is_team(words):
            return ()
        if len(words) == 1 and (name in things or name in _NO_HOLDER) and name not in known_names().last:
            return ()  # "Office of the Inspector General", "Pierre's General Store"
        return (Verdict(PERSON, 0.92),)
    if name in organisations():
        return (Verdict(ORGANISATION, 0.9), *_as_place(name))
    if places.is_clear(name) or _COMPASS.match(name):
        return (Verdict(PLACE, 0.9),)
    if _last_word(name) in _EVENTS or name in _LEAGUES:
        return ()
    if len(words) > 1 and has_organisation_word(_COUNTRIES.sub("", name)) and not _NO_ORGANISATION.search(name):
        known = known_names()
        person = len(words) <= 3 and words[0] in known.first and last in known.last
        whole = len(words) <= 6 and (has_organisation_word(last) or _BEGINS_ORGANISATION.match(name))
        if words[1:3] == ["of", "the"] and not has_organisation_word(words[0]):
            return (Verdict(ORGANISATION, 0.5),)  # "Wee of the Times"
        if person or not (whole or _HEAD_INSIDE.search(name)) or _is_ordinary(words) or _AWARD.search(name):
            return (Verdict(ORGANISATION, 0.5),)
        return (Verdict(ORGANISATION, 0.86 if whole else 0.82 if len(words) <= _MOST_WORDS else 0.5),)
    if len(words) > 1 and _DOTTED_FORM.search(name):
        return (Verdict(ORGANISATION, 0.88),)
    if len(words) > 1 and _SURELY_LANDSCAPE.search(name):
        return (Verdict(PLACE, 0.82),)
    found = list(_as_place(name))
    if len(words) > 1:
        if 2 <= len(words) <= 4:
            found.append(Verdict(PERSON, as_person(words)))
    elif len(name) > 6 and name.isupper() and places.in_capitals(name):
        return (Verdict(PLACE, 0.82),)
    elif name.isupper() and 2 < len(name) <= 6 and name.isalpha():
        if places.in_capitals(name):  # a dateline, a heading of a list
            return (Verdict(PLACE, 0.82),)
        if name.casefold() in common_words().very:  # a word that is shouted
            return tuple(found)
        found.append(Verdict(ORGANISATION, 0.55))
    elif SURNAME_BEGINS.match(last):
        found.append(Verdict(PERSON, 0.45))
    elif (
        last not in things
        and not last[1:].isupper()
        and last[1:].islower()
        and (last.casefold() not in common_words().common or _is_first_name(last))
    ):
        found.append(Verdict(PERSON, 0.3 if last in known_names().last else 0.15))
    return tuple(sorted(found, key=lambda verdict: -verdict.confidence))


def _is_ordinary(words: list[str]) -> bool:
    """`Standing Committee`, `Primary School`: two ordinary words, of which there are many."""
    common = common_words().common
    return (
        len(words) == 2
        and words[0] not in _STATE
        and words[0].casefold() in common
        and words[1].casefold() in common
        and not (gazetteer().is_known(words[0]) or words[0] in known_names().last or words[0] in known_names().first)
    )


def _last_word(name: str) -> str:
    """The word that ends the name; nothing where it ends with a mark."""
    words = _WORD.findall(name[-20:])
    return words[-1] if words and name.endswith(words[-1]) else ""


def _is_name_too(words: list[str]) -> bool:
    known = known_names()
    return words[0] in known.first or words[0] in _ROYAL or words[-1] in known.last


def _is_first_name(word: str) -> bool:
    return word in known_names().first and word.casefold() not in common_words().very


def _as_place(name: str) -> tuple[Verdict, ...]:
    places = gazetteer()
    if not places.is_known(name):
        return (Verdict(PLACE, 0.5),) if " " in name and _LANDSCAPE.search(name) else ()
    if name in words_of_things():  # "in Spring"
        return (Verdict(PLACE, 0.4),)
    return (Verdict(PLACE, 0.62 if places.is_area(name) else 0.5),)


def as_person(words: list[str]) -> float:
    """How much the words of a name of two to four words look like a person's."""
    known, things = known_names(), words_of_things()
    words, _ = parts(" ".join(words))
    first, last = words[0].rstrip("."), words[-1].removesuffix("'s")
    words_of_language = common_words()
    given = (first in known.first or first.split("-")[0] in known.first) and (
        first.casefold() not in words_of_language.very or first in _NAMES_ALSO_FIRST
    )
    if any(word in ("of", "for", "the", "and", "&") or word.endswith("'s") for word in words[:-1]):
        return 0.0
    if _is_team(words) or _are_two(words):
        return 0.0
    if any(character.isdigit() for word in words for character in word):
        return 0.0
    score = 0.42
    if given:
        score += 0.34
    elif INITIALS.match(words[0]):
        score += 0.25
    if last in known.last:
        score += 0.16
    if any(INITIALS.match(word) for word in words[1:-1]):
        score += 0.2
    if last not in known.last and last.endswith("s") and last[:-1].casefold() in words_of_language.common:
        score -= 0.5  # "Lewis Leathers"
    elif last in things or is_demonym(last) or last.casefold() in words_of_language.common:
        score -= 0.1 if (given or INITIALS.match(words[0])) and last in known.last else 0.5
    if (
        is_demonym(first)
        or first in things
        or (first.casefold() in words_of_language.common and first not in known.first)
        or first.casefold() in words_of_language.very
        or gazetteer().is_area(first)
    ):
        score -= 0.15 if given else 0.4
    elif gazetteer().is_clear(first) and not given:
        score -= 0.3
    places = gazetteer()
    if last not in known.last and (
        last in organisations() or first in _ARTICLES or (places.is_area(last) and len(words) == 2)
    ):  # "El Economista", "Sierra Nevada"
        score -= 0.5
    if first in organisations():  # a car, a film, a product of theirs
        score -= 0.3
    if len(words[0]) > 3 and all(len(word) > 1 and word.isupper() for word in words):
        score -= 0.25
    if any(word in things or word.casefold() in words_of_language.common for word in words[1:-1] if len(word) > 3):
        score -= 0.4
    return max(0.0, min(0.95, score))


def _is_team(words: list[str]) -> bool:
    """`Washington Redskins`, `Green Bay Packers`."""
    places, last = gazetteer(), words[-1]
    if not last.endswith("s") or last in known_names().last:
        return False
    before = " ".join(words[:-1])
    return (
        places.is_area(before)
        or places.is_famous(before)
        or (places.is_known(before) and before not in known_names().first)
    )


def _are_two(words: list[str]) -> bool:
    """`Ann Keller Peter Vash`: two people of a list, between whom nothing stands."""
    known = known_names()
    return len(words) == 4 and words[0] in known.first and words[2] in known.first and words[1] not in known.first


def is_demonym(word: str) -> bool:
    return (
        (word.endswith(_DEMONYM_ENDS) and bool(_DEMONYM.match(word)))
        or word in _DEMONYMS
        or word.removesuffix("s") in _DEMONYMS
    )


def has_organisation_word(name: str) -> bool:
    """Whether one of the words says that it is an organisation: `Ministry`, `Corp`."""
    return not ORGANISATION_WORDS.isdisjoint(_WORD.findall(name))
