"""The people of a text, and whom `he` and `she` mean. English. Pure.

A pronoun means the subject of the nearest sentence that names people, where that person can be `he` or `she`: by the first name,
or by the pronouns and titles that the text uses for the person. A name that may be anybody's, or two that fit, mean nobody: a wrong
speaker is worse than none.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from pipeline.stages.enrich.known_names import common_words, first_names_of_women_and_men, organisations, words_of
from pipeline.stages.enrich.naming import NOT_FIRST
from pipeline.stages.enrich.one_person import surname
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.saying import VERBS, without_short_points
from pipeline.stages.enrich.vocabulary import ORGANISATION_WORDS, is_demonym

NAME = r"[A-Z][\w’'-]*(?:\.[A-Z]\.)*(?:\s+(?:(?:de|van|von|der|bin|al|el|la|di|da)\s+)?(?:[A-Z][\w’'-]*|[A-Z]\.))*"
_NAMES = re.compile(NAME)
_OWNER = re.compile(r"[’']s?$")
_NUMBERED = re.compile(r",?\s+(?:II|III|IV|Jr|Sr|Jnr|Snr)\.?$")
_NUMBERS = ("II", "III", "IV", "Jr", "Sr", "Jnr", "Snr")
_END = re.compile(r"[.!?…][”\"’')]*\s+(?=[A-Z“\"])")
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he)\b")
_SMALL = re.compile(r"\w+")
_OF_MEN, _OF_WOMEN = frozenset(["he", "his", "him", "himself"]), frozenset(["she", "her", "hers", "herself"])
_TITLED = re.compile(rf"\b(?P<title>Mr|Sir|Lord|Mrs|Ms|Miss|Lady|Dame)\.?\s+(?P<name>{NAME})")
_MEN = ("Mr", "Sir", "Lord")
_TITLES = frozenset([*_MEN, "Mrs", "Ms", "Miss", "Lady", "Dame"])
_FOR_TITLE, _ENOUGH = 3, 4
_LAST_WORD = re.compile(r"(\w+)\W*$")
_ARTICLE = re.compile(r"\b(?:[Tt]he|[Aa]n?)\s$")
_NEXT = re.compile(r"\s*(?:\([^)]*\))?\s*([a-z]+|[,—–:(]|$)")
_ADVERB = re.compile(r"\s*(?:also|then|later|again|still|now|himself|herself|recently|once|never|only|[a-z]+ly)(?=\s)")
_BEFORE_OBJECT = words_of(
    """of for by to with against from about on under over than like at in between behind beside among through after
    into called calls asked told named calling accused praised criticized criticised blasted met saw and or as"""
)
"""Words behind which a name isn't the subject of a sentence."""
_AUXILIARIES = words_of(
    """is was has had will would could can may might should did does do who whose went took told made gave came began ran
    spoke wrote led left held met won lost set put saw got knew felt thought sought fought brought drew threw grew kept
    stood sat sent spent chose found taught became meant bought sold paid slept rose fell wore swore drove rode flew sang
    drank ate forgot understood laid read heard hurt let quit shut split dealt built shot struck"""
)
_NOUNS = words_of(
    """aides officials supporters allies advisers advisors voters surrogates associates backers loyalists critics rallies
    speeches comments remarks tweets properties companies businesses emails"""
)
"""Behind a name it describes these, and is the subject of nothing."""
_SUBORDINATE = words_of("When While After Before As If Although Though Since Because Unlike Despite")
_SOMEBODY = re.compile(
    r"\b(?:[Mm]y|[Hh]is|[Hh]er|[Tt]he|[Aa]n?|[Oo]ne|[Tt]heir|[Oo]ur) (?:[a-z-]+ )?(?:mother|father|wife|husband|son|daughter|sister|brother|grandmother|grandfather|aunt|uncle"
    r"|man|woman|boy|girl|friend|neighbou?r|teacher|doctor|officer|driver|resident|spokesman|spokeswoman|spokesperson|reporter|moderator|student|voter|caller|colleague)\b(?![’'])"
)
"""Somebody without a name, whom a pronoun behind may mean."""
_INSIDE = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
_BACK = 6
"""Sentences before the pronoun in which a name is looked for."""


class _Mention(NamedTuple):
    person: str | None
    """None for a name that the text gives to nobody for sure."""
    subject: bool
    end: int


