"""People, places and organisations named in a text, by rules.

A run of capitalised words is a candidate. It is a place if the gazetteer knows it, an organisation by its head word
("Ministry", "Council", "Inc"), a person by a title before it ("President") or a verb of saying beside it, or because it
is two or three capitalised words that are neither. English capitalisation is assumed, so other languages get places and
organisations only. A first cut: docs/enrichment.md has the measure.
"""

from __future__ import annotations

import re
from collections import Counter

from pipeline.processors.enrich.people import OFFICE, role_of
from pipeline.processors.enrich.places import gazetteer
from pipeline.processors.enrich.words import stop_words
from schemas.enrichment import Entity, EntityKind

_NAME = r"(?:[A-Z](?:\.[A-Z])+\.?|(?:d['’]|O['’]|Mc|Mac)?[A-ZÀ-ÖØ-Þ][^\W\d_]+(?:[-'’][A-ZÀ-ÖØ-Þ]?[^\W\d_]+)*|[A-Z]\.)"
_LINK = r"(?:of|for|the|de|da|di|van|von|der|den|bin|al|el|la|le|du)"
_RUN = re.compile(rf"{_NAME}(?:['’]?\s+(?:{_LINK}\s+){{0,2}}{_NAME})*")
_ORGANISATION = re.compile(
    r"\b(?:Ministry|Department|Council|Committee|Commission|Office|Agency|Authority|University|College|Institute|Court"
    r"|Parliament|Senate|Congress|Party|Union|League|Association|Federation|Foundation|Society|Organi[sz]ation|Bank|Fund"
    r"|Company|Corporation|Corp|Inc|Ltd|LLC|PLC|Group|Holdings|Airlines|Airways|Police|Army|Navy|Force|Forces|Guard"
    r"|Service|Services|Bureau|Board|Centre|Center|Hospital|Museum|Times|Post|Herald|Tribune|Guardian|News|Club|United"
    r"|Network|Alliance|Movement|Front|Cross|Nations|NATO|UN|EU|IMF|WHO|FBI|CIA|BBC|CNN|U\.N\.|E\.U\.)\b"
)
_TITLE = re.compile(
    r"^(?:(?:U\.S\.|US|UK|British|French|German|Russian|Prime|Vice|Deputy|Former|Acting|First|Foreign|Defen[cs]e|Interior"
    r"|Finance|National|Security|General|Chief|Lord|Lady)\s+)*(?:President|Minister|Secretary|Chancellor|Premier|Senator|Sen\.|Rep\."
    r"|Governor|Gov\.|Mayor|Judge|Justice|Ambassador|Spokesman|Spokeswoman|Spokesperson|Director|Chairman|Chairwoman|Chair|King"
    r"|Queen|Prince|Princess|Pope|Bishop|Sheikh|Imam|Rabbi|Captain|Capt\.|Colonel|Col\.|Major|Lieutenant|Lt\.|Sergeant|Sgt\.|Admiral|General"
    r"|Gen\.|Commander|Dr\.?|Prof\.?|Professor|Mr\.?|Mrs\.?|Ms\.?|Miss|Sir|Dame|Inspector|Detective|Officer|Aide|Ombudsman)\s+"
)
_OCCUPATION = re.compile(
    rf"^(?:[Aa]rchbishop|[Cc]ellist|[Ee]ngineer|[Dd]river|[Ss]tudent|[Pp]oet|[Ww]riter|[Aa]ctor|[Aa]ctress|[Ss]inger|(?i:{OFFICE}))\s+(?=\S+\s+\S)"
)
_SENTENCE_START = re.compile(r"(?:[.!?:]\s+|[.!?][”\"’)]\s+|[\n“\"])$")
_NOT_NAMES = frozenset(
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "The",
        "A",
        "An",
        "In",
        "On",
        "At",
        "By",
        "For",
        "From",
        "With",
        "But",
        "And",
        "Or",
        "If",
        "As",
        "It",
        "He",
        "She",
        "They",
        "We",
        "You",
        "I",
        "This",
        "That",
        "These",
        "Those",
        "There",
        "When",
        "While",
        "Where",
        "What",
        "Who",
        "Why",
        "How",
        "Not",
        "No",
        "Yes",
        "Most",
        "Many",
        "Some",
        "All",
        "Both",
        "Each",
        "Such",
        "After",
        "Before",
        "During",
        "Since",
        "Until",
        "Upon",
        "Under",
        "Over",
        "Despite",
        "Although",
        "Though",
        "However",
        "Meanwhile",
        "Also",
        "Even",
        "Amid",
        "Amidst",
        "Its",
        "His",
        "Her",
        "Their",
        "Our",
    ]
)
_DEMONYM = re.compile(r"^\w+(?:ian|ani|ese|ish|ean|can|qi)s?$")
_LANDSCAPE = re.compile(
    r"\b(?:Mountains?|River|Lake|Sea|Ocean|Gulf|Bay|Valley|Desert|Island|Islands|Peninsula|Strait)\b"
)


