"""The fields of a document as the API's description shows them: found from the model that the index is made of, so that a
field of the one is a field of the other. Every field may be absent: it is where it is empty, or where `fields=` leaves it out.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Field, create_model

from schemas.documents import Document
from schemas.fields import Indexed, Internal, mark
from schemas.identity import Claim, Moment


@cache
def fields_model(document: type[Document], only: frozenset[str]) -> type[BaseModel]:
    """A model with the fields of a document; of these names."""
    fields: dict[str, Any] = {}
    for column in document.columns:
        if column.name not in only:
            continue
        inside = _model(document.model_fields[column.inside].annotation) if column.inside else document
        info = inside.model_fields[column.field]
        indexed = mark(info, Indexed)
        made = indexed is not None and indexed.convert is not None  # of paragraphs, the body
        fields[column.name] = _optional(str if made else _shown(info.annotation))
    return create_model(f"{document.__name__}Fields", **fields)


@cache
def _part(model: type[BaseModel]) -> type[BaseModel]:
    """A model inside of a document, as it is written there."""
    fields: dict[str, Any] = {
        info.serialization_alias or name: _optional(_shown(info.annotation))
        for name, info in model.model_fields.items()
        if mark(info, Internal) is None
    }
    return create_model(model.__name__, **fields)


def _shown(annotation: Any) -> Any:
    """The type in JSON."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shown(arguments[0])
    if origin in (Union, UnionType):
        return _shown(next(one for one in arguments if one is not type(None)))
    if origin is tuple and arguments[-1] is Ellipsis:
        each = _shown(arguments[0])
        return list[each]  # type: ignore[valid-type]  # a value, no annotation
    if isinstance(annotation, type) and issubclass(annotation, Moment):
        return datetime
    if isinstance(annotation, type) and issubclass(annotation, Claim):
        return str
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _part(annotation)
    return annotation


def _optional(wanted: Any) -> tuple[Any, Any]:
    """A field that may be absent, but is never null."""
    return wanted, Field(default=None, json_schema_extra=_without_default)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def _model(annotation: Any) -> type[BaseModel]:
    found: type[BaseModel] = next(one for one in (*get_args(annotation), annotation) if isinstance(one, type) and issubclass(one, BaseModel))  # fmt: skip
    return found
