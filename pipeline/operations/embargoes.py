"""What is held back from readers for now, and when it will be seen."""

from __future__ import annotations

from typing import Any

from elasticsearch import ApiError, TransportError

from pipeline.connections import elasticsearch_client
from pipeline.errors import Fatal, Retry
from pipeline.settings import Settings
from schemas.current import Standing


def embargoes(settings: Settings, size: int) -> dict[str, Any]:
    """`{total, articles: [{article_id, headline, publisher, standing, until?}]}`: under embargo, the next to lift first,
    then what its provider withholds without saying how long. Raises Retry where Elasticsearch doesn't answer, Fatal
    where there is no index yet."""
    client = elasticsearch_client(settings, timeout=10)
    try:
        answer = client.search(
            index=settings.named("articles-hidden"),
            query={"terms": {"standing": [Standing.EMBARGOED, Standing.WITHHELD]}},
            sort=[{"until": {"order": "asc", "missing": "_last"}}],
            size=size,
            source_includes=["article_id", "headline", "publisher", "standing", "until"],
            track_total_hits=True,
        )
    except ApiError as e:
        if e.status_code == 404:
            raise Fatal("there is no index of articles yet: dateline indexer makes it") from None
        raise Retry(f"Elasticsearch does not answer ({e.message})") from e
    except TransportError as e:
        raise Retry(f"Elasticsearch does not answer ({type(e).__name__})") from e
    finally:
        client.close()
    hits = answer["hits"]
    return {"total": hits["total"]["value"], "articles": [hit["_source"] for hit in hits["hits"]]}
