"""What is held back from readers for now, and when it will be seen."""

from __future__ import annotations

from typing import Any

from pipeline.operations.lookup import search
from pipeline.settings import Settings
from schemas.current import Status


def embargoes(settings: Settings, size: int) -> dict[str, Any]:
    """`{total, articles: [{article_id, headline, publisher, standing, until?}]}`: under embargo, the next to lift first,
    then what its provider withholds without saying how long. Raises as `search` does."""
    hits = search(
        settings,
        "articles-hidden",
        query={"terms": {"standing": [Status.EMBARGOED, Status.WITHHELD]}},
        sort=[{"until": {"order": "asc", "missing": "_last"}}],
        size=size,
        source_includes=["article_id", "headline", "publisher", "standing", "until"],
    )["hits"]
    return {"total": hits["total"]["value"], "articles": [hit["_source"] for hit in hits["hits"]]}
