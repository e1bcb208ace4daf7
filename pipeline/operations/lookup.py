"""One search for an operator, in any index of ours."""

from __future__ import annotations

from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from pipeline.errors import Fatal, Retry
from pipeline.index.client import elasticsearch_client
from pipeline.settings import Settings


def search(settings: Settings, alias: str, **request: Any) -> dict[str, Any]:
    """Elasticsearch's answer. Raises Retry where it gives none, Fatal where the index isn't there yet."""
    client = elasticsearch_client(settings, timeout=10)
    try:
        return dict(client.search(index=settings.named(alias), track_total_hits=True, **request))
    except ApiError as e:
        if e.status_code == 404:
            raise Fatal(f"there is no index {settings.named(alias)} yet: dateline indexer makes it") from None
        raise Retry(f"Elasticsearch does not answer ({e.message})") from e
    except TransportError as e:
        raise Retry(f"Elasticsearch does not answer ({type(e).__name__})") from e
    finally:
        client.close()


def stands_for(client: Elasticsearch, settings: Settings, article_id: str) -> str:
    """The id that stands for an article: its own, or the one that it gave way to. Raises what the client raises."""
    seen = [article_id]
    while True:
        answer = client.options(ignore_status=404).search(
            index=settings.named("redirects"), query={"ids": {"values": [seen[-1]]}}, source_includes=["merged_into"]
        )
        hits = answer.get("hits", {}).get("hits", [])
        if not hits or hits[0]["_source"]["merged_into"] in seen:
            return seen[-1]
        seen.append(hits[0]["_source"]["merged_into"])


def merged_into(client: Elasticsearch, settings: Settings, article_id: str) -> list[str]:
    """The ids that gave way to this one."""
    answer = client.options(ignore_status=404).search(
        index=settings.named("redirects"), query={"term": {"merged_into": article_id}}, size=1000, source=False
    )
    return [hit["_id"] for hit in answer.get("hits", {}).get("hits", [])]
