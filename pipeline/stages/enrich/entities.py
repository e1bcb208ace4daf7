"""People, places and organisations named in a text, by rules.

A run of capitalised words is a candidate. It is a place if the gazetteer knows it, an organisation by its head word
("Ministry", "Council", "Inc"), a person by a title before it ("President") or a verb of saying next to it, or because it
is two or three capitalised words that are neither. English capitalisation is assumed, so other languages get places and
organisations only. A first cut: docs/enrichment.md has the measure.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.stages.enrich.people import OFFICE, role_of
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.words import stop_words
from schemas.enrichment import Entity, EntityKind

_NAME = r"(?:[A-Z](?:\.[A-Z])+\.?|(?:d['’]|O['’]|Mc|Mac)?[A-ZÀ-ÖØ-Þ][^\W\d_]+(?:[-'’][A-ZÀ-ÖØ-Þ]?[^\W\d_]+)*|[A-Z]\.)"
_LINK = r"(?:of|for|the|de|da|di|van|von|der|den|bin|al|el|la|le|du)"
_LINK_WORD = re.compile(_LINK)
# begins with one class of letters, so that the search can jump from capital to capital
_FIRST = r"[A-ZÀ-ÖØ-Þ](?:(?:\.[A-Z])+\.?|\.|(?:['’][A-ZÀ-ÖØ-Þ])?[^\W\d_]+(?:[-'’][A-ZÀ-ÖØ-Þ]?[^\W\d_]+)*)"
_RUN = re.compile(rf"{_FIRST}(?:['’]?\s+(?:{_LINK}\s+){{0,2}}{_NAME})*")
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
_JOINT = re.compile(r"\b(?:of|for|the)\b")
_PLACE_BEFORE = re.compile(r"\b(?:in|at|near|from|to|outside|around|towards?|city of|town of|village of|port of)\s+$")
_PLACE_AFTER = re.compile(r",\s+(?:a|an|the)\s+(?:\w+\s+)?(?:city|town|village|port|suburb|capital)\b")
MAX_ENTITIES, MAX_SPANS = 100, 20
"""Entities of one text, and positions stored of each."""
Span = tuple[int, int, int]
"""Paragraph from 0, first character, and the one after the last."""
_LANDSCAPE = re.compile(
    r"\b(?:Mountains?|River|Lake|Sea|Ocean|Gulf|Bay|Valley|Desert|Island|Islands|Peninsula|Strait)\b"
)


class _Guess(NamedTuple):
    """What a name could be, from its own words."""

    name: str
    kind: EntityKind | None
    """None: a person, or a small place where the text says so."""
    may_be_place: bool
    full: bool
    """Has the shape of a person's full name."""
    single: bool
    """One word."""
    at: int
    """Where in the run of capitalised words; -1 where the text has it with other spaces."""


def entities(paragraphs: tuple[str, ...], language: str | None, dateline: str | None = None) -> tuple[Entity, ...]:
    """Entities with how often and where each is named, most often first. A surname alone counts for its full name; a
    place has its country and, as a city, its coordinates, chosen by the countries that the text is about. A place of the
    dateline is there too, though the text may not name it."""
    people: dict[str, list[Span]] = {}
    roles: dict[str, str | None] = {}
    found: dict[tuple[EntityKind, str], list[Span]] = {}
    singles: dict[str, list[Span]] = {}
    english = language in (None, "en")
    for n, paragraph in enumerate(paragraphs):
        plain = paragraph.replace("’", "'")
        for match in _RUN.finditer(plain):
            run, start = match[0], match.start()
            inside, at_beginning = _guesses(run)
            guesses = at_beginning if inside is not at_beginning and _begins_sentence(plain, start) else inside
            for guess in guesses:
                name = guess.name
                at = start + guess.at if guess.at >= 0 else max(0, plain.find(name, start))
                span = (n, at, at + len(name))
                if guess.kind is not None:
                    found.setdefault((guess.kind, name), []).append(span)
                elif guess.may_be_place and _said_to_be_place(plain, at, span[2]):
                    found.setdefault((EntityKind.PLACE, name), []).append(span)
                elif not english:
                    continue
                elif guess.full:
                    spans = people.setdefault(name, [])
                    spans.append(span)
                    if len(spans) <= 2 and roles.get(name) is None:  # said when somebody is introduced
                        roles[name] = role_of(paragraph, at, span[2])
                elif guess.single:  # counts only if it is the surname of somebody named in full
                    singles.setdefault(name, []).append(span)
    return ranked(found, people, singles, roles, dateline)