class People:
    """The people that a text names for sure, and what was read of it."""

    def __init__(self, names: tuple[str, ...]) -> None:
        firsts = Counter(name.split()[0] for name in names if " " in name)
        alone = {name.split()[0]: name for name in names if firsts[name.split()[0]] == 1}
        self._by_surname = alone | {surname(name): name for name in reversed(names)} | {name: name for name in names}
        self._read: list[tuple[str, str | None]] = []
        self._mentions_in: dict[str, list[_Mention]] = {}
        self._votes: dict[str, tuple[int, int, int]] = {}
        """Of a person how much was looked at, how often the text writes of a woman, and of a man."""
        self._looked = 0
        self._inside: set[str] = set()
        """Words that have a capital where no sentence begins."""
        self.before = ""
        """The words of the sentence that is being read up to its quotation."""

    def named(self, text: str) -> str | None:
        """The person that the last name in these words is; None where it isn't one of them."""
        found = None
        for match in _NAMES.finditer(text):
            found = self._person(match[0]) or found
        return found

    def read(self, sentence: str, spoke: str | None = None) -> None:
        """A sentence of the text or several, without quotations, and who spoke those. It is looked into once a pronoun asks."""
        self._read.append((sentence, spoke))
        if spoke and self._person(spoke) is None:
            self._by_surname[surname(spoke)] = spoke

    def meant_by(self, pronoun: str, *, behind: bool = False) -> str | None:
        """Whom `he` or `she` means; None where that isn't sure. `behind`: the pronoun stands behind the quotation."""
        before = self.before
        if not behind and (at := max((match.start() for match in _PRONOUN.finditer(before)), default=-1)) >= 0:
            before = before[:at]
        left = _BACK
        for text, spoke in [(before, None), *reversed(self._read)]:
            for sentence in reversed(_sentences(text)):
                mentions = self._mentions(sentence)
                if not mentions and spoke:
                    mentions = [_Mention(spoke, True, 0)]
                same = re.search(rf"^(?:[A-Z][a-z]+ [\w ]+, )?{pronoun}\b", sentence, re.IGNORECASE)
                fitting = [
                    one
                    for one in mentions
                    if not (same and one.end > same.end()) and (one.person is None or self._may_be(one.person, pronoun))
                ]
                if fitting:
                    return self._meant(sentence, fitting, pronoun)
                left -= 1
                if left < 0 or (not spoke and _SOMEBODY.search(sentence)):
                    return None
        return None

    def _meant(self, sentence: str, fitting: list[_Mention], pronoun: str) -> str | None:
        """Of the names of a sentence that can be meant, the one that is."""
        subjects = [one for one in fitting if one.subject]
        several = len({one.person for one in fitting}) > 1
        if not subjects:
            one = fitting[0].person
            return one if one and not several and self._is_surely(one, pronoun) else None
        chosen = subjects[0]
        if sentence.split(None, 1)[0] in _SUBORDINATE and (comma := sentence.find(",")) > 0:
            chosen = next((one for one in subjects if one.end > comma), chosen)
        if chosen.person is None or (several and not self._is_surely(chosen.person, pronoun)):
            return None
        return chosen.person

    def _person(self, words: str) -> str | None:
        parts = without_number(_OWNER.sub("", words)).split()
        for length in range(len(parts), 0, -1):
            if found := self._by_surname.get(" ".join(parts[-length:])):
                return found
        return None

    def _mentions(self, sentence: str) -> list[_Mention]:
        """People and names that may be somebody's, in the order of the sentence, each person once."""
        if (known := self._mentions_in.get(sentence)) is not None:
            return known
        found: list[_Mention] = []
        for match in _NAMES.finditer(sentence):
            person = self._person(match[0])
            subject = not _OWNER.search(match[0]) and _is_subject(sentence, match.start(), match.end())
            if person is None and not (
                subject and self._may_be_somebody(match[0]) and not _ARTICLE.search(sentence, 0, match.start())
            ):
                continue
            at = next((n for n, one in enumerate(found) if one.person == person), None)
            if at is None:
                found.append(_Mention(person, subject, match.end()))
            elif subject and not found[at].subject:
                found[at] = _Mention(person, True, match.end())
        self._mentions_in[sentence] = found
        return found

    def _may_be_somebody(self, words: str) -> bool:
        """Whether a name that isn't known may be somebody's: `Palmieri`, and not `Congress` or `Monday`."""
        word = _OWNER.sub("", words).split()[-1]
        return not (
            len(word) < 3
            or words.startswith(("The ", "A ", "An "))
            or word.isupper()
            or word in NOT_FIRST
            or word in organisations()
            or word in ORGANISATION_WORDS
            or is_demonym(word)
            or gazetteer().is_clear(words)
            or (word.casefold() in common_words().common and not self._has_capital_inside(word))
        )

    def _may_be(self, name: str, pronoun: str) -> bool:
        told = by_first_name(name)
        return (self._by_text(name) if told is None else told) in (None, _is_she(pronoun))

    def _is_surely(self, name: str, pronoun: str) -> bool:
        told = by_first_name(name)
        return _is_she(pronoun) == (self._by_text(name) if told is None else told)

    def _by_text(self, name: str) -> bool | None:
        """Whether the text writes of a woman (True), a man, or doesn't tell."""
        last = surname(name)
        read, women, men = self._votes.get(name, (0, 0, 0))
        for text, _ in self._read[read:]:
            if max(women, men) >= _ENOUGH:
                break
            if last not in text:
                continue
            for sentence in _sentences(text):
                if last in sentence:
                    votes = self._told_by(sentence, name)
                    women, men = women + votes[0], men + votes[1]
        self._votes[name] = (len(self._read), women, men)
        return None if max(women, men) < 2 or min(women, men) * 3 > max(women, men) else women > men

    def _told_by(self, sentence: str, name: str) -> tuple[int, int]:
        """How much a sentence says that a person is a woman, and a man: a title, or the only pronouns behind its only subject."""
        words = _SMALL.findall(sentence)
        of_women, of_men = not _OF_WOMEN.isdisjoint(words), not _OF_MEN.isdisjoint(words)
        if of_women == of_men and _TITLES.isdisjoint(words):
            return 0, 0
        titles = [title for title in _TITLED.finditer(sentence) if self._person(title["name"]) == name]
        women = _FOR_TITLE * any(title["title"] not in _MEN for title in titles)
        men = _FOR_TITLE * any(title["title"] in _MEN for title in titles)
        mentions = self._mentions(sentence)
        if len(mentions) == 1 and mentions[0].subject and mentions[0].person == name:
            behind = _SMALL.findall(sentence, mentions[0].end)
            women += of_women and not of_men and not _OF_WOMEN.isdisjoint(behind)
            men += of_men and not of_women and not _OF_MEN.isdisjoint(behind)
        return women, men

    def _has_capital_inside(self, word: str) -> bool:
        """Whether a word has a capital where no sentence begins."""
        for text, _ in self._read[self._looked :]:
            self._inside.update(_INSIDE.findall(text))
        self._looked = len(self._read)
        return word in self._inside


