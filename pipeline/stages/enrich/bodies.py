"""Organisations that the text around a name says are ones: what it calls them, an abbreviation in brackets, a name that goes on
behind "and", a short form of a company's name. English. Pure.

`the newspaper Granma`, `World Boxing Organisation (WBO)`, `Ministry of Trade and Industry`, `Caltex` of the Caltex Petroleum Corp.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from pipeline.stages.enrich.judging import NEVER, ORGANISATION, PERSON
from pipeline.stages.enrich.known_names import common_words, known_names, words_of, words_of_things
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.vocabulary import LEGAL_FORM, ORGANISATION_WORDS, has_organisation_word, is_demonym
from schemas.enrichment import SURE, EntityKind

_CALLED = words_of(
    """group company firm party agency newspaper daily weekly magazine bank network broadcaster airline insurer retailer
    manufacturer supplier subsidiary unit affiliate consortium conglomerate brewer automaker carmaker drugmaker chipmaker
    charity startup start-up club side faction militia union maker giant chain utility"""
)
"""Directly before a name: what it is. Not "publisher" or "producer", which people are too."""
_CALLED_BEHIND = words_of(
    """newspaper newspapers daily weekly magazine shares stock subsidiary airliner freighter factory plc"""
)
_CALLED_TOO = ("news agency", "party", "bank", "television network")
_HEADS_A_COMPANY = words_of("CEO COO CFO CTO founder co-founder cofounder shareholders subsidiary")
"""Behind one of them and "of" a company's name stands: `the founder of Multico`."""
_ENDS_CALLED = frozenset(word[-3:] for word in _CALLED)
_BEGINS_BEHIND = frozenset(word[:3] for word in (*_CALLED_BEHIND, *_CALLED_TOO))
"""By these most names are known to have none of the words beside them."""
_OF_MEMBERS = words_of(
    """member members activists rebels candidate candidates meeting spokesman spokeswoman chairman chief president director
    official officials leader leaders guerrillas statement executives employees headquarters"""
)
_ACTS = words_of(
    """issued launched agreed decided announced plans planned proposed acquired provided offers wants denied
    confirmed says said reported accused urged warned demanded rejected signed"""
)
_BEHIND = re.compile(r"(?:'s)? ([a-z]+(?: [a-z]+)?)")
_ABBREVIATION = re.compile(r" \(([A-Z][A-Za-z&]{1,6})\)")
_SPELLED = re.compile(r" \(((?:[A-Z][\w'-]+ (?:of |for |the |and )?)+[A-Z][\w'-]+)\)")
_SMALL = words_of("of for the and on in & de to")
_HEADS_OF = words_of(
    """Association Union Federation Institute Bank Organisation Organization Council Commission Ministry Department Committee
    Confederation Academy Society Foundation Office Board Bureau Chamber Court Agency Authority League Movement Army Front
    Center Centre Centers"""
)
"""Words of bodies whose names go on with "of", "for" or "on"."""
_GOES_ON = re.compile(
    r"(?: (?:and|&)(?: [A-Z][a-z]+){1,3}| on(?: [A-Z][a-z]+){1,3})(?: (?:in|of)(?: the)?(?: [A-Z][a-z]+){1,2})?(?![\w'-]|, [A-Z])"
)
_MAY_GO_ON = frozenset([" and", " on ", *(f" & {letter}" for letter in string.ascii_uppercase)])
_MAY_HAVE_BEGUN = frozenset(["and ", *(f"{letter} & " for letter in string.ascii_lowercase)])
_BEGUN = re.compile(r"((?:[A-Z][\w'-]* )+)(?:and|&) $")
_LEGAL = re.compile(rf"^(.+?) (?:(?:[A-Z]\w+ )*)(?:{LEGAL_FORM}|Group|Holdings|Industries)\.?$")
_LEGAL_OR_KIND = re.compile(
    r"^(?:[A-Z]\w+ )(?:[A-Z][\w-]+ )*(?:Systems|Technologies|Pharmaceuticals|Airlines|Airways|Motors|Laboratories|Labs|Electronics"
    r"|Semiconductors?|Entertainment|Studios|Software|Networks|Therapeutics|Biosciences|Robotics|Foods|Steel|Petroleum)$"
)
"""A company by what it makes: its first word is its short form."""
_SPELLED_OUT, _SAID, _DOES = 0.9, 0.95, 0.82
"""How sure a name is by its abbreviation, by what it is called, by what it does."""
_DAYS = words_of("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")


