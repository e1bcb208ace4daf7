"""The parameters of a request, read by their model at once. (FastAPI reads a model field by field: for the thirty of a search
that costs more than all else that we do for it.) The description of the API has them all the same.
"""

from __future__ import annotations

from typing import Any, get_origin

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError


def asked(model: type[BaseModel]) -> Any:
    """The dependency of a route whose parameters are those of the model, and no others."""
    lists = {name for name, field in model.model_fields.items() if get_origin(field.annotation) is list}
    single = model.model_fields.keys() - lists
    empty = [name for name in lists if model.model_fields[name].default == []]

    async def read(request: Request) -> BaseModel:
        given = request.query_params
        for name in given:  # which one was meant can't be known
            if name in single and len(given.getlist(name)) > 1:
                raise RequestValidationError([_fault(name, "too_many", "give it once; it has no list of values")])
        try:
            found: dict[str, Any] = {name: [] for name in empty}  # pydantic would copy each default, deeply
            return model.model_validate(found | {name: given.getlist(name) if name in lists else given[name] for name in given})  # fmt: skip
        except ValidationError as e:
            raise RequestValidationError([one | {"loc": ("query", *one["loc"])} for one in e.errors()]) from None

    return Depends(read)


def _fault(name: str, kind: str, why: str) -> dict[str, Any]:
    return {"type": kind, "loc": ("query", name), "msg": why, "input": None}


def described(model: type[BaseModel]) -> dict[str, Any]:
    """The same parameters for the description of the API (OpenAPI 3.1, section 4.8.12)."""
    schema = model.model_json_schema()
    required = schema.get("required", ())
    made = []
    for name, one in schema["properties"].items():
        found: dict[str, Any] = {"name": name, "in": "query", "required": name in required, "schema": one}
        if "description" in one:
            found["description"] = one["description"]
        made.append(found)
    return {"parameters": made}
