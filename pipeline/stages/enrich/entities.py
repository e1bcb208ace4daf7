"""People, places and organisations named in a text, by rules: every run of capitalised words, weighed by naming.py.

One person, place or organisation is under one name: a surname counts for the full name of the text, `U.S.` for the United
States. English capitalisation is assumed. docs/enrichment.md has the measure.
"""

from __future__ import annotations

import re
from collections import defaultdict

from pipeline.stages.enrich import people_abroad
from pipeline.stages.enrich.bodies import Bodies
from pipeline.stages.enrich.capitals import read_capitals
from pipeline.stages.enrich.context import NOBODY
from pipeline.stages.enrich.evidence import line_of
from pipeline.stages.enrich.judging import ORGANISATION, PERSON, PLACE, Verdict
from pipeline.stages.enrich.known_names import known_names, organisations
from pipeline.stages.enrich.named import Named, Span
from pipeline.stages.enrich.one_person import one_name, surname
from pipeline.stages.enrich.people import role_of
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.teams import Teams, town_of
from pipeline.stages.enrich.vocabulary import LEGAL_FORM
from schemas.enrichment import SURE, Entity, EntityKind

_NOBLE_TITLE = re.compile(
    r"\b(?:Duke|Duchess|Earl|Countess|Prince|Princess|Viscount|Marquess|Baron|Baroness) of ([A-Z]\w+)"
)
_NOBLE_ENDS = ("ke of ", "ess of ", "rl of ", "ince of ", "unt of ", "ron of ")
"""One of them is in whatever _NOBLE_TITLE matches."""
_LEGAL_FORM = re.compile(rf" (?:{LEGAL_FORM}|Holdings)\.?$")
MAX_ENTITIES, MAX_SPANS = 100, 20
"""Entities of one text, and positions stored of each."""

_INTRODUCED = 0.4
"""Added where the text says what somebody is."""
_KEPT = 0.3
"""Below this confidence nothing is kept of a name."""
_SAID_TO_BE_A_PLACE = 0.94
"""From this confidence a place has more than its name: `in Kennedy`."""
_TEAM = 0.85
"""Of a name that is a team's where it stands, and of a short form."""
_NOUN = 0.5
"""Of a German name whose surname the text has as a noun."""
_OF_SOMEBODY = 0.2
"""A word that is only kept where somebody who is sure has it as surname."""


def entities(paragraphs: tuple[str, ...], language: str | None, dateline: str | None = None) -> tuple[Entity, ...]:
    """Entities with how often and where each is named, most often first, each with its confidence. A surname alone counts for
    its full name; a place has its country and, as a city, its coordinates, chosen by the countries that the text is about. A
    place of the dateline is there too, though the text may not name it."""
    return ranked(names(paragraphs, language), dateline)


def _titles_in(paragraphs: tuple[str, ...]) -> set[str]:
    """`Sussex` where the text has a Duke of Sussex: "the Sussex brand" is theirs."""
    return {
        place
        for paragraph in paragraphs
        if " of " in paragraph and any(map(paragraph.__contains__, _NOBLE_ENDS))
        for place in _NOBLE_TITLE.findall(paragraph)
    }


def names(paragraphs: tuple[str, ...], language: str | None, *, every: bool = False) -> dict[str, Named]:
    """Every name as it is written, with what speaks for each kind. Of the words of another language that are nobody's by
    themselves `every` one, or those only that may be the surname of somebody of the text, or a company's short name."""
    found: dict[str, Named] = defaultdict(Named)
    capitals: list[tuple[int, str]] = []
    words: dict[str, list[tuple[Span, float]]] = defaultdict(list)
    """Of another language, each with where it is."""
    english = language in (None, "en")
    abroad = language in people_abroad.LANGUAGES
    teams, bodies = Teams(paragraphs), Bodies()
    for n, paragraph in enumerate(paragraphs):
        line = line_of(paragraph, language)
        if line.capitals:
            capitals.append((n, line.plain))
            continue
        results = line.results
        for name, start, end, verdict, alone, sure, body, beside in line.mentions:
            if beside and teams.has(name, (n, start, end), *beside, results):
                name += town_of(beside[1]) if results else ""
                found[name].as_team.append((n, start, start + len(name)))
            elif body:
                start -= body.begins_before
                bodies.read(body)
                found[body.name].add((n, start, start + len(body.name)), Verdict(ORGANISATION, body.confidence))
            elif verdict is None:
                continue
            elif sure or verdict.kind is not PERSON:
                if name in words:
                    _add_words(found[name], words.pop(name), paragraphs)
                found[name].add((n, start, end), verdict)
            elif english:
                one = found[name]
                if len(one.spans) < 2 and one.role is None and (verdict.confidence > NOBODY or " " not in name):
                    one.role = role_of(paragraph, start, end)  # said when somebody is introduced
                    if one.role and verdict.confidence >= 0.4:
                        verdict = Verdict(PERSON, min(0.97, verdict.confidence + _INTRODUCED))
                one.add((n, start, end), verdict, alone)
            elif abroad and " " not in name:
                words[name].append(((n, start, end), alone))
                if every or name in found:
                    _add_words(found[name], words.pop(name), paragraphs)
    if words:
        known = {end for name in found for end in (surname(name), name.partition(" ")[0])}
        for name, spans in words.items():
            if capitals or name in known or name.removesuffix("'s") in known:
                _add_words(found[name], spans, paragraphs)
    if language == "de":
        for name, one in found.items():
            once = " " in name and len(one.spans) == 1 and one.best.get(PERSON, 0.0) >= SURE
            if once and people_abroad.is_noun(surname(name), "\n".join(paragraphs)):
                one.best, one.hints = {PERSON: _NOUN}, 0.0
    for place in _titles_in(paragraphs) & found.keys():
        if found[place].best.get(PLACE, 1.0) < _SAID_TO_BE_A_PLACE:
            found[place].best[PLACE] = 0.5
    for name in bodies.elsewhere({name: one.best for name, one in found.items()}):
        found[name].best = {ORGANISATION: _TEAM}
    for name, span in teams.by_nickname():
        found[name].as_team.append(span)
    if capitals:
        read_capitals(found, capitals)
    return found


