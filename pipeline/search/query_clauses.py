"""A reader's query as a query of Elasticsearch. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.formats.mediatopics import facet_names
from pipeline.search import matching
from pipeline.search.costs import MAX_PARTS, Budget
from pipeline.search.moments import span
from pipeline.search.syntax import All, Field, Node, Not, Note, Phrase, Prefix, Query, Some, Word

Clause = dict[str, Any]
Condition = Callable[[Word | Phrase | Prefix, "Clock"], Clause]
"""A value and the time it is asked at to a clause. Raises ValueError with the reason for a value that can't be one."""


@dataclass(frozen=True)
class Clock:
    now: datetime
    zone: ZoneInfo


@dataclass(frozen=True)
class Target:
    """What is searched: how words are looked for, and which fields can be named."""

    words: Callable[..., Clause]
    """Of a text, and what is left of the query's budget."""
    phrase: Callable[[str], Clause]
    prefix: Callable[[str], Clause]
    fields: Mapping[str, Condition]


def exact(*fields: str) -> Condition:
    """One of these keyword fields has the value, in any case."""

    def condition(value: Word | Phrase | Prefix, _: Clock) -> Clause:
        kind = "prefix" if isinstance(value, Prefix) else "term"
        return some([{kind: {field: {"value": value.text, "case_insensitive": True}}} for field in fields])

    return condition


def words(*fields: str) -> Condition:
    """One of these text fields has every word of the value; a phrase in its order."""

    def condition(value: Word | Phrase | Prefix, _: Clock) -> Clause:
        match value:
            case Word(text):
                return some([{"match": {field: {"query": text, "operator": "and"}}} for field in fields])
            case Phrase(text):
                return some([{"match_phrase": {field: text}} for field in fields])
            case Prefix(text):
                return some([{"match_phrase_prefix": {field: text}} for field in fields])

    return condition


def either(*conditions: Condition) -> Condition:
    def condition(value: Word | Phrase | Prefix, clock: Clock) -> Clause:
        return some([one(value, clock) for one in conditions])

    return condition


def period(field: str) -> Condition:
    """The time is within what is named; `>` or `<` before it mean after and before."""

    def condition(value: Word | Phrase | Prefix, clock: Clock) -> Clause:
        text = value.text.lstrip("<>=")
        sign = value.text[: len(value.text) - len(text)]
        found = span(text, clock.now, clock.zone)
        start, end = found.start.isoformat(), found.end.isoformat()
        if "<" in sign:
            return {"range": {field: {"lt": end if "=" in sign else start}}}
        if ">" in sign or found.moment:
            return {"range": {field: {"gte": start if "=" in sign or found.moment else end}}}
        return {"range": {field: {"gte": start, "lt": end}}}

    return condition


def _section(value: Word | Phrase | Prefix, _: Clock) -> Clause:
    """By any newsroom's word for it."""
    if isinstance(value, Prefix):
        return {"prefix": {"sections.name": {"value": value.text, "case_insensitive": True}}}
    return {"terms": {"sections.name": list(facet_names(value.text))}}


_AUTHOR = either(words("authors.text"), exact("authors", "byline"))
_PLACE = either(words("places.text"), exact("places", "countries", "dateline"))
_PERSON = either(words("people.text"), exact("people"))
_ORGANISATION = either(words("organisations.text"), exact("organisations"))
_TOPIC = either(words("topics.text"), exact("topics", "keywords", "media_topics.name", "media_topics.code", "subjects.code"))  # fmt: skip
ARTICLES = Target(
    matching.words,
    matching.phrase,
    matching.prefix,
    {
        "author": _AUTHOR, "section": either(words("section.text"), exact("section"), _section), "publisher": exact("publisher"), "language": exact("language"),
        "place": _PLACE, "person": _PERSON, "organisation": _ORGANISATION, "topic": _TOPIC,
        "headline": words("headline"), "story": exact("story_id"), "id": exact("article_id", "claims", "url"),
        "date": period("shown_at"),
    },
)  # fmt: skip
COMMENTS = Target(
    matching.comment_words,
    matching.comment_phrase,
    matching.comment_prefix,
    {
        "author": either(words("author.text"), exact("author")), "language": exact("language"), "publisher": exact("publisher"),
        "article": exact("article_id"), "id": exact("comment_id"), "date": period("posted"),
    },
)  # fmt: skip


def clauses(query: Query, target: Target, clock: Clock) -> tuple[Clause, tuple[Note, ...]]:
    """The clause that the query means, and what had to be left out of it."""
    if query.node is None:
        return {"match_all": {}}, ()
    builder = _Builder(target, clock)
    return builder.clause(query.node) or {"match_all": {}}, tuple(builder.notes)


def some(found: list[Clause]) -> Clause:
    """At least one of them."""
    return found[0] if len(found) == 1 else {"bool": {"should": found, "minimum_should_match": 1}}


class _Builder:
    def __init__(self, target: Target, clock: Clock) -> None:
        self._target, self._clock = target, clock
        self._budget = Budget()
        """For the whole tree: neither OR nor parentheses begin a new one."""
        self.notes: dict[Note, None] = {}

    def clause(self, node: Node, field: str | None = None) -> Clause | None:
        """None for what had to be left out."""
        match node:
            case All(nodes):
                return self._all(nodes, field)
            case Some(nodes):
                found = [clause for one in nodes if (clause := self.clause(one, field)) is not None]
                return some(found) if found else None
            case Not(inside):
                clause = self.clause(inside, field)
                return None if clause is None else {"bool": {"must_not": [clause]}}
            case Field(name, inside):
                return self.clause(inside, name)
            case Word() | Phrase() | Prefix():
                return self._value(node, field)

    def _value(self, node: Word | Phrase | Prefix, field: str | None) -> Clause | None:
        text = self._fit(node.text)
        if not text:
            return None
        node = replace(node, text=text)
        if isinstance(node, Prefix) and not self._budget.begin(text, whole=field is not None):
            why = "too many words begin so, or too many words of the query end with a *"
            self.notes[Note("star", f"“{text[:40]}*”: {why}; it was searched as a word.")] = None
            node = Word(text)
        if field is not None:
            return self._condition(node, field)
        match node:
            case Phrase():
                return self._target.phrase(text)
            case Prefix():
                return self._target.prefix(text)
            case Word():
                return self._target.words(text, self._budget)

    def _fit(self, text: str) -> str:
        fitting = self._budget.fit(text)
        if fitting != " ".join(text.split()):
            self.notes[Note("too-long", f"Only the first {MAX_PARTS} parts of words were searched.")] = None
        return fitting

    def _all(self, nodes: tuple[Node, ...], field: str | None) -> Clause | None:
        """Plain words are asked for together, so that they count more where they are near each other."""
        plain = " ".join(one.text for one in nodes if isinstance(one, Word)) if field is None else ""
        fitting = self._fit(plain)
        must = [self._target.words(fitting, self._budget)] if fitting else []
        must_not: list[Clause] = []
        for one in nodes:
            if isinstance(one, Word) and field is None:
                continue
            clause = self.clause(one.node if isinstance(one, Not) else one, field)
            if clause is not None:
                (must_not if isinstance(one, Not) else must).append(clause)
        if len(must) == 1 and not must_not:
            return must[0]
        found = {"must": must} if must else {}
        if must_not:
            found["must_not"] = must_not
        return {"bool": found} if found else None

    def _condition(self, value: Word | Phrase | Prefix, field: str) -> Clause | None:
        try:
            return self._target.fields[field](value, self._clock)
        except ValueError as wrong:
            self.notes[Note("bad-value", f"{field}: {wrong}; it was ignored.")] = None
            return None
