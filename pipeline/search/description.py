"""The description of the API (OpenAPI 3.1): what FastAPI makes of the routes, with the bodies that they read themselves, and
the key that they may ask for."""

from __future__ import annotations

import json
import re
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from pipeline.search.saved_requests import ChangedSearch, NewSearch

FOLLOWED = (".atom", "/live")
"""How routes end that feed readers and browsers ask, which can't send a key."""
_REF = "#/components/schemas/{model}"
_BODIES: tuple[type[BaseModel], ...] = (NewSearch, ChangedSearch)


def body(model: type[BaseModel]) -> dict[str, Any]:
    """What a route that reads its body itself says of it (section 4.8.10)."""
    schema = {"$ref": _REF.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


class Described(FastAPI):
    """Describes itself whole."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            whole = super().openapi()
            _, schemas = models_json_schema([(one, "validation") for one in _BODIES], ref_template=_REF)
            components = whole.setdefault("components", {})
            components.setdefault("schemas", {}).update(schemas["$defs"])
            used = set(re.findall(_REF.format(model='([^"]+)'), json.dumps(whole)))
            components["schemas"] = {name: one for name, one in components["schemas"].items() if name in used}
            components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": "Where the server has keys."}}  # fmt: skip
            for path, methods in whole["paths"].items():
                for one in methods.values():
                    one["security"] = [{"key": []}] if self._needs_key(path) else [{}, {"key": []}]
        return self.openapi_schema or {}

    def _needs_key(self, path: str) -> bool:
        """Whether a key is asked for here: this server has keys, and no token of a saved search stands for one."""
        return bool(self.state.settings.search_keys) and not path.endswith(FOLLOWED)
