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
