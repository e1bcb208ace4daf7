"""What of a mapping an index can have: of one whose analysis is another, or that has fields already. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

Properties = Mapping[str, Mapping[str, Any]]

STORED: Mapping[str, Any] = {"type": "object", "enabled": False}
"""An object that is kept and that no search reads."""


def analyzers(settings: Mapping[str, Any]) -> frozenset[str]:
    """Analyzers that an index has of its own, by its settings as `GET /index` or a component template has them."""
    return frozenset(settings.get("index", settings).get("analysis", {}).get("analyzer", {}))


def fitted(properties: Properties, own: Set[str]) -> dict[str, Any]:
    """`properties` for an index with the analyzers `own`: an object with texts that need others is stored only."""
    return {name: _fitted(field, own) for name, field in properties.items()}


def additions(wanted: Properties, found: Properties) -> dict[str, Any]:
    """The fields and subfields of `wanted` that are not in `found`. What is there stays as it is: an analyzer can't be
    changed, and a mapping that tries is refused as a whole."""
    added: dict[str, Any] = {}
    for name, field in wanted.items():
        there = found.get(name)
        if there is None:
            added[name] = field
            continue
        for inside in ("properties", "fields"):
            more = additions(field.get(inside, {}), there.get(inside, {})) if there.get("enabled", True) else {}
            if more:
                own = {} if inside == "properties" else {key: value for key, value in there.items() if key != "fields"}
                added[name] = own | {inside: more}
    return added


def used(analysis: Mapping[str, Any], properties: Properties) -> dict[str, Any]:
    """The part of an analysis that these fields use: their analyzers, the default ones, and what those are made of."""
    named = {"default", "default_search", *_named(properties)}
    parts = {"analyzer": {name: one for name, one in analysis["analyzer"].items() if name in named}}
    for kind, key in (("tokenizer", "tokenizer"), ("filter", "filter"), ("char_filter", "char_filter")):
        chains = [one.get(key, []) for one in parts["analyzer"].values()]
        wanted = {name for chain in chains for name in ([chain] if isinstance(chain, str) else chain)}
        parts[kind] = {name: one for name, one in analysis.get(kind, {}).items() if name in wanted}
    return {kind: found for kind, found in parts.items() if found}


def same_template(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether an index template, as `GET /_index_template` answers, says what ours does. Servers write settings as text."""

    def said(one: Mapping[str, Any]) -> list[Any]:
        template = one.get("template", {})
        # not the dates that a server adds
        return [
            *(one.get(key) for key in ("index_patterns", "allow_auto_create", "priority")),
            *(one.get(key) or None for key in ("composed_of", "data_stream", "ignore_missing_component_templates")),
            _flat(template.get("settings", {})),
            {key: value for key, value in template.items() if key != "settings" and value},
        ]

    return said(ours) == said(theirs)


def lacks(index: Mapping[str, Any], wanted: Set[str]) -> bool:
    """Whether the index (as `GET /index` answers) was made without analyzers that one made now would have."""
    return bool(wanted - analyzers(index.get("settings", {})))


def _fitted(field: Mapping[str, Any], own: Set[str]) -> Mapping[str, Any]:
    inside = field.get("properties")
    if inside is None:
        return field
    named = {one[key] for one in inside.values() for key in ("analyzer", "search_analyzer") if key in one}
    if named - own - {"default"}:
        return STORED
    fitting = fitted(inside, own)
    if all(one == STORED for one in fitting.values()):
        return STORED
    return {**field, "properties": fitting}


def _named(properties: Properties) -> set[str]:
    found = {field[key] for field in properties.values() for key in ("analyzer", "search_analyzer") if key in field}
    for field in properties.values():
        for inside in ("properties", "fields"):
            found |= _named(field.get(inside, {}))
    return found


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            found[prefix + key] = [str(one) for one in value]
        else:
            found[prefix + key] = str(value).lower() if isinstance(value, bool) else str(value)
    return found
