"""What an article must have for a query of Elasticsearch to find it, as far as that is known without asking. Pure.

The query itself is read, not the words that a reader wrote: whatever it is made of, what isn't known here counts as met. So
a condition may be met by an article that the query doesn't find, and never the other way round.

What an article has are its `Atoms`: the terms that it is indexed by, `t|german term`, and its values, `v|publisher|herald`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Atoms = frozenset[str]
Tokens = tuple[tuple[str, ...], ...]
"""A text as the analysis reads it: at each place the terms that may be there."""
Analysis = Callable[[str, str], Tokens]
"""The tokens of a query's text by a group: `""` for the default analysis, else a language of the stemmed twins."""
TEXTS = (
    "headline", "summary", "body", "faq.question", "faq.answer", "section.text", "topics.text", "authors.text", "people.text",
    "organisations.text", "places.text",
)  # fmt: skip
"""Fields whose terms are atoms; with the stemmed twins."""
VALUES = (
    "article_id", "provider", "publisher", "claims", "url", "language", "story_id", "authors", "byline", "dateline", "section", "topics",
    "keywords", "people", "places", "organisations", "countries", "has", "sections.name", "sections.code", "media_topics.name", "media_topics.code", "subjects.code",
)  # fmt: skip
"""Fields whose values are atoms."""
PREFIX = 3
"""Letters of a term's beginning that are an atom too."""


@dataclass(frozen=True)
class Always:
    """Nothing is known."""


@dataclass(frozen=True)
class AnyOf:
    """One of these atoms."""

    atoms: Atoms


@dataclass(frozen=True)
class Some:
    """At least so many of these conditions."""

    least: int
    conditions: tuple[Condition, ...]


Condition = Always | AnyOf | Some
ALWAYS = Always()
NEVER = AnyOf(frozenset())
_GROUP = "stemmed."


def term(group: str, text: str) -> str:
    return f"t|{group}|{text}"


def prefix(text: str) -> str:
    return f"p|{text[:PREFIX]}"


def value(field: str, text: str) -> str:
    return f"v|{field}|{text.casefold()}"


def texts_of(clause: Any) -> Iterator[tuple[str, str]]:
    """Every text of a query, with the groups that it is looked for in: what has to be analysed before `condition`."""
    if isinstance(clause, Mapping):
        for kind, inner in clause.items():
            if kind == "multi_match" and isinstance(inner, Mapping):
                for group in _groups(inner.get("fields", ())):
                    if group is not None:
                        yield group, str(inner.get("query", ""))
            elif kind in ("match", "match_phrase", "match_phrase_prefix") and isinstance(inner, Mapping):
                for field, asked in inner.items():
                    if (group := _group(field)) is not None:
                        yield group, _text(asked)
            else:
                yield from texts_of(inner)
    elif isinstance(clause, list | tuple):
        for one in clause:
            yield from texts_of(one)


def condition(clause: Mapping[str, Any], analysis: Analysis) -> Condition:
    """What every article has that the query finds."""
    if len(clause) != 1:
        return ALWAYS
    kind, inner = next(iter(clause.items()))
    match kind:
        case "bool":
            return _bool(inner, analysis)
        case "dis_max":
            return some(1, [condition(one, analysis) for one in inner.get("queries", ())])
        case "function_score":
            return condition(inner.get("query", {}), analysis)
        case "constant_score":
            return condition(inner.get("filter", {}), analysis)
        case "multi_match":
            how = str(inner.get("type", "best_fields"))
            return some(1, [_words(group, str(inner.get("query", "")), how, analysis) for group in _groups(inner.get("fields", ()))])  # fmt: skip
        case "match" | "match_phrase" | "match_phrase_prefix":
            field, asked = next(iter(inner.items()))
            if kind == "match" and not (isinstance(asked, Mapping) and asked.get("operator") == "and"):
                how = "best_fields"
            else:
                how = "bool_prefix" if kind == "match_phrase_prefix" else "phrase"
            return _words(_group(field), _text(asked), how, analysis)
        case "term":
            field, asked = next(iter(inner.items()))
            given = asked.get("value") if isinstance(asked, Mapping) else asked
            return _values(field, [given])
        case "terms":
            fields = [one for one in inner.items() if one[0] != "boost"]
            if len(fields) != 1 or not isinstance(fields[0][1], list | tuple):
                return ALWAYS
            return _values(*fields[0])
        case "match_none":
            return NEVER
        case _:
            return ALWAYS


