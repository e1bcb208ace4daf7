"""What is wrong with the indices behind the aliases, so that documents can't be written or would not be found. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

Indices = Mapping[str, Mapping[str, Any]]
"""As `GET /index` answers: by name, each with `aliases`, `mappings` and `settings`."""


def alias_fault(alias: str, indices: Indices) -> str | None:
    """Why `alias` can't be written to; None where it can."""
    if alias in indices:
        return f"{alias} is an index, it has to be an alias: delete it (DELETE /{alias}), or rename it by a reindex"
    behind = {name: index["aliases"][alias] for name, index in indices.items() if alias in index["aliases"]}
    if not behind:
        return f"the alias {alias} is not there"
    targets = [name for name, options in behind.items() if options.get("is_write_index", len(behind) == 1)]
    if len(targets) != 1:
        return (
            f"the alias {alias} points to {', '.join(sorted(behind))}, and none of them is its write index: take it off all "
            "but the one that Dateline made (POST /_aliases)"
        )
    return None


def index_fault(name: str, index: Mapping[str, Any], properties: Mapping[str, Any]) -> str | None:
    """Why the index isn't one for documents with these properties; None where it is."""
    mappings, settings = index.get("mappings", {}), index.get("settings", {}).get("index", {})
    if str(mappings.get("dynamic")) != "strict":
        return f"the index {name} was not made by Dateline's template (its mapping isn't strict): delete it and restart"
    if path := _missing(properties, mappings.get("properties", {})):
        return f"the mapping of {name} lacks {path}, or has it otherwise: `dateline reindex` makes a new index"
    pipeline = settings.get("final_pipeline", "_none")
    if pipeline != "_none":
        return f"the ingest pipeline {pipeline} applies to {name}: set its index.final_pipeline to _none"
    return None


def foreign_template(ours: str, priority: int, names: list[str], templates: list[Mapping[str, Any]]) -> str | None:
    """Why another index template would be used in place of `ours` for one of these indices; None where none is."""
    for one in templates:
        template = one["index_template"]
        if one["name"] == ours or template.get("priority", 0) < priority:
            continue
        if any(fnmatchcase(name, pattern) for name in names for pattern in template["index_patterns"]):
            return (
                f"the index template {one['name']} (priority {template.get('priority', 0)}) applies to {names[0]} before "
                f"Dateline's own (priority {priority}): narrow its index_patterns, or lower its priority"
            )
    return None


def _missing(wanted: Mapping[str, Any], found: Mapping[str, Any], prefix: str = "") -> str | None:
    """The first field of `wanted` that isn't in `found` with its type."""
    for name, field in wanted.items():
        there = found.get(name)
        if there is None or there.get("type", "object") != field.get("type", "object"):
            return prefix + name
        if there.get("enabled") is False:
            continue
        if inner := _missing(field.get("properties", {}), there.get("properties", {}), f"{prefix}{name}."):
            return inner
    return None
