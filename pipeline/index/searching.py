"""An Elasticsearch client whose searches cost little: the usual one's go through six layers for retries, several servers, parameters
in two places and spans, none of which a search of ours has, and which cost as much as the request itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import orjson

from pipeline.index.elastic import HTTP_EXCEPTIONS, ApiError, BaseNode, Elasticsearch, HttpHeaders, SerializationError

_JSON = "application/vnd.elasticsearch+json; compatible-with=9"


class SearchClient(Elasticsearch):
    """Of one server. All but `search` is the usual client's."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._own: tuple[BaseNode, HttpHeaders] | None = None

    def search(self, *, index: str, body: Mapping[str, Any]) -> dict[str, Any]:  # type: ignore[override]  # what we use of it
        """Raises what the usual client does."""
        if self._own is None:
            sent = HttpHeaders({**self._headers, "accept": _JSON, "content-type": _JSON})
            self._own = (self.transport.node_pool.get(), sent.freeze())
        node, headers = self._own
        asked = orjson.dumps(body)
        meta, answered = node.perform_request("POST", f"/{index}/_search", asked, headers, self._request_timeout)
        try:
            found = orjson.loads(answered)
        except orjson.JSONDecodeError as e:
            if meta.status == 200:
                raise SerializationError("what was answered is no JSON", errors=(e,)) from e
            found = answered.decode("utf-8", "replace")
        if meta.status != 200:
            raise HTTP_EXCEPTIONS.get(meta.status, ApiError)(_kind(found), meta, found)
        return cast(dict[str, Any], found)


def _kind(answered: Any) -> str:
    error = answered.get("error") if isinstance(answered, dict) else None
    return str(error["type"] if isinstance(error, dict) and "type" in error else error or answered)