@lru_cache(maxsize=1024)
def _sentences(text: str) -> tuple[str, ...]:
    return tuple(filter(str.strip, _END.split(without_short_points(text))))


def _is_subject(sentence: str, start: int, end: int) -> bool:
    """Whether a verb or an apposition stands behind a name, and no preposition before it."""
    before = _LAST_WORD.search(sentence[:start])
    if before and before[1].casefold() in _BEFORE_OBJECT and sentence[before.end(1) : start].isspace():
        return False
    while match := _ADVERB.match(sentence, end):
        end = match.end()
    behind = _NEXT.match(sentence, end)
    if behind is None:
        return False
    word = behind[1]
    return (
        word in (",", "—", "–", "(", ":")
        or word in VERBS
        or word in _AUXILIARIES
        or (len(word) > 3 and word.endswith(("ed", "s")) and word not in _NOUNS)
    )


def _is_she(pronoun: str) -> bool:
    return pronoun.casefold() == "she"


@lru_cache(maxsize=4096)
def by_first_name(name: str) -> bool | None:
    """Whether a person is a woman (True) or a man by the first name; None where it doesn't tell."""
    women, men = first_names_of_women_and_men()
    first = name.split()[0]
    return None if (first in women) == (first in men) else first in women


def without_number(words: str) -> str:
    """`Martin Luther King` of `Martin Luther King Jr.`"""
    return _NUMBERED.sub("", words) if words.rstrip("\n.").endswith(_NUMBERS) else words