def is_called(name: str, before: str, after: str) -> bool:
    """Whether the text says right beside the name what organisation it is: `mineral water firm Multico`, `Liberte newspaper`."""
    if before[-4:-1] in _ENDS_CALLED and before[-1] == " ":
        word = before.rsplit(None, 1)[-1]
        if word.casefold() in _CALLED and not word.isupper():
            return _may_be_body(name)
    following = _BEHIND.match(after) if after[1:4] in _BEGINS_BEHIND else None
    if following is None:
        return False
    return (following[1].partition(" ")[0] in _CALLED_BEHIND or following[1].startswith(_CALLED_TOO)) and _may_be_body(
        name
    )


def is_headed(name: str, before: str) -> bool:
    """Whether somebody is said to head it or to have founded it: `Ann Lee, the CEO of` Multico."""
    words = before.rsplit(None, 2)
    known = known_names()
    return (
        len(words) > 1
        and words[-2].strip(",") in _HEADS_A_COMPANY
        and " " not in name
        and not (name in known.first or name in known.last)
        and _may_be_body(name)
    )


@lru_cache(maxsize=16_384)
def _may_be_body(name: str) -> bool:
    words, places = name.split(), gazetteer()
    return not (
        name in _DAYS
        or len(name.rstrip(".")) < 2
        or places.is_area(name)
        or places.is_clear(name)
        or is_demonym(name)
        or (len(words) > 1 and words[0] in known_names().first and words[-1] in known_names().last)
        or (len(words) == 1 and (name in words_of_things() or name.casefold() in common_words().common))
    )


def acts(after: str) -> bool:
    """Whether what follows letters in capitals is what an organisation does or has: `KNP member`, `DNIB issued`."""
    following = _BEHIND.match(after)
    if following is None:
        return False
    word = following[1].partition(" ")[0]
    return word in _OF_MEMBERS or (word in _ACTS and not after.startswith("'s"))


def abbreviated(name: str, after: str) -> str | None:
    """The abbreviation in brackets behind a name of several words that it stands for: `OIC` of `Organisation of Islamic Conference`."""
    match = _ABBREVIATION.match(after) if after.startswith(" (") else None
    if match is None or not match[1].isupper() or " " not in name or not has_organisation_word(name):
        return None
    return match[1]


def stands_for(letters: str, after: str) -> str | None:
    """What letters in capitals stand for, where it follows in brackets: `FOMC (Federal Open Market Committee)`."""
    match = _SPELLED.match(after) if after.startswith(" (") else None
    if match is None or initials(match[1]) != letters or not has_organisation_word(match[1]):
        return None
    return match[1]


def initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word not in _SMALL and word[0].isupper())


def whole_name(name: str, before: str, after: str) -> tuple[str, int] | None:
    """(the whole name, how many characters it begins before), where the name goes on behind "and" or began before it: `Organisation
    for Security` and Cooperation in Europe, Test and `County Cricket Board`. None where it is whole."""
    words = name.split()
    if (
        ("of" in words or "for" in words or (len(words) == 1 and after.startswith(" on ")))
        and any(word in _HEADS_OF for word in words)
        and (match := _GOES_ON.match(after))
        and (match[0].startswith(" on ") or not _is_another(match[0]))
    ):
        return name + match[0], 0
    if words[-1] in ORGANISATION_WORDS and len(words) > 1 and before[-4:] in _MAY_HAVE_BEGUN:
        begun = _BEGUN.search(before)
        first = words[0].casefold()
        if begun and first in common_words().common and not _is_another(f" and {begun[1].split()[-1]}"):
            start = begun[1].removeprefix("The ")
            if start and not has_organisation_word(start) and not gazetteer().is_known(start.strip()):
                return start + before[begun.end(1) :] + name, len(before) - begun.start() - (len(begun[1]) - len(start))
    return None


