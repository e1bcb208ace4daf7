"""Removes every document that a query finds, a thousand at a time, until it finds none."""

from __future__ import annotations

from typing import Any

from pipeline.errors import Retry
from pipeline.index.elastic import Elasticsearch

_PAGE = 1000
_GONE = frozenset({200, 404})


def delete_matching(client: Elasticsearch, index: str, query: dict[str, Any]) -> int:
    """Remove them, and return how many there were; 0 where the index isn't there.

    Raises Retry where Elasticsearch refuses to remove one (an index that is read-only, say), and what the client raises.
    """
    tolerant = client.options(ignore_status=404)
    tolerant.indices.refresh(index=index)
    removed = 0
    while True:
        answer = tolerant.search(index=index, query=query, size=_PAGE, source=False)
        hits = answer.get("hits", {}).get("hits", [])
        if not hits:
            return removed
        # from its own index: an alias may have two, and is written to in one
        places = [{"delete": {"_index": hit["_index"], "_id": hit["_id"]}} for hit in hits]
        done = client.bulk(operations=places, refresh=True)
        refused = [item["delete"] for item in done["items"] if item["delete"]["status"] not in _GONE]
        if refused:
            # asking again would find the same ones for ever
            why = refused[0].get("error", {}).get("reason", refused[0]["status"])
            raise Retry(f"{len(refused)} documents of {index} could not be removed ({why}); running it again goes on")
        removed += len(hits)