def ranked(
    found: dict[tuple[EntityKind, str], list[Span]],
    people: dict[str, list[Span]],
    singles: dict[str, list[Span]],
    roles: dict[str, str | None],
    dateline: str | None = None,
) -> tuple[Entity, ...]:
    """Places and organisations, people by their full names, and names of one word, which count for the full name that
    ends with them: as entities, most often named first."""
    owners = {full.split()[-1]: full for full in reversed(people)}
    for name, spans in singles.items():
        if name in owners:
            people[owners[name]].extend(spans)
    for place in _in_dateline(dateline):
        found.setdefault((EntityKind.PLACE, place), [])
    everything = found | {(EntityKind.PERSON, name): spans for name, spans in people.items()}
    in_order = sorted(everything.items(), key=lambda item: (-len(item[1]), item[0][1]))
    countries = _countries(found)
    return tuple(
        _entity(kind, name, spans, countries, roles.get(name)) for (kind, name), spans in in_order[:MAX_ENTITIES]
    )


def _in_dateline(dateline: str | None) -> list[str]:
    """`YEREVAN, Armenia` names Yerevan and Armenia."""
    parts = [part.strip() for part in (dateline or "").split(",")]
    names = [part.title() if part.isupper() and len(part) > 3 else part for part in parts]
    return [name for name in names if name and gazetteer().is_known(name)]


@lru_cache(maxsize=16_384)
def _guesses(run: str) -> tuple[tuple[_Guess, ...], tuple[_Guess, ...]]:
    """What the names in a run of capitalised words could be, inside a sentence and at its beginning: the same where that
    makes no difference. The same names are in many stories: remembered."""
    inside, at_beginning = _names(run, False), _names(run, True)
    guesses = tuple(_guess(name, run) for name in inside)
    return guesses, guesses if inside == at_beginning else tuple(_guess(name, run) for name in at_beginning)


def _guess(name: str, run: str) -> _Guess:
    places = gazetteer()
    kind = None
    if places.is_large(name) or _LANDSCAPE.search(name):
        kind = EntityKind.PLACE
    elif _ORGANISATION.search(name) and (" " in name or name.isupper() or "." in name):
        kind = EntityKind.ORGANISATION
    single = " " not in name
    full = not single and len(name.split()) <= 4 and not _JOINT.search(name)
    return _Guess(name, kind, places.is_known(name), full, single, run.find(name))


def _begins_sentence(text: str, at: int) -> bool:
    return at == 0 or bool(_SENTENCE_START.search(text[max(0, at - 3) : at]))


def _entity(kind: EntityKind, name: str, spans: list[Span], countries: frozenset[str], role: str | None) -> Entity:
    country = gazetteer().country(name) if kind is EntityKind.PLACE else None
    city = gazetteer().city(name, countries) if kind is EntityKind.PLACE and country is None else None
    return Entity(
        name=name[:512],
        kind=kind,
        count=max(1, len(spans)),
        mentions=tuple(sorted(spans)[:MAX_SPANS]),
        country=city.country if city else country,
        latitude=city.latitude if city else None,
        longitude=city.longitude if city else None,
        role=role if kind is EntityKind.PERSON else None,
    )


def _countries(found: dict[tuple[EntityKind, str], list[Span]]) -> frozenset[str]:
    """Codes of the countries that the text names."""
    codes = (gazetteer().country(name) for kind, name in found if kind is EntityKind.PLACE)
    return frozenset(code for code in codes if code)


def _said_to_be_place(paragraph: str, start: int, end: int) -> bool:
    """Whether the text says that a name which could be anything is a place: "in Shusha", "Shusha, a city in …"."""
    return bool(
        _PLACE_BEFORE.search(paragraph[max(0, start - 20) : start]) or _PLACE_AFTER.match(paragraph[end : end + 30])
    )


def _names(run: str, starts_sentence: bool) -> list[str]:
    """The names in a run of capitalised words, without titles."""
    owner, _, owned = run.replace("’", "'").partition("'s ")
    if owned and gazetteer().is_large(owner):
        return [owner, *_names(owned, False)]
    words = run.replace("’", "'").removesuffix("'s").split()
    while words and (words[0] in _NOT_NAMES or (starts_sentence and words[0].casefold() in stop_words())):
        words, starts_sentence = words[1:], False
    while words and _LINK_WORD.fullmatch(words[0]):
        words = words[1:]
    while words and (words[-1] in _NOT_NAMES or _LINK_WORD.fullmatch(words[-1])):
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
