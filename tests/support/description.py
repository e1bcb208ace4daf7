"""Holds answers of the search API to its own description (OpenAPI 3.1)."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import httpx
import jsonschema
from referencing import Registry
from referencing.jsonschema import DRAFT202012


class Description:
    """A field that is answered and not described fails, unless its object says that it has any."""

    def __init__(self, whole: dict[str, Any]) -> None:
        self.paths: dict[str, dict[str, Any]] = whole["paths"]
        self._registry: Any = Registry().with_resource("urn:api", DRAFT202012.create_resource(_closed(deepcopy(whole))))
        self._known: dict[str, jsonschema.Draft202012Validator] = {}

    def hold(self, answer: httpx.Response, method: str, path: str) -> None:
        """The answer is what the operation says of this status: a media type that it names, and JSON of its schema."""
        status = str(answer.status_code)
        described = self.paths[path][method]["responses"]
        assert status in described, f"{answer.request.url}: {status} {answer.text[:500]}"
        content = described[status].get("content", {})
        if not answer.content:
            return
        assert answer.headers["content-type"] in content or answer.headers["content-type"].partition(";")[0] in content
        media_type = answer.headers["content-type"].partition(";")[0]
        if not content.get(media_type, {}).get("schema"):
            return
        steps = ("paths", path, method, "responses", status, "content", media_type, "schema")
        at = "#/" + "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)
        if at not in self._known:
            schema = {"$ref": f"urn:api{at}"}
            formats = jsonschema.Draft202012Validator.FORMAT_CHECKER
            self._known[at] = jsonschema.Draft202012Validator(schema, registry=self._registry, format_checker=formats)
        wrong = sorted(self._known[at].iter_errors(answer.json()), key=lambda one: len(one.path), reverse=True)
        told = [f"{one.json_path}: {jsonschema.exceptions.best_match([one]).message[:300]}" for one in wrong[:5]]
        assert not wrong, f"{answer.request.url}: {told}"


def _closed(value: Any) -> Any:
    if isinstance(value, dict):
        if isinstance(value.get("properties"), dict):
            value.setdefault("additionalProperties", False)
        for one in value.values():
            _closed(one)
    elif isinstance(value, list):
        for one in value:
            _closed(one)
    return value