def entities(paragraphs: tuple[str, ...], language: str | None) -> tuple[Entity, ...]:
    """Entities with how often each is named, most often first. A surname alone counts for its full name; a place has its
    country and, as a city, its coordinates, chosen by the countries that the text is about."""
    places = gazetteer()
    people: Counter[str] = Counter()
    roles: dict[str, str | None] = {}
    found: Counter[tuple[EntityKind, str]] = Counter()
    singles: Counter[str] = Counter()
    for paragraph in paragraphs:
        for match in _RUN.finditer(paragraph):
            start = match.start()
            starts_sentence = start == 0 or bool(_SENTENCE_START.search(paragraph[max(0, start - 3) : start]))
            for name in _names(match[0], starts_sentence):
                if places.is_large(name) or _LANDSCAPE.search(name) or _is_small_place(name, paragraph, match):
                    found[(EntityKind.PLACE, name)] += 1
                elif _ORGANISATION.search(name) and (" " in name or name.isupper() or "." in name):
                    found[(EntityKind.ORGANISATION, name)] += 1
                elif language not in (None, "en"):
                    continue
                elif " " in name and len(name.split()) <= 4 and not re.search(r"\b(?:of|for|the)\b", name):
                    people[name] += 1
                    at = paragraph.find(name, match.start())
                    if at >= 0 and roles.get(name) is None and people[name] <= 2:  # said when somebody is introduced
                        roles[name] = role_of(paragraph, at, at + len(name))
                elif " " not in name:  # counts only if it is the surname of somebody named in full
                    singles[name] += 1
    for name, n in singles.items():
        owner = next((full for full in people if full.split()[-1] == name), None)
        if owner:
            people[owner] += n
    for name, n in people.items():
        found[(EntityKind.PERSON, name)] += n
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0][1]))
    countries = _countries(found)
    return tuple(_entity(kind, name, n, countries, roles.get(name)) for (kind, name), n in ranked[:100])


def _entity(kind: EntityKind, name: str, n: int, countries: Counter[str], role: str | None) -> Entity:
    if kind is not EntityKind.PLACE:
        return Entity(name=name[:512], kind=kind, count=n, role=role)
    country = gazetteer().country(name)
    city = None if country else gazetteer().city(name, countries)
    if city is None:
        return Entity(name=name[:512], kind=kind, count=n, country=country)
    return Entity(
        name=name[:512], kind=kind, count=n, country=city.country, latitude=city.latitude, longitude=city.longitude
    )


def _countries(found: Counter[tuple[EntityKind, str]]) -> Counter[str]:
    """Codes of the countries that the text names, with how often."""
    named: Counter[str] = Counter()
    for (kind, name), n in found.items():
        if kind is EntityKind.PLACE and (code := gazetteer().country(name)):
            named[code] += n
    return named


def _is_small_place(name: str, paragraph: str, match: re.Match[str]) -> bool:
    """Whether the text itself says that a name which could be anything is a place: "in Shusha", "Shusha, a city in …"."""
    if not gazetteer().is_known(name):
        return False
    at = paragraph.find(name, match.start())
    before, after = paragraph[max(0, at - 20) : at], paragraph[at + len(name) : at + len(name) + 30]
    return bool(
        re.search(r"\b(?:in|at|near|from|to|outside|around|towards?|city of|town of|village of|port of)\s+$", before)
        or re.match(r",\s+(?:a|an|the)\s+(?:\w+\s+)?(?:city|town|village|port|suburb|capital)\b", after)
    )


def _names(run: str, starts_sentence: bool) -> list[str]:
    """The names in a run of capitalised words, without titles."""
    owner, _, owned = run.replace("’", "'").partition("'s ")
    if owned and gazetteer().is_large(owner):
        return [owner, *_names(owned, False)]
    words = re.sub(r"'s$", "", run.replace("’", "'")).split()
    while words and (words[0] in _NOT_NAMES or (starts_sentence and words[0].casefold() in stop_words())):
        words, starts_sentence = words[1:], False
    while words and re.fullmatch(_LINK, words[0]):
        words = words[1:]
    while words and (words[-1] in _NOT_NAMES or re.fullmatch(_LINK, words[-1])):
        words = words[:-1]
    if not words:
        return []
    name = " ".join(words)
    places = gazetteer()
    person, _, body = name.partition(" of the ")
    if body and len(person.split()) > 1 and not _ORGANISATION.search(person):
        # "Martin Aaberg of the Harbour Workers' Union"
        return [*_names(person, False), *_names(body, False)]
    if places.is_large(name) or _ORGANISATION.search(name):
        return [name]
    if occupation := _OCCUPATION.match(name):
        return _names(name[occupation.end() :], False)
    if titled := _TITLE.match(name + " "):
        rest = (name + " ")[titled.end() :].strip()
        return [rest] if rest else []
    if len(words) > 1 and _DEMONYM.match(words[-1]):
        return _names(" ".join(words[:-1]), False) if places.is_large(words[0]) else []
    if len(words) > 2 and places.is_large(words[0]):
        # "Azerbaijan President Ilham Aliyev": a place, then a titled person
        return [words[0], *_names(" ".join(words[1:]), False)]
    if len(words) > 1 and _DEMONYM.match(words[0]) and _TITLE.match(" ".join(words[1:]) + " "):
        return _names(" ".join(words[1:]), False)
    return [name]
