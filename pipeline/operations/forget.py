"""Removes what nobody asks for any more from the indices that only grow."""

from __future__ import annotations

from datetime import datetime, timedelta

from elasticsearch import ApiError, Elasticsearch, TransportError

from pipeline.errors import Retry
from pipeline.index.client import elasticsearch_client
from pipeline.settings import Settings

TRENDS_KEPT = timedelta(days=30)
_AT_ONCE = 1000


def forget_trends(settings: Settings, now: datetime, kept: timedelta = TRENDS_KEPT) -> int:
    """Remove trends of windows that ended longer ago than `kept`; says how many. Raises Retry."""
    client = elasticsearch_client(settings)
    try:
        return _forget(client, settings.named("trends"), (now - kept).isoformat())
    except (TransportError, ApiError) as e:
        raise Retry(f"Elasticsearch does not answer ({type(e).__name__})") from e
    finally:
        client.close()


def _forget(client: Elasticsearch, index: str, before: str) -> int:
    gone = 0
    while True:
        answer = client.search(index=index, query={"range": {"hour": {"lt": before}}}, size=_AT_ONCE, source=False)
        ids = [hit["_id"] for hit in answer["hits"]["hits"]]
        if not ids:
            return gone
        client.bulk(operations=[{"delete": {"_index": index, "_id": one}} for one in ids], refresh=True)
        gone += len(ids)
