"""What all lists say of one word: looked up once, and remembered for the next texts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache, reduce
from operator import or_

from pipeline.stages.enrich.known_names import common_words, known_names, words_of, words_of_things
from pipeline.stages.enrich.words import stop_words

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
_INITIALS = re.compile(r"^(?:(?:[A-Z]\.-?){1,3}|[A-Z]{1,2})$")
_NAMES_ALSO_FIRST = words_of(
    """Will Mark May Art Bill Rob Frank Grace Hope Rose John King Prince Jack Joy Dean Grant Harry James George David Paul
    Charles Mary Henry William Peter Robert Thomas"""
)
_JOINING = words_of("of for the and &")

FIRST, LAST, COMMON, VERY_COMMON, THING, DEMONYM, OF_BODY, STOP, GIVEN, INITIALS, JOINING, DIGIT = (
    1 << n for n in range(12)
)
"""A known first name, a known surname; an ordinary word, a very common one, one that ends names of things; of a country's people;
a word such as `Ministry`; one without a topic. GIVEN: the first name of somebody, if it stands first. JOINING: inside a name it shows
that the name is nobody's."""
ORDINARY = COMMON | THING | DEMONYM


@lru_cache(maxsize=65_536)
def kind_of(word: str) -> int:
    """The flags above, of a word as it is written."""
    plain, known, words = word.casefold(), known_names(), common_words()
    first, very = word in known.first, plain in words.very
    found = (
        FIRST * first
        | LAST * (word in known.last)
        | COMMON * (plain in words.common)
        | VERY_COMMON * very
        | THING * (word in words_of_things())
        | STOP * (plain in stop_words())
        | JOINING * (word in _JOINING or word.endswith("'s"))
    )
    if (word in ORGANISATION_WORDS) if word.isalnum() else not ORGANISATION_WORDS.isdisjoint(_WORD.findall(word)):
        found |= OF_BODY
    if (
        (word.endswith(_DEMONYM_ENDS) and _DEMONYM.match(word))
        or word in _DEMONYMS
        or word.removesuffix("s") in _DEMONYMS
    ):
        found |= DEMONYM
    if (not very or word in _NAMES_ALSO_FIRST) and (first or ("-" in word and word.split("-")[0] in known.first)):
        found |= GIVEN
    if _INITIALS.match(word):
        found |= INITIALS
    if not word.isalpha() and any(map(str.isdigit, word)):
        found |= DIGIT
    return found


def kinds_of(words: Iterable[str]) -> int:
    """The flags that any of these words has."""
    return reduce(or_, map(kind_of, words), 0)


def is_demonym(word: str) -> bool:
    return bool(kind_of(word) & DEMONYM)


def has_organisation_word(name: str) -> bool:
    """Whether one of the words says that it is an organisation: `Ministry`, `Corp`."""
    if " " not in name:
        return bool(kind_of(name) & OF_BODY)
    return bool(kinds_of(name.split()) & OF_BODY)
