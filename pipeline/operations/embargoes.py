"""Articles that are withheld from readers for now, and until when."""

from __future__ import annotations

from typing import Any

from pipeline.operations.lookup import STATUS_FIELD, search, status_of
from pipeline.settings import Settings
from schemas.current import Status


def withheld_articles(settings: Settings, size: int) -> dict[str, Any]:
    """`{total, articles: [{article_id, headline, publisher, status, until?}]}`: under embargo, the next to end first;
    then those that their provider withholds without an end. `standing` is `status` under its former name. Raises as
    `lookup.search` does."""
    hits = search(
        settings,
        "articles-hidden",
        query={"terms": {STATUS_FIELD: [Status.EMBARGOED, Status.WITHHELD]}},
        sort=[{"until": {"order": "asc", "missing": "_last"}}],
        size=size,
        source_includes=["article_id", "headline", "publisher", STATUS_FIELD, "until"],
    )["hits"]
    articles = [hit["_source"] for hit in hits["hits"]]
    return {
        "total": hits["total"]["value"],
        "articles": [one | {"status": status_of(one), "standing": status_of(one)} for one in articles],
    }