def _add_words(one: Named, spans: list[tuple[Span, float]], paragraphs: tuple[str, ...]) -> None:
    """A word of another language, which is only kept where somebody who is sure has it as surname, or a company's name begins so."""
    for (n, start, end), alone in spans:
        if len(one.spans) < 2 and one.role is None:
            one.role = role_of(paragraphs[n], start, end)
        one.add((n, start, end), Verdict(PERSON, _OF_SOMEBODY), alone)


def ranked(found: dict[str, Named], dateline: str | None = None) -> tuple[Entity, ...]:
    """What was found, as entities, most often named first: names of one word count for the person's full name that ends with
    them, and names of one place or organisation for one."""
    verdicts = {name: one.verdict for name, one in found.items() if one.best}
    people = [name for name, verdict in verdicts.items() if verdict.kind is PERSON and " " in name]
    same = one_name({name: len(found[name].spans) for name in people})
    surnames = {surname(name): same.get(name, name) for name in reversed(people) if verdicts[name].confidence >= 0.5}
    legal = {
        _LEGAL_FORM.sub("", name): name
        for name, one in found.items()
        if " " in name and one.best and _LEGAL_FORM.search(name)
    }
    whole: dict[tuple[EntityKind, str], Named] = {}
    for place in _in_dateline(dateline):
        found.setdefault(place, Named()).best[PLACE] = 0.95
        verdicts[place] = found[place].verdict
    for name, one in found.items():
        if one.as_team:
            team = whole.setdefault((ORGANISATION, name), Named(written=name))
            team.best[ORGANISATION] = _TEAM
            team.spans.extend(one.as_team)
            if one.best.get(PLACE, 0.0) < _SAID_TO_BE_A_PLACE and one.best.get(PERSON, 0.0) < SURE:
                team.spans.extend(one.spans)
                continue
        kind, confidence = verdicts[name]
        if kind is PERSON and name in legal:  # "Sierra Nevada" of the Sierra Nevada Corporation
            kind, confidence = verdicts[legal[name]]
        owner = surnames.get(name.removesuffix("'s"))
        if (
            owner is not None
            and name != owner
            and (kind is PERSON or confidence < SURE or _is_also_a_surname(name, one, verdicts[name]))
        ):
            kind, shown = PERSON, owner
            confidence = verdicts[owner].confidence + (0.12 if confidence >= 0.3 else 0.05)
        elif kind is PERSON and confidence < _KEPT and " " not in name:
            continue
        elif kind is PLACE:
            shown = gazetteer().one_name(name)
        elif kind is ORGANISATION:
            shown = organisations().get(name) or legal.get(name, name)
        else:
            shown = same.get(name, name)
        joined = whole.get((kind, shown))
        if joined is None:
            joined = whole[kind, shown] = Named()
        if len(one.spans) > joined.most:
            joined.most, joined.written = len(one.spans), shown if kind is PERSON else name
        joined.spans.extend(one.spans)
        joined.best[kind] = max(joined.best.get(kind, 0.0), min(0.99, confidence))
        joined.role = joined.role or one.role
    in_order = sorted(whole.items(), key=lambda item: (-len(item[1].spans), item[0][1]))
    countries = frozenset(
        code for name, verdict in verdicts.items() if verdict.kind is PLACE and (code := gazetteer().country(name))
    )
    kept = [(kind, shown, one) for (kind, shown), one in in_order if one.best[kind] >= _KEPT]
    return tuple(_entity(kind, shown, one, countries) for kind, shown, one in kept[:MAX_ENTITIES])


def _is_also_a_surname(name: str, one: Named, verdict: Verdict) -> bool:
    """Whether a city's name alone may be that of somebody whom the text names in full: nothing around it says a place is meant."""
    places = gazetteer()
    return (
        verdict.kind is PLACE
        and name in known_names().last
        and not places.is_area(name)
        and one.best[PLACE] < _SAID_TO_BE_A_PLACE
    )


def _in_dateline(dateline: str | None) -> list[str]:
    """`YEREVAN, Armenia` names Yerevan and Armenia."""
    parts = [part.strip() for part in (dateline or "").split(",")]
    names = [part.title() if part.isupper() and len(part) > 3 else part for part in parts]
    return [name for name in names if name and gazetteer().is_known(name)]


def _entity(kind: EntityKind, shown: str, one: Named, countries: frozenset[str]) -> Entity:
    places, name = gazetteer(), one.written
    country = places.country(name) if kind is PLACE else None
    city = places.city(name, countries) if kind is PLACE and not places.is_area(name) else None
    return Entity(
        name=name[:512],
        kind=kind,
        count=max(1, len(one.spans)),
        mentions=tuple(sorted(one.spans)[:MAX_SPANS]),
        country=city.country if city else country,
        latitude=city.latitude if city else None,
        longitude=city.longitude if city else None,
        role=one.role if kind is PERSON else None,
        confidence=round(one.best[kind], 2),
        known_as=shown[:512] if shown != name else None,
    )
