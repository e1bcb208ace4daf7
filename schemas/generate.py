"""JSON Schemas and mappings from the models, and whether a change would break a reader of older events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from schemas import mappings
from schemas.answers import SCHEMAS

FOLDER = Path(__file__).parent / "json"
COMMANDS = "commands"
"""Below the folder of the contracts: what commands print with `--json`."""

Models = Mapping[str, type[BaseModel]]
"""The models of all contracts by their names with versions: pipeline.topics.CONTRACTS. The answers of commands are added
to them by their own names."""
Schema = dict[str, Any]


def generated(models: Models) -> dict[str, Schema]:
    """The schemas as the models make them now."""
    return {
        name: {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
        for name, model in models.items()
    }


def check(models: Models, folder: Path | None = None) -> list[str]:
    """Faults of the checked-in schemas and mappings: missing, outdated, or broken by the models. Empty where all is
    well. Mappings are in `index` below another folder."""
    faults = mappings.check(folder / "index" if folder else mappings.FOLDER)
    folder = folder or FOLDER
    return [*faults, *_check(models, folder), *_check(SCHEMAS, folder / COMMANDS)]


def _check(models: Models, folder: Path) -> list[str]:
    faults = []
    for name, schema in generated(models).items():
        path = folder / f"{name}.json"
        if not path.exists():
            faults.append(f"{name}: not checked in; run `dateline schemas export`")
            continue
        checked_in = json.loads(path.read_text())
        broken = breaks(checked_in, schema)
        faults.extend(f"{name}: {fault}; give it a new version instead" for fault in broken)
        if not broken and checked_in != schema:
            faults.append(f"{name}: the model changed compatibly; run `dateline schemas export`")
    return faults


def export(models: Models, folder: Path | None = None) -> tuple[list[Path], list[str]]:
    """Write the schemas and the mappings, unless a schema would break older readers: (written, faults)."""
    written = mappings.export(folder / "index" if folder else mappings.FOLDER)
    folder = folder or FOLDER
    faults: list[str] = []
    for of, place in ((models, folder), (SCHEMAS, folder / COMMANDS)):
        done, refused = _export(of, place)
        written += done
        faults += refused
    return written, faults


def _export(models: Models, folder: Path) -> tuple[list[Path], list[str]]:
    written: list[Path] = []
    faults: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in generated(models).items():
        path = folder / f"{name}.json"
        broken = breaks(json.loads(path.read_text()), schema) if path.exists() else []
        if broken:
            faults.extend(f"{name}: {fault}; give it a new version instead" for fault in broken)
            continue
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n")
        written.append(path)
    return written, faults


def breaks(old: Schema, new: Schema) -> list[str]:
    """Why `new` could refuse an event that `old` accepts: fields newly required, gone, of another type, or narrower."""
    return _compare(old, new, old, new, "event", set())


def _compare(
    old: Schema, new: Schema, old_root: Schema, new_root: Schema, at: str, seen: set[tuple[str, str]]
) -> list[str]:
    pair = (str(old.get("$ref")), str(new.get("$ref")))
    if "$ref" in old or "$ref" in new:
        if pair in seen:
            return []
        seen.add(pair)
    old, new = _resolve(old, old_root), _resolve(new, new_root)
    if _options(old) or _options(new):
        return _compare_members(old, new, old_root, new_root, at, seen)
    faults: list[str] = []
    old_types, new_types = _types(old, old_root), _types(new, new_root)
    if gone := old_types - new_types:
        faults.append(f"{at}: no longer accepts {', '.join(sorted(gone))}")
    for limit in ("maxLength", "maxItems", "maximum", "exclusiveMaximum"):
        if limit in new and (limit not in old or new[limit] < old[limit]):
            faults.append(f"{at}: {limit} is narrower")
    for limit in ("minLength", "minItems", "minimum", "exclusiveMinimum"):
        if limit in new and (limit not in old or new[limit] > old[limit]):
            faults.append(f"{at}: {limit} is narrower")
    if "pattern" in new and new["pattern"] != old.get("pattern"):
        faults.append(f"{at}: pattern changed")
    if (values := _values(new)) and not _values(old):
        faults.append(f"{at}: accepts only {', '.join(sorted(values))}")
    elif values and (lost := _values(old) - values):
        faults.append(f"{at}: no longer accepts {', '.join(sorted(lost))}")
    for name in sorted(set(new.get("required", [])) - set(old.get("required", []))):
        faults.append(f"{at}.{name}: newly required")
    for name, schema in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            faults.append(f"{at}.{name}: gone")
        else:
            faults.extend(_compare(schema, new["properties"][name], old_root, new_root, f"{at}.{name}", seen))
    if isinstance(old.get("items"), dict) and isinstance(new.get("items"), dict):
        faults.extend(_compare(old["items"], new["items"], old_root, new_root, f"{at}[]", seen))
    return faults


def _compare_members(
    old: Schema, new: Schema, old_root: Schema, new_root: Schema, at: str, seen: set[tuple[str, str]]
) -> list[str]:
    """The faults of a union. Its members are paired by name, not by position; a new member is no fault."""
    discriminator = str(old.get("discriminator", {}).get("propertyName", "kind"))
    others = [(right, _names(right, new_root, discriminator)) for right in _members(new, new_root)]
    faults: list[str] = []
    for left in _members(old, old_root):
        for name in _names(left, old_root, discriminator):
            same = [right for right, names in others if name in names]
            found: list[list[str]] = []
            for right in same or [right for right, _ in others]:
                known, parts = set(seen), (left, right)
                if same and name.startswith(f"{discriminator} "):  # its other values belong to other members
                    parts = _without(left, old_root, discriminator), _without(right, new_root, discriminator)
                    pair = (str(left.get("$ref")), str(right.get("$ref")))
                    if pair in seen:
                        continue
                    known |= {pair} if pair != ("None", "None") else set()
                found.append(_compare(*parts, old_root, new_root, f"{at}|{name}", known))
            if same:
                best = min(found or [[]], key=len)
                faults.extend(best)
            elif all(found):  # nor does a member of another name accept all of it
                faults.append(f"{at}: no longer accepts {name}")
    return sorted(set(faults))


def _members(schema: Schema, root: Schema) -> list[Schema]:
    """Those of a union, also of a union inside it, and of a list of types; a schema that is no union is its own only one."""
    whole = _resolve(schema, root)
    if options := _options(whole):
        return [member for option in options for member in _members(option, root)]
    if isinstance(whole.get("type"), list):
        return [{**whole, "type": one} for one in whole["type"]]
    return [schema]


def _names(member: Schema, root: Schema, discriminator: str) -> list[str]:
    """What a member of a union is: each value of the discriminating property, else its model's name, else its
    type."""
    whole = _resolve(member, root)
    if values := _values(_resolve(whole.get("properties", {}).get(discriminator, {}), root)):
        return [f"{discriminator} {value}" for value in sorted(values)]
    if "$ref" in member:
        return [str(member["$ref"]).removeprefix("#/$defs/")]
    return sorted(_types(whole, root)) or ["anything"]


def _without(member: Schema, root: Schema, name: str) -> Schema:
    whole = _resolve(member, root)
    return {**whole, "properties": {key: value for key, value in whole.get("properties", {}).items() if key != name}}


def _values(schema: Schema) -> set[str]:
    """The values that are listed; empty where any is allowed."""
    return {str(one) for one in (schema.get("enum") or ([schema["const"]] if "const" in schema else []))}


def _resolve(schema: Schema, root: Schema) -> Schema:
    reference = schema.get("$ref")
    return root["$defs"][reference.removeprefix("#/$defs/")] if isinstance(reference, str) else schema


def _options(schema: Schema) -> list[Schema]:
    return list(schema.get("anyOf") or schema.get("oneOf") or [])


def _types(schema: Schema, root: Schema) -> set[str]:
    schema = _resolve(schema, root)
    options = _options(schema)
    if options:
        return set().union(*(_types(option, root) for option in options))
    kind = schema.get("type")
    return set(kind) if isinstance(kind, list) else {kind} if kind else set()
