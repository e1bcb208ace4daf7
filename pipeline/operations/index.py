"""One search for an operator, in any index of ours."""

from __future__ import annotations

from typing import Any

from elasticsearch import ApiError, TransportError

from pipeline.connections import elasticsearch_client
from pipeline.errors import Fatal, Retry
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
