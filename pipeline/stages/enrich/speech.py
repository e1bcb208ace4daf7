"""Who says what: quotations with their speakers. English.

No pipeline that we know gives speakers; the rules are ours. A sentence is read as a whole: its verb of saying, who is named
by it ("said John Kirby", "Kirby said", "according to the ministry"), and, for he and she, who was named last.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from pipeline.stages.enrich import one_person
from pipeline.stages.enrich.enricher import Enricher, people
from pipeline.stages.enrich.people import OFFICE
from pipeline.stages.enrich.grammar import LANGUAGES
from pipeline.stages.enrich.quoted import OPENING, has_marks, sentences_of
from pipeline.stages.enrich.speakers import English
from pipeline.stages.enrich.speakers_abroad import Abroad
from schemas.enrichment import Quotation

_SAYING = (
    r"(?:said|says|say|told|tells|stated|states|added|adds|announced|announces|claimed|claims|reported|reports|revealed|reveals"
    r"|disclosed|discloses|indicated|insisted|argued|warned|wrote|writes|explained|noted|declared|proclaimed|expressed|emphasized"
    r"|asked|replied|recalled|confirmed|denied|estimated|estimates|tweeted|testified|asserted|clarified|acknowledged|condemned)"
)
_NAME = r"(?:[A-Z][\w’'.-]*[\w’'])(?:\s+(?:[a-z]{2,3}\s+)?(?:[A-Z][\w’'.-]*[\w’'])){0,4}"
_VERB = re.compile(rf"\b{_SAYING}\b")
_AFTER_VERB = re.compile(rf"\s+((?:the\s+)?(?:[\w.’'-]+\s+){{0,6}}?{_NAME})")
_BODY = r"(?:sources|officials|authorities|data|figures|police|media|government|ministry|army|reports|statistics)"
_ACCORDING = re.compile(
    rf"\b[Aa]ccording to\s+((?:the\s+|an?\s+)?(?:official\s+|local\s+|state\s+)*(?:{_NAME}(?:\s+{_BODY})?|[a-z-]+(?:\s+[a-z-]+)?(?:\s+{_BODY})?(?:\s+in\s+{_NAME})?))"
)
_SOURCE_WORDS = (
    "officials", "authorities", "police", "sources", "ministry", "Ministry", "agency", "Agency", "Office", "government", "Government", "union", "Union",
    "company", "army", "military", "witnesses", "residents", "prosecutors", "court", "Court",
)  # fmt: skip
_SOURCES = re.compile(
    rf"\b((?:[A-Z][\w-]+(?:[’']s)?\s+|[a-z-]+\s+){{0,3}}?(?:{'|'.join(_SOURCE_WORDS)})(?:\s+in\s+{_NAME})?)"
)
_LEADING = re.compile(r"^(?:the|The|but|But|and|And|that|as|while)\s+")
_NAME_AT_END, _NAME_ALONE_AT_END = re.compile(rf"({_NAME})\s*(?:,[^,]*,)?\s*$"), re.compile(rf"({_NAME})$")
_TITLE = re.compile(rf"^(?:the|The)\s+|^(?:[\w-]+\s+)?{OFFICE}\s+(?=[A-Z])", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he)\b")
_ENDS = (".", "!", "?", "…", ",")
"""What a sentence that goes on ends with; a heading does not."""
_MAX_QUOTATIONS = 100
_NEAR = 500
"""Characters before and after a verb in which its speaker is looked for."""


def quotations(paragraphs: tuple[str, ...], people: tuple[str, ...], language: str | None) -> tuple[Quotation, ...]:
    """Quoted words in the order of the text. `people` are full names that the text has; a surname counts as one."""
    if language in (None, "en"):
        reader: English | Abroad = English(people)
    elif language in LANGUAGES:
        reader = Abroad(language, people, paragraphs)
    else:
        return ()
    found: list[Quotation] = []
    running: str | None = None
    """Who spoke last, for a quotation that goes on in the next sentence or in the next paragraph."""
    for n, paragraph in enumerate(paragraphs):
        if not has_marks(paragraph):
            reader.read(paragraph, None)
            running = None
            continue
        goes_on = paragraphs[n + 1 : n + 2] != () and paragraphs[n + 1].startswith(OPENING)
        for sentence in sentences_of(paragraph, language, goes_on=goes_on):
            alone = sentence.quoted and not any(map(str.isalpha, sentence.text))
            named: str | None = None
            governed = False
            for one in sentence.quoted:
                said, verb = reader.speaker(sentence, one)
                if said is None and not verb:
                    # a second part of it, or a quotation that goes on after its speaker was named
                    goes_on_from = running if alone and (one.text + sentence.text.strip(" ”'")).endswith(_ENDS) else None
                    said = named if governed else goes_on_from
                named, governed = named or said, governed or verb
                text = " ".join(one.text.split())
                if not reader.keeps(sentence, one, governed or said is not None, said):
                    continue
                partial = len(text.split()) < 4 or not (text[:1].isupper() or text.endswith((".", "!", "?", ",")))
                found.append(
                    Quotation(text=text.rstrip(",")[:4096], speaker=said[:200] if said else None, partial=partial)
                )
                if len(found) == _MAX_QUOTATIONS:
                    return tuple(found)
            running = named if sentence.quoted else None
            reader.read(sentence.text, named, bool(sentence.quoted))
    return tuple(found)


def speakers_of(sentence: str, people: tuple[str, ...], last: str | None) -> list[tuple[int, str]]:
    """Every verb of saying that has a speaker, by its place: found once for all quotations of the sentence."""
    if "ccording to" in sentence and (match := _ACCORDING.search(sentence)):
        return [(0, _full(match[1], people))]
    found: list[tuple[int, str]] = []
    for verb in _VERB.finditer(sentence):
        before, after = sentence[max(0, verb.start() - _NEAR) : verb.start()], sentence[verb.end() : verb.end() + _NEAR]
        # "…,” said Kirby": right after the verb, where a quotation or nothing is before it
        name: str | None = None
        if before.rstrip().endswith("”") and (match := _AFTER_VERB.match(after)):
            name = _person_in(match[1], people)
        if name := name or _nearest_before(before, people, last):
            found.append((verb.start(), name))
    return found


def speaker_at(speakers: list[tuple[int, str]], at: int) -> str | None:
    """Whose verb governs the words at `at`: the nearest before it, else the first after."""
    after = bisect_right(speakers, at, key=itemgetter(0))
    return speakers[max(0, after - 1)][1] if speakers else None


def _nearest_before(before: str, people: tuple[str, ...], last: str | None) -> str | None:
    """The last person, office or pronoun before the verb."""
    clause = before[-200:]
    best: tuple[int, str] | None = None
    for full, surname in _surnames(people):
        at = max(clause.rfind(full), clause.rfind(surname))
        if at >= 0 and (best is None or at > best[0]):
            best = (at, full)
    if last:
        for match in _PRONOUN.finditer(clause):
            if best is None or match.start() > best[0]:
                best = (match.start(), last)
    sources = list(_SOURCES.finditer(clause)) if any(word in clause for word in _SOURCE_WORDS) else []
    if sources and (best is None or sources[-1].start() > best[0]):
        return " ".join(_LEADING.sub("", sources[-1][1].strip()).split())
    if best is not None:
        return best[1]
    named = _NAME_AT_END.search(clause)
    return _full(named[1], people) if named else None


def _person_in(text: str, people: tuple[str, ...]) -> str | None:
    for full, surname in _surnames(people):
        if full in text or (surname in text and re.search(rf"\b{re.escape(surname)}\b", text)):
            return full
    match = _NAME_ALONE_AT_END.search(text)
    return match[1] if match else None


class LastNamed:
    """Who was named last in what was read so far. Looked for only when asked: from the end, to the first who is found."""

    def __init__(self, people: tuple[str, ...]) -> None:
        self._people = people
        self._name: str | None = None
        self._unread: list[str] = []

    def read(self, text: str) -> None:
        """A sentence, or a paragraph that is taken as one."""
        self._unread.append(text)

    def name(self) -> str | None:
        while self._unread:
            if named := last_named(self._unread.pop(), self._people):
                self._name = named
                self._unread.clear()
        return self._name


def last_named(sentence: str, people: tuple[str, ...]) -> str | None:
    """The person whom a following he or she means: who was named first in the sentence, as its subject is."""
    named = [
        (at, full)
        for full, surname in _surnames(people)
        if surname in sentence and (at := max(sentence.find(full), sentence.find(surname))) >= 0
    ]
    return min(named)[1] if named else None


@lru_cache(maxsize=64)
def _surnames(people: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((full, one_person.surname(full)) for full in people)


def _full(text: str, people: tuple[str, ...]) -> str:
    """A surname as the full name that the text has for it."""
    plain = _TITLE.sub("", " ".join(text.split())).strip(" ,.")
    return next((full for full in people if plain in (full, one_person.surname(full))), plain)[:200]


QUOTATIONS = Enricher(
    "quotations", lambda article, made, chosen: quotations(article.paragraphs, people(made), made.get("language"))
)