def _is_another(text: str) -> bool:
    """Whether somebody or something else follows behind "and": `and Poland`, `and Ann Lee`, `and Hamas`."""
    word = text.split()[1]
    # "Bank of England and Treasury", but "Health and Human Services"
    if word in _DAYS or (has_organisation_word(text) and not (word != "Services" and text.endswith(" Services"))):
        return True
    return (
        word not in ("Human", "Trade", "Science")
        and (word in known_names().first or word in known_names().last)
        and word.casefold() not in common_words().common
    ) or (gazetteer().is_known(word) or is_demonym(word) or word.casefold() not in common_words().common)


def short_forms(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(a short form, the company's whole name): `Jones Medical` and `Caltex`, not `Budapest` or `First`."""
    for name in names:
        words, known = name.split(), known_names()
        for size in range(1, len(words) if _LEGAL.match(name) else 2):
            short = " ".join(words[:size])
            if size > 1 or (
                len(short) > 3
                and _may_be_body(short)
                and not gazetteer().is_known(short)
                and short not in known.first
                and short not in known.last
            ):
                yield short, name


def _is_company(name: str) -> bool:
    return _LEGAL.match(name) is not None or _LEGAL_OR_KIND.match(name) is not None


class Body(NamedTuple):
    """An organisation's name, as the text around a piece of it shows."""

    name: str
    confidence: float
    begins_before: int = 0
    """Characters by which it begins before the piece."""
    letters: str | None = None
    """Its abbreviation, where that follows in brackets; the name itself, where it is nobody's wherever it stands."""


def body_at(name: str, before: str, after: str) -> Body | None:
    """The organisation, where what stands around the name says that it is one."""
    beside = after[:4]
    if (beside in _MAY_GO_ON or before[-4:] in _MAY_HAVE_BEGUN) and (whole := whole_name(name, before, after)):
        return Body(whole[0], _SPELLED_OUT, whole[1])
    if beside[:1] == " ":
        if beside[1:2] == "(" and (letters := abbreviated(name, after)):
            return Body(name, _SPELLED_OUT, letters=letters)
        if 1 < len(name) <= 6 and name.isupper() and name.isalpha() and name not in NEVER:
            if stands_for(name, after):
                return Body(name, _SPELLED_OUT)
            if acts(after) and not gazetteer().is_area(name) and name.casefold() not in common_words().common:
                return Body(name, _DOES)
    if before.endswith(" of ") and is_headed(name, before):
        return Body(name, _SAID, letters=name)
    return Body(name, _SAID) if is_called(name, before, after) else None


class Bodies:
    """The organisations of one text."""

    def __init__(self) -> None:
        self._letters: set[str] = set()

    def read(self, body: Body) -> None:
        if body.letters:
            self._letters.add(body.letters)

    def elsewhere(self, best: Mapping[str, Mapping[EntityKind, float]]) -> Iterator[str]:
        """Of the names of the text, with how sure each kind is: those that are organisations by what it has of them elsewhere, as
        an abbreviation in brackets or a whole name."""
        yield from self._letters & best.keys()
        companies = [name for name, of in best.items() if of.get(ORGANISATION, 0.0) >= SURE and _is_company(name)]
        for short, name in short_forms(companies):
            if short != name and best.get(short, {}).get(PERSON, SURE) < SURE:
                yield short
