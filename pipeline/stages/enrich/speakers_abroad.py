"""Who said a quotation in German, French and Spanish: the same rule as in English (speakers.py), by a language's table. Pure.

A speaker is the subject of a verb of saying that is next to the quotation or whose clause it stands in, or who is behind
"selon", "laut", "según". The subject is a name, a description with a name in it or behind a comma, or a pronoun that can only
mean one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.stages.enrich.grammar import CAPITAL, Grammar, elided, grammar, joins
from pipeline.stages.enrich.known_names import known_names
from pipeline.stages.enrich.named_abroad import Persons
from pipeline.stages.enrich.people_abroad import is_title
from pipeline.stages.enrich.quoted import Quoted, Sentence

_CAPITAL = re.compile(rf"[{CAPITAL}]")
_NEXT = re.compile(r"^[\s,—–-]*$")
_STOP = re.compile(r"[;:“”—–]|(?<![A-Z])(?<!Dr|Sr|St|Mr)(?<!Sra|Mme)\.(?:\s|$)| - ")
_AS = re.compile(r"^\s*,?\s*(?:wie|comme|como|según)\s+(?:(?:l'|le |lo |es )(?=\S))?", re.IGNORECASE)
"""`…, wie Anna Weber sagte`."""
_RELATIVE = {
    "de": re.compile(r",\s*(?:der|die|das|den|dem|dessen|deren|welche[rs]?)\s[^,]*,(?=\s*$)"),
    "fr": re.compile(r",\s*(?:qui|que|dont|où|lequel|laquelle)\s[^,]*,(?=\s*$)"),
    "es": re.compile(r",\s*(?:que|quien|cuy[oa]s?|donde)\s[^,]*,(?=\s*$)"),
}
"""A relative clause between a subject and its verb."""
_ALSO = re.compile(r"^(?:auch|selbst|sogar|aussi|même|également|también|incluso)\s+", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_FAR = 160
"""Characters between a verb and the words that it governs."""
_ENDS = (".", "!", "?", "…")


class Subject(NamedTuple):
    """Who a few words say is the subject."""

    name: str | None = None
    pronoun: str | None = None
    missing: bool = False
    """There is none, as Spanish has it."""


class Abroad:
    """Reads a text sentence by sentence."""

    def __init__(self, language: str, names: tuple[str, ...], paragraphs: tuple[str, ...]) -> None:
        self.grammar: Grammar = grammar(language)
        self.persons = Persons(names, paragraphs, self.grammar)

    def read(self, text: str, spoke: str | None, quoted: bool = False) -> None:
        self.persons.read(_plain(text), spoke)
        if quoted:
            self.persons.heard(spoke)

    def speaker(self, sentence: Sentence, one: Quoted) -> tuple[str | None, bool]:
        """(who said it, whether something governs it)."""
        text = _plain(sentence.text)
        verbs = list(_verbs(text, self.grammar.language))
        if (found := self._behind(text, one, verbs)) is None and (found := self._before(text, one, verbs)) is None:
            return None, False
        if found.name is None and (found.pronoun is not None or found.missing):
            return self.persons.meant_by(found.pronoun, text[: one.start]), True
        return found.name, True

    def keeps(self, sentence: Sentence, one: Quoted, governed: bool, said: str | None) -> bool:
        """Whether it is something that somebody said: no title, name or word that is only quoted."""
        words = one.text.split()
        ended = one.text.endswith((*_ENDS, ","))
        if self._is_work(sentence.text[: one.start], words) or (not ended and _is_name(words)):
            return False
        if governed and (said or len(words) > 3):
            return len(words) > 1 or ended
        return len(words) > 3 and one.text.lstrip("¿¡ ")[:1].isupper() and ended

    def _is_work(self, before: str, words: list[str]) -> bool:
        last = before.split()[-1:] or [""]
        small = words[0][:1].islower() and len(words) > 2
        return last[0].casefold().strip(",:") in self.grammar.works and len(words) < 8 and not small

    def _behind(self, text: str, one: Quoted, verbs: list[re.Match[str]]) -> Subject | None:
        """`“…”, sagte Anna Weber`, `« … », selon Anna Weber`."""
        rest = text[one.end : one.end + 2 * _FAR]
        if (match := self.grammar.according.search(rest[: _FAR // 2])) and _NEXT.match(rest[: match.start()]):
            return self._after(rest[match.end() :])
        if (match := _AS.match(rest)) and (
            late := next((v for v in verbs if v.start() >= one.end + match.end()), None)
        ):
            between = text[one.end + match.end() : late.start()].strip()
            return Subject(self._whole(between)) if between else self._after(text[late.end() : late.end() + _FAR])
        verb = next((verb for verb in verbs if verb.start() >= one.end), None)
        if verb is None or not _NEXT.match(text[one.end : verb.start()]):
            return self._behind_any_word(rest) if len(one.text.split()) > 3 else None
        parted = (
            "," in text[one.end : verb.start()]
            or text[one.end : verb.start()].strip()
            or one.text.endswith((*_ENDS, ","))
        )
        if not (parted or len(one.text.split()) > 3):
            return None
        if pronoun := verb.groupdict().get("first") or verb.groupdict().get("second"):
            return Subject(pronoun=pronoun.casefold())
        return self._after(text[verb.end() : verb.end() + _FAR])

    def _behind_any_word(self, rest: str) -> Subject | None:
        """`« … », tranche Anne Morel`: a word that can be nothing but a verb, with the full name of somebody behind it."""
        grammar = self.grammar
        match = re.match(rf"\s*,\s*([a-zà-ÿ]{{4,}})\s+((?:[{CAPITAL}][\w'-]+ ?){{2,4}})", rest)
        if match is None or match[1] in grammar.ends | grammar.adverbs | grammar.articles | grammar.relative:
            return None
        name = match[2].strip()
        return Subject(name) if self.persons.knows(name) and not grammar.joins.fullmatch(match[1]) else None

    def _before(self, text: str, one: Quoted, verbs: list[re.Match[str]]) -> Subject | None:
        """`Anna Weber sagte: “…”`, `Anna Weber nannte das “…”`, `Laut Anna Weber ist das “…”`, `Anna Weber: “…”`."""
        start = text.rfind("”", 0, one.start) + 1
        before = text[start : one.start]
        verb = next((verb for verb in reversed(verbs) if start <= verb.start() and verb.end() <= one.start), None)
        rest = text[verb.end() : one.start] if verb is not None else ""
        if verb is not None and len(rest) <= _FAR and ";" not in rest and not self._other_clause(rest):
            pronoun = verb.groupdict().get("first") or verb.groupdict().get("second")
            if pronoun:
                return Subject(pronoun=pronoun.casefold())
            return self._of_verb(text[start : verb.start()], rest)
        if self.grammar.continues.fullmatch(before.strip(" :,”")):
            return Subject(missing=True)
        if verb is None:
            if self.grammar.behind is not None and (behind := self.grammar.behind.search(before)):
                return Subject(self._whole(before[: behind.start()].rpartition(",")[2]))
            if match := self._last_according(before):
                return self._after(before[match.end() :], closed=True)
            if start == 0 and (match := re.match(rf"\s*([{CAPITAL}][^:,;“”]{{1,60}}):\s*$", before)):
                return self._form_of_interview(match[1])
        return None

    def _last_according(self, before: str) -> re.Match[str] | None:
        if self.grammar.beginning is not None and (match := self.grammar.beginning.match(before)):
            return match if "," in before else None
        found = [match for match in self.grammar.according.finditer(before) if len(before) - match.end() <= _FAR]
        colon = before.rstrip().endswith(":")
        found = [
            match
            for match in found
            if match[0].strip().casefold() != "so" or colon or before[: match.start()].endswith((",", ", "))
        ]
        return found[-1] if found else None

    def _other_clause(self, rest: str) -> bool:
        """Whether the words behind a verb hold a new main clause with another subject (`, und Max kam mit “…”`)."""
        return bool(re.search(r"[.!?]\s", rest))

    def _form_of_interview(self, words: str) -> Subject | None:
        run, described, rest = self._noun_phrase(words)
        if rest or not run or len(run) > 4 or described:
            return None
        name = self.persons.of(run, described)
        known = known_names()
        sure = name is not None and (" " in name or run[0] in known.last) and run[0] != "Foto"
        return Subject(name) if sure else None

    def _of_verb(self, before: str, rest: str) -> Subject:
        """The subject of a verb between the words of its clause before it and those behind it."""
        before = _RELATIVE[self.grammar.language].sub(",", before)
        clause = before[max((match.end() for match in self.grammar.joins.finditer(before)), default=0) :]
        clause = _AS.sub("", _BRACKETS.sub("", clause).strip(" ”—–"))
        clause = _ALSO.sub("", clause)
        if not clause.strip(" ,"):
            clause = ""
        parts = [part.strip() for part in clause.split(",")]
        first = (parts[0].split() or [""])[0].casefold()
        if parts[-1]:
            words = parts[-1].split()
            if words[0].casefold() in (self.grammar.he, self.grammar.she) and len(words) == 1:
                return Subject(pronoun=words[0].casefold())
            if words[0].casefold() not in self.grammar.adverbs:
                return Subject(self._whole(parts[-1]))
        elif len(parts) > 1 and first not in self.grammar.adverbs:
            named = (self._whole(part) for part in parts[:2] if not self._is_relative(part))
            return Subject(next(filter(None, named), None))
        elif len(parts) > 3:
            return Subject(self._whole(parts[1]))
        if self.grammar.nouns_have_capitals or (not clause and not self.grammar.drops_subject):
            return self._after(rest)
        if self.grammar.drops_subject and (not clause or first in self.grammar.adverbs):
            found = self._after(rest)
            return found if found.name or found.pronoun else Subject(missing=_has_no_subject(rest))
        return Subject()

    def _is_relative(self, part: str) -> bool:
        return part.split()[:1] != [] and part.split()[0].casefold() in self.grammar.relative - self.grammar.articles

    def _whole(self, words: str) -> str | None:
        """The person that words name which are nothing but a subject."""
        run, described, rest = self._noun_phrase(words)
        rest = [
            word for word in rest if word.casefold() not in self.grammar.ends or word.casefold() in self.grammar.adverbs
        ]
        if run and not rest:
            return self.persons.of(run, described)
        return self.persons.described(words.split()) if not run else None

    def _after(self, words: str, *, closed: bool = False) -> Subject:
        """The subject that begins right here, behind words such as `am Montag`; `closed`: up to a comma."""
        words = words[self.grammar.between.match(words).end() :]  # type: ignore[union-attr]
        if stop := _STOP.search(words):
            words = words[: stop.start()]
        words = _BRACKETS.sub("", words)
        parts = [part.strip() for part in words.split(",")]
        head = parts[0].split()
        if not head:
            return Subject(missing=self.grammar.drops_subject)
        if head[0].casefold() in (self.grammar.he, self.grammar.she):
            return Subject(pronoun=head[0].casefold())
        run, described, rest = self._noun_phrase(parts[0])
        if run and (name := self.persons.of(run, described)):
            return Subject(name)
        if len(parts) > 1 and described and not closed:
            apposed, words_before, _ = self._noun_phrase(parts[1])
            if len(apposed) > 1 and not words_before and (name := self.persons.of(apposed, described + run)):
                return Subject(name)
        if described and (len(run) < 2 or not rest) and (name := self.persons.described([*described, *run])):
            return Subject(name)
        missing = self.grammar.drops_subject and not closed and _has_no_subject(parts[0])
        return Subject(missing=missing and head[0].casefold() in self.grammar.ends - self.grammar.articles)

    def _noun_phrase(self, words: str) -> tuple[list[str], list[str], list[str]]:
        """(the run of words with capitals, the words before it, those behind it), up to where a subject ends."""
        grammar, first = self.grammar, known_names().first
        tokens = words.split()
        described: list[str] = []
        run: list[str] = []
        for n, token in enumerate(tokens):
            plain = token.casefold().strip(",")
            small = not _CAPITAL.match(token)
            if small and run:
                joined = plain in grammar.particles and joins(tokens, n, grammar.particles)
                if joined and (
                    (len(run) == 1 and run[0] in first) or self.persons.knows(" ".join([*run, *tokens[n : n + 3]]))
                ):
                    run.append(token)
                    continue
                if run[-1].casefold() not in grammar.particles:
                    return run, described, tokens[n:]
                run.append(token)
            elif small:
                if described and plain in grammar.ends:
                    return self._in_office(described, tokens[n:])
                if not described and plain in grammar.ends and plain not in grammar.articles:
                    return [], [], tokens
                described += elided(token)
            elif "'" in token and not described and not run and token[1:2] == "'" and token[0] in "Ll":
                described += elided(token)
            else:
                run.append(token.strip(","))
        return run, described, []

    def _in_office(self, described: list[str], rest: list[str]) -> tuple[list[str], list[str], list[str]]:
        """`le ministre de l'Intérieur Bruno Retailleau`: what he is minister of, and he."""
        first = known_names().first
        capitals = [n for n, token in enumerate(rest) if _CAPITAL.match(token.rpartition("'")[2])]
        if not capitals or not any(is_title(word, self.grammar.language) for word in described):
            return [], described, rest
        for n in capitals[1:]:
            if rest[n] in first and n - 1 in capitals and n + 1 in capitals and rest[n - 1] not in first:
                end = n + 1
                while end + 1 in capitals:
                    end += 1
                return rest[n : end + 1], [*described, *rest[:n]], rest[end + 1 :]
        return [], described, rest


def _is_name(words: list[str]) -> bool:
    """Whether quoted words are a name or a title: all that matter have capitals."""
    long = [word for word in words if len(word) > 3]
    return words[0][:1].isupper() and len(long) > 1 and len(words) < 8 and all(word[0].isupper() for word in long)


def _has_no_subject(words: str) -> bool:
    """Whether no name can be the subject in words behind a verb."""
    return not _CAPITAL.search(words.replace("“", ""))


def _plain(text: str) -> str:
    return text.replace("’", "'")


@lru_cache(maxsize=256)
def _verbs(text: str, language: str) -> tuple[re.Match[str], ...]:
    return tuple(grammar(language).verb.finditer(text))
