"""Lookups in any index: documents, their status, and the ids that an article has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.errors import Fatal
from pipeline.index.client import open_client
from pipeline.index.elastic import Elasticsearch
from pipeline.search import redirects
from pipeline.settings import Settings

_PAGE = 1000
_KEEP_ALIVE = "2m"
STATUS_FIELD = "standing"
"""The field of a document with its visibility status."""


def status_of(document: dict[str, Any]) -> str:
    """A document's visibility status (`public`, `embargoed`, `killed`, …); empty where it has none."""
    return str(document.get(STATUS_FIELD, ""))


def search(settings: Settings, alias: str, **request: Any) -> dict[str, Any]:
    """Elasticsearch's answer. Raises Retry where it gives none, Fatal where the index isn't there yet."""
    with open_client(settings, timeout=10, missing=Fatal) as client:
        return dict(client.search(index=settings.named(alias), track_total_hits=True, **request))


def scan(client: Elasticsearch, index: str, **request: Any) -> Iterator[dict[str, Any]]:
    """Every hit of a search, however many, as of one moment; none where the index isn't there. Raises what the client
    raises."""
    opened = client.options(ignore_status=404).open_point_in_time(index=index, keep_alive=_KEEP_ALIVE)
    if "id" not in opened:
        return
    pit = opened["id"]
    after: Any = None
    try:
        while True:
            answer = client.search(
                pit={"id": pit, "keep_alive": _KEEP_ALIVE}, size=_PAGE, sort=[{"_shard_doc": "asc"}], search_after=after,
                track_total_hits=False, **request,
            )  # fmt: skip
            hits = answer["hits"]["hits"]
            if not hits:
                return
            yield from hits
            after, pit = hits[-1]["sort"], answer.get("pit_id", pit)
    finally:
        client.options(ignore_status=404).close_point_in_time(id=pit)


def canonical_id(client: Elasticsearch, settings: Settings, article_id: str) -> str:
    """The canonical id of an article: its own, or the one that it was merged into. Raises what the client raises."""
    return redirects.canonical_id(_ask(client, settings), "redirects", article_id)


def merged_ids(client: Elasticsearch, settings: Settings, article_id: str) -> list[str]:
    """The ids that were merged into this one. Raises what the client raises."""
    return redirects.merged_ids(_ask(client, settings), "redirects", article_id)


def _ask(client: Elasticsearch, settings: Settings) -> redirects.Ask:
    def ask(alias: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        answer = client.options(ignore_status=404).search(index=settings.named(alias), body=body)
        return list(answer.get("hits", {}).get("hits", []))

    return ask