def some(least: int, conditions: Iterable[Condition]) -> Condition:
    """The same, as simple as it can be."""
    conditions = tuple(conditions)
    always = sum(isinstance(one, Always) for one in conditions)
    left = tuple(one for one in conditions if not isinstance(one, Always))
    least -= always
    if least <= 0:
        return ALWAYS
    if least > len(left):
        return NEVER
    if least == 1 and all(isinstance(one, AnyOf) for one in left):
        return AnyOf(frozenset(atom for one in left if isinstance(one, AnyOf) for atom in one.atoms))
    return left[0] if len(left) == 1 else Some(least, left)


def holds(wanted: Condition, atoms: Atoms | set[str]) -> bool:
    """Whether an article with these atoms meets the condition."""
    match wanted:
        case AnyOf(one_of):
            return not one_of.isdisjoint(atoms)
        case Some(least, conditions):
            for inner in conditions:
                if holds(inner, atoms):
                    least -= 1
                    if least == 0:
                        return True
            return False
        case _:
            return True


def guard(wanted: Condition) -> Atoms | None:
    """Atoms of which every article that meets the condition has at least one, as rare ones as can be told; None where there
    are none."""
    match wanted:
        case AnyOf(atoms):
            return atoms
        case Some(least, conditions):
            # of n conditions of which k hold, one holds among any n - k + 1
            known = sorted((found for one in conditions if (found := guard(one)) is not None), key=_cost)
            needed = len(conditions) - least + 1
            return frozenset().union(*known[:needed]) if len(known) >= needed else None
        case _:
            return None


def _cost(atoms: Atoms) -> float:
    """How many articles have one of these: long terms are rare, a publisher or a language may be everybody's. An article is in
    one language, so that of all stemmed terms only those of one count."""
    costs: dict[str, float] = defaultdict(float)
    for atom in atoms:
        kind, _, text = atom.partition("|")
        group, _, word = text.partition("|")
        costs[f"{kind}|{group}" if kind == "t" else kind] += _COMMON.get(kind) or 1.0 / max(1, len(word)) ** 2
    own = costs.pop("t|", 0.0)
    others = [cost for name, cost in costs.items() if name.startswith("t|")]
    return own + max(others, default=0.0) + sum(cost for name, cost in costs.items() if not name.startswith("t|"))


_COMMON = {"v": 1.0, "p": 0.3}


def _bool(inner: Mapping[str, Any], analysis: Analysis) -> Condition:
    needed = [condition(one, analysis) for kind in ("must", "filter") for one in _listed(inner.get(kind, ()))]
    optional = [condition(one, analysis) for one in _listed(inner.get("should", ()))]
    if optional:
        least = _least(inner.get("minimum_should_match", 0 if needed else 1), len(optional))
        needed.append(some(least, optional))
    return some(len(needed), needed)


def _least(wanted: Any, count: int) -> int:
    """How many optional clauses are needed. `3<75%`: all of up to three, else so much of them, rounded down. 0 for what isn't
    known here, so that nothing is missed."""
    text = str(wanted)
    if text.isdigit():
        return int(text)
    all_of, sign, share = text.partition("<")
    if sign and all_of.isdigit() and share.endswith("%") and share[:-1].isdigit():
        return count if count <= int(all_of) else count * int(share[:-1]) // 100
    return 0


def _values(field: str, given: Iterable[Any]) -> Condition:
    return AnyOf(frozenset(value(field, str(one)) for one in given)) if field in VALUES else ALWAYS


def _words(group: str | None, text: str, how: str, analysis: Analysis) -> Condition:
    if group is None or not (tokens := analysis(group, text)):
        return ALWAYS
    places: list[Condition] = [AnyOf(frozenset(term(group, one) for one in place)) for place in tokens]
    if how == "phrase":
        return some(len(places), places)
    if how == "bool_prefix":
        last = tokens[-1]
        beginning = AnyOf(frozenset(map(prefix, last))) if group == "" and min(map(len, last)) >= PREFIX else ALWAYS
        return some(len(places), [*places[:-1], beginning])
    return some(1, places)


def _groups(fields: Iterable[str]) -> list[str | None]:
    return list(dict.fromkeys(_group(field) for field in fields))


def _group(field: str) -> str | None:
    """None where the field's terms are no atoms."""
    name = field.partition("^")[0]
    if name.startswith(_GROUP):
        return name.split(".")[1]
    return "" if name in TEXTS else None


def _text(asked: Any) -> str:
    return str(asked.get("query", "")) if isinstance(asked, Mapping) else str(asked)


def _listed(clauses: Any) -> list[Any]:
    return list(clauses) if isinstance(clauses, list | tuple) else [clauses]
