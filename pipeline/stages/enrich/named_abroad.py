"""The people of a German, French or Spanish text, and which of them a few words name. Pure.

The recogniser knows few of them there. A subject of a verb of saying is a person's name by its grammar; the full name for a
surname is looked up in the text itself.
"""

from __future__ import annotations

import re
from collections import deque

from pipeline.stages.enrich.grammar import CAPITAL, Grammar
from pipeline.stages.enrich.known_names import first_names_of_women_and_men, known_names, organisations
from pipeline.stages.enrich.nouns_abroad import ALSO_NOUNS, NOUN, TIMES, is_no_first_name, may_be_name, without_nouns
from pipeline.stages.enrich.one_person import surname
from pipeline.stages.enrich.people_abroad import is_title
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.vocabulary import has_organisation_word

_RUN = re.compile(
    rf"[{CAPITAL}][\w'-]*(?:\s+(?:(?:von|van|de|der|den|del|la|du|di|da|al|el|bin)\s+)*[{CAPITAL}][\w'-]*)*"
)
_ACRONYM = re.compile(r"^[A-Z]{2,5}$")
_LONGEST = 4
"""Words of a full name."""
_RECENT = 3  # sentences in which somebody is looked for whom a pronoun means


class Persons:
    """Whom a text names, who spoke last, and whose names are like women's or men's."""

    def __init__(self, names: tuple[str, ...], paragraphs: tuple[str, ...], grammar: Grammar) -> None:
        self._text = "\n".join(paragraphs).replace("’", "'")
        self._grammar = grammar
        self._by_surname: dict[str, str] = {}
        self._full: dict[str, set[str]] = {}
        self._women: set[str] = set()
        self._men: set[str] = set()
        self._spoke: str | None = None
        self._subject: str | None = None
        self._recent: deque[list[str]] = deque(maxlen=_RECENT)
        self._unread: deque[tuple[str, str | None]] = deque(maxlen=_RECENT)
        """Of the latest sentences those that weren't looked into."""
        for name in reversed(names):
            if " " in name:
                self._by_surname[surname(name)] = self._by_surname[name] = name
        self._gather()

    def of(self, words: list[str], described: list[str]) -> str | None:
        """The person that is named by a run of words with capitals, behind words that describe who it is (`le ministre`)."""
        grammar, known = self._grammar, known_names()
        before = [word.casefold() for word in described]
        titled = bool(before) and is_title(before[-1], grammar.language)
        while len(words) > 1 and is_title(words[0], grammar.language):
            before, words, titled = [*before, words[0].casefold()], words[1:], True
        while len(words) > 1 and before and _ACRONYM.match(words[0]):  # "le député LR Paul Girard"
            words = words[1:]
        if grammar.nouns_have_capitals and not titled:
            shorter = without_nouns(words)
            words, titled = shorter, len(shorter) < len(words)
        article = bool(before) and before[0] in grammar.articles
        name = " ".join(words)
        found = self._known(name)
        if found is None:
            if not words or not may_be_name(name, words):
                return None
            first = words[0] in known.first or words[0].split("-")[0] in known.first
            last = words[-1] in known.last or words[-1].split("-")[-1] in known.last
            if len(words) == 1:
                alone = last and not article and name not in ALSO_NOUNS
                found = name if titled or alone else None
            elif grammar.nouns_have_capitals:
                noun = any(map(NOUN.search, words)) or is_title(words[-1], "de") or self._is_owner(words[0])
                found = name if first or (titled and not noun) or not (article or noun) else None
            else:
                found = name
        if found is None or (len(words) == 1 and is_title(name, grammar.language)):
            return None
        self._remember(found, before)
        return found

    def _is_owner(self, word: str) -> bool:
        """`Webers` in `Webers Anwalt`."""
        known, bare = known_names(), word.removesuffix("s")
        return bare != word and (bare in known.first or bare in known.last or bare in self._by_surname)

    def _gather(self) -> None:
        """Full names that the text has, by their last word: a known first name, and what follows it."""
        known, grammar = known_names(), self._grammar
        for run in dict.fromkeys(_RUN.findall(self._text)):
            words = run.split()
            starts = [n for n, word in enumerate(words[:-1]) if self._is_first(word)]
            if not starts:
                continue
            for n, last in enumerate(words):
                before = [start for start in starts if n - _LONGEST <= start < n]
                if before and last not in grammar.particles:
                    self._full.setdefault(last, set()).add(" ".join(words[before[0] : n + 1]))
            words = words[starts[0] : starts[0] + _LONGEST]
            name = " ".join(words)
            if (
                (words[-1] in known.last or (not grammar.nouns_have_capitals and len(words) < _LONGEST))
                and may_be_name(name, words)
                and not is_title(words[-1], grammar.language)
            ):
                self._by_surname.setdefault(name, name)
                self._by_surname.setdefault(surname(name), name)

    def _is_first(self, word: str) -> bool:
        known = known_names().first
        return (word in known or word.split("-")[0] in known) and not is_no_first_name(word, self._grammar)

    def knows(self, name: str) -> bool:
        return name in self._by_surname

    def described(self, words: list[str]) -> str | None:
        """Who is called so elsewhere in the text, right before the name or behind it; nobody where two are."""
        plain = [word for word in words if word.casefold() not in self._grammar.articles]
        if not plain or words[0].casefold() in ("ein", "eine", "un", "une", "una", "uno") or len(plain[0]) < 4:
            return None
        called, lower, found = " ".join(plain).lower(), self._text.lower(), set()
        for match in re.finditer(
            rf"(?<!\w){re.escape(called)},? ", lower if len(lower) == len(self._text) else self._text
        ):
            name = _RUN.match(self._text, match.end())
            if name and " " in name[0] and self._text[name.end() : name.end() + 1] in (" ", ",", ".", ";", ")", ""):
                found.add(self._known(name[0]) or name[0])
        return next(iter(found)) if len(found) == 1 and all(may_be_name(name, name.split()) for name in found) else None

    def read(self, sentence: str, spoke: str | None = None) -> None:
        """A sentence without its quotations, and who speaks in it. It is looked into before more is known, or once a pronoun asks."""
        self._unread.append((sentence, spoke))

    def _look(self) -> None:
        for sentence, spoke in self._unread:
            named = self._named_in(sentence, spoke)
            self._recent.append(named)
            self._subject = named[0] if len(named) == 1 and self._begins_with(sentence, named[0]) else None
        self._unread.clear()

    def _begins_with(self, sentence: str, name: str) -> bool:
        """Whether a sentence has the person as its subject: `Ann Lee …`, `La ministra, Ann Lee, …`."""
        at = sentence.find(name) if name in sentence else sentence.find(surname(name))
        before = sentence[: max(0, at)].split()
        if not before:
            return at == 0
        last = before[-1].strip(",").casefold()
        titled = any(is_title(word.strip(","), self._grammar.language) for word in before)
        return (
            len(before) < 9
            and titled
            and before[0].casefold() in self._grammar.articles
            and (before[-1].endswith(",") or is_title(last, self._grammar.language))
        )

    def heard(self, name: str | None) -> None:
        """Who spoke, or that it isn't known."""
        self._spoke = name

    def meant_by(self, gender: str | None, before: str) -> str | None:
        """Whom `er` or `elle` means, or a verb without a subject (None): the only one who was named of late and can be. `before`:
        the words of the sentence in front of it."""
        self._look()
        here = self._named_in(before, None)
        if gender is None:
            if here:
                return self._first(here)
            last = self._recent[-1] if self._recent else []
            subject = self._spoke or self._subject
            return subject if subject and set(last) <= {subject} else None
        recent = list(dict.fromkeys(name for named in (here, *reversed(self._recent)) for name in named))
        fitting = [name for name in recent if self._may_be(name, gender)]
        if self._grammar.nouns_have_capitals and fitting and fitting[0] in self._by_surname:
            fitting = [name for name in fitting if name in self._by_surname]
        if len(fitting) > 1:
            last = here or (self._recent[-1] if self._recent else [])
            fitting = last if len(last) == 1 else []
        return self._first(fitting) if fitting and self._is_surely(fitting[0], gender) else None

    def _first(self, names: list[str]) -> str | None:
        return names[0] if len(names) == 1 and names[0] in self._by_surname else None

    def _named_in(self, sentence: str, spoke: str | None) -> list[str]:
        """Those who are named there, also those of whom nothing else is known."""
        named = [spoke] if spoke else []
        for match in _RUN.finditer(sentence):
            run = match[0]
            name = self._known(run) or self._ending(run)
            unknown = name is None and " " in run and not (named and self._grammar.nouns_have_capitals)
            if unknown and self._may_be_somebody(run, begins=match.start() == 0):
                name = run
            if name and name not in named:
                named.append(name)
        return named

    def _may_be_somebody(self, run: str, *, begins: bool) -> bool:
        """Whether a run of words that isn't known may be somebody's name."""
        if run in organisations() or gazetteer().is_clear(run) or has_organisation_word(run):
            return False
        grammar, words = self._grammar, run.split()
        if begins and words[0].casefold() in grammar.articles | grammar.ends | grammar.adverbs:
            words = words[1:]
        if not grammar.nouns_have_capitals:
            return len(words) > 1 or not begins
        last = words[-1]
        return not (
            len(words) < 2
            or len(last) < 3
            or last.isupper()
            or NOUN.search(last)
            or last in TIMES
            or is_title(last, "de")
        )

    def _is_surely(self, name: str, gender: str) -> bool:
        return self._may_be(name, gender) and not self._may_be(
            name, self._grammar.he if gender == self._grammar.she else self._grammar.she
        )

    def _may_be(self, name: str, gender: str) -> bool:
        if name in self._women or name in self._men:
            return name in (self._women if gender == self._grammar.she else self._men)
        women, men = first_names_of_women_and_men()
        first = name.split()[0].split("-")[0]
        if (first in women) == (first in men):
            return True
        return first in (women if gender == self._grammar.she else men)

    def _remember(self, name: str, before: list[str]) -> None:
        last = surname(name)
        if name not in self._by_surname or (" " in name and last not in self._by_surname):
            self._look()  # with what was known so far
            self._by_surname.setdefault(name, name)
            if " " in name:
                self._by_surname.setdefault(last, name)
        grammar = self._grammar
        for word in before:
            if word in grammar.women or (
                grammar.nouns_have_capitals and word.endswith("in") and is_title(word.capitalize(), "de")
            ):
                self._women.add(name)
            elif word in grammar.men:
                self._men.add(name)

    def _known(self, name: str) -> str | None:
        if name in self._by_surname:
            return self._by_surname[name]
        return (
            self._full_name(name)
            if " " not in name and not gazetteer().is_clear(name) and not gazetteer().is_area(name)
            else None
        )

    def _ending(self, run: str) -> str | None:
        words = run.split()
        return next(
            (self._by_surname[end] for n in range(1, len(words)) if (end := " ".join(words[n:])) in self._by_surname),
            None,
        )

    def _full_name(self, last: str) -> str | None:
        """The full name that the text has for a surname, where it has one only."""
        plain, grammar = last.casefold(), self._grammar
        if plain in grammar.ends or plain in grammar.adverbs or plain in grammar.articles:
            return None
        found = self._full.get(last, set())
        return next(iter(found)) if len(found) == 1 else None
