"""A document's fields, found from the annotations of its model: how each is mapped, and how its value is made.

Found once, on import. A field without a required annotation raises TypeError there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from schemas.fields import Indexed, Inlined, Internal, Kind, mark
from schemas.identity import Claim, Moment

Convert: TypeAlias = Callable[[Any], Any]
Mapped: TypeAlias = dict[str, Any]
"""The definition of one field in a mapping."""

_KINDS: dict[type, Kind] = {
    bool: "boolean",
    str: "keyword",
    Enum: "keyword",
    UUID: "keyword",
    Claim: "keyword",
    datetime: "date",
    Moment: "date",
    int: "long",
    float: "float",
    dict: "stored",
    BaseModel: "properties",
}
"""Default kind of a field: that of the first of these types that its type is a subclass of."""


@dataclass(frozen=True)
class Column:
    """One field of a document."""

    name: str
    field: str
    """In the record."""
    inside: str | None
    """The inlined model that has it; None where it is the document's own."""
    mapped: Mapped
    convert: Convert | None


def columns(model: type[BaseModel], limit: int) -> tuple[Column, ...]:
    """Every field of the documents of `model`; `limit` is the default of its keywords. Raises TypeError."""
    found: list[Column] = []
    for field, info in model.model_fields.items():
        kind, _ = _shape(info.annotation)
        if mark(info, Inlined) is not None:
            found.extend(replace(one, inside=field) for one in _inlined(kind, limit))
        elif mark(info, Internal) is None:
            found.extend(_columns(field, info.annotation, mark(info, Indexed) or Indexed(), limit))
    names = [column.name for column in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise TypeError(f"{model.__name__} has {', '.join(sorted(twice))} more than once")
    return tuple(found)


def _inlined(model: type[BaseModel], limit: int) -> Iterable[Column]:
    for field, info in model.model_fields.items():
        indexed = mark(info, Indexed)
        if (indexed is None) == (mark(info, Internal) is None):
            raise TypeError(f"{model.__name__}.{field} has to be either Indexed or Internal")
        if indexed is not None:
            yield from _columns(field, info.annotation, indexed, limit)


def _columns(field: str, annotation: Any, indexed: Indexed, limit: int) -> Iterable[Column]:
    mapped = _mapped(annotation, indexed, limit)
    convert = indexed.convert or _convert(*_shape(annotation))
    for name in (indexed.name or field, indexed.also):
        if name is not None:
            yield Column(name, field, None, mapped, convert)


def _mapped(annotation: Any, indexed: Indexed, limit: int) -> Mapped:
    if indexed.properties is not None:
        return {"properties": dict(indexed.properties)}
    base, _ = _shape(annotation)
    limit = limit if indexed.limit is None else indexed.limit
    keyword: Mapped = {"type": "keyword"} | ({"ignore_above": limit} if limit else {})
    match indexed.kind or _kind(base):
        case "properties":
            return {"properties": _properties(base, limit)}
        case "stored":
            return {"type": "object", "enabled": False}
        case "keyword":
            shown_only = {} if indexed.searched else {"index": False, "doc_values": False}
            return keyword | shown_only | ({"fields": {"text": {"type": "text"}}} if indexed.words else {})
        case "text":
            shown_only = {} if indexed.searched else {"index": False}
            return {"type": "text"} | shown_only | ({"fields": {"exact": keyword}} if indexed.exact else {})
        case kind:
            return {"type": kind}


def _properties(model: type[BaseModel], limit: int) -> dict[str, Mapped]:
    return {
        field: _mapped(info.annotation, mark(info, Indexed) or Indexed(), limit)
        for field, info in model.model_fields.items()
        if mark(info, Internal) is None
    }


def _kind(base: type) -> Kind:
    for known, kind in _KINDS.items():
        if issubclass(base, known):
            return kind
    raise TypeError(f"no default Elasticsearch type for {base.__name__}: declare it with Indexed(…)")


def _shape(annotation: Any) -> tuple[type, bool]:
    """(the type of each value, whether there may be several); an absent value counts for nothing."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _shape(get_args(annotation)[0])
    if origin in (Union, UnionType):
        (one,) = (option for option in get_args(annotation) if option is not type(None))
        return _shape(one)
    if origin is tuple:
        return _shape(get_args(annotation)[0])[0], True
    if origin is Literal:
        return str, False
    return datetime if annotation is AwareDatetime else origin or annotation, False


def _convert(base: type, many: bool) -> Convert | None:
    """To what JSON knows. Instants stay: how they are written is up to the request."""
    if issubclass(base, UUID):
        one: Convert | None = str
    elif issubclass(base, Enum):
        one = _value
    elif issubclass(base, Moment):
        one = _utc
    elif issubclass(base, Claim):
        one = _scheme_and_value
    elif issubclass(base, BaseModel):
        return _dump(base, many)
    else:
        one = None
    if many:
        each = one
        return list if each is None else lambda values: [each(value) for value in values]
    return one


def _dump(model: type[BaseModel], many: bool) -> Convert:
    internal = {field for field, info in model.model_fields.items() if mark(info, Internal) is not None} or None
    if many:
        return lambda values: [value.model_dump(exclude=internal, exclude_none=True) for value in values]
    return lambda value: value.model_dump(exclude=internal)


def _value(value: Enum) -> object:
    return value.value


def _utc(moment: Moment) -> datetime:
    return moment.utc


def _scheme_and_value(claim: Claim) -> str:
    return f"{claim.scheme.value}:{claim.value}"


def tidy(document: Mapping[str, Any]) -> dict[str, Any]:
    """Without empty fields, at every level."""
    return {
        name: tidy(value) if isinstance(value, dict) else value
        for name, value in document.items()
        if value is not None and value != [] and value != ""
    }
