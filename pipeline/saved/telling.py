"""An alert as it is told: by webhook, as Server-Sent Event and in lists. Pure."""

from __future__ import annotations

from typing import Any

from schemas.saved_search import Alert, AlertKind, SavedSearch

FIELDS = ("article_id", "headline", "summary", "publisher", "authors", "section", "language", "url", "shown_at", "published", "modified", "correction_note")  # fmt: skip
"""Of an article's document."""


def documents_of(article_ids: list[str], fields: tuple[str, ...] = FIELDS) -> dict[str, Any]:
    """The search for the articles of alerts, with what readers can see of them now."""
    query = {"ids": {"values": article_ids}}
    return {"query": query, "size": max(1, len(article_ids)), "_source": list(fields), "track_total_hits": False}


def payload(
    search: SavedSearch, alert: Alert, document: dict[str, Any] | None, base: str | None
) -> dict[str, Any] | None:
    """`{id, type, at, search: {id, name}, article}`; of a withdrawal, `article` has the id only, and there is a `reason`.
    None where readers can't find the article any more: then its withdrawal is told, and not this. `base` is the public
    address of the readers' page."""
    article_id = str(alert.article_id)
    told: dict[str, Any] = {
        "id": str(alert.alert_id),
        "type": f"story.{alert.kind.value}",
        "at": alert.at.isoformat(),
        "search": {"id": str(search.search_id), "name": search.name},
    }
    if alert.kind is AlertKind.WITHDRAWN:
        return told | {"article": {"article_id": article_id}, "reason": alert.reason}
    if document is None:
        return None
    article = {name: document[name] for name in FIELDS if name in document}
    link = {"link": f"{base.rstrip('/')}/articles/{article_id}"} if base else {}
    return told | {"article": article | link}
