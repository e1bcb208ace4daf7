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
LEGAL_FORM = r"(?:Corporation|Corp|Inc|Ltd|LLC|PLC|Plc|AG|SA|S\.A|NV|N\.V|GmbH|Co|Company|Bhd)"
"""What a company's name ends with by law, for patterns; a full stop may follow."""
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
_LONGEST_INITIALS = 10
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


@lru_cache(maxsize=1)
def _listed() -> tuple[dict[str, int], dict[str, int]]:
    """(words as they are written, words in lower case), each with the flags of all lists that have it. Made once."""
    written: dict[str, int] = {}
    plain: dict[str, int] = {}
    known, words = known_names(), common_words()
    of_people = [*_DEMONYMS, *(f"{word}s" for word in _DEMONYMS)]
    for table, listed, flag in (
        (written, known.first, FIRST | GIVEN),
        (written, known.last, LAST),
        (written, words_of_things(), THING),
        (written, ORGANISATION_WORDS, OF_BODY),
        (written, of_people, DEMONYM),
        (written, _JOINING, JOINING),
        (plain, words.common, COMMON),
        (plain, words.very, VERY_COMMON),
        (plain, stop_words(), STOP),
    ):
        for word in listed:
            table[word] = table.get(word, 0) | flag
    return written, plain


@lru_cache(maxsize=65_536)
def kind_of(word: str) -> int:
    """The flags above, of a word as it is written."""
    written, plain = _listed()
    found = written.get(word, 0) | plain.get(word.casefold(), 0)
    if word.endswith(_DEMONYM_ENDS) and _DEMONYM.match(word):
        found |= DEMONYM
    if not word.isalpha():
        found |= _of_marks(word, written)
    if found & VERY_COMMON and found & GIVEN and word not in _NAMES_ALSO_FIRST:
        found ^= GIVEN
    return found | INITIALS if len(word) < _LONGEST_INITIALS and _INITIALS.match(word) else found


def _of_marks(word: str, written: dict[str, int]) -> int:
    """What is known of a word with marks or digits, besides what the lists say of it."""
    found = 0
    if not ORGANISATION_WORDS.isdisjoint(_WORD.findall(word)):
        found |= OF_BODY
    if "-" in word and written.get(word.split("-")[0], 0) & FIRST:
        found |= GIVEN
    if word.endswith("'s"):
        found |= JOINING
    return found | DIGIT if any(map(str.isdigit, word)) else found


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
