"""Kills an article for good, with a receipt of every place where its text was."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from elasticsearch import Elasticsearch

from pipeline.index.client import open_client
from pipeline.index.generations import Targets
from pipeline.ingest.events import withdrawal
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.clients import existing_topics
from pipeline.operations import audit
from pipeline.operations.lookup import STATUS_FIELD, canonical_id, merged_ids
from pipeline.operations.receipts import Line, State, changelog_line, holds_article, topic_lines, utc_now
from pipeline.operations.removal import delete_matching
from pipeline.operations.snapshots import snapshot_lines
from pipeline.settings import Settings

TIMEOUT = 30.0
"""Seconds to wait for the indices."""
_PAGE = 1000
_KILLED: dict[str, Any] = {"term": {STATUS_FIELD: "killed"}}


def kill_article(
    settings: Settings,
    article_id: UUID,
    reason: str,
    by: str | None,
    *,
    reinstate: bool = False,
    wait: float = TIMEOUT,
) -> dict[str, Any]:
    """Publish the kill of an article, or with `reinstate` its end. `{article_id, done, receipt: […]}`.

    `done` is False where an index still has the article after `wait` seconds: the kill is in Kafka, and takes effect
    when worker and indexer run. A reinstatement has no receipt. Raises Retry where an engine doesn't answer.
    """
    who = by or audit.whoami()
    # audit first: an unaudited kill is worse than an audited one that must be retried
    audit.record(settings, [audit.entry("reinstate" if reinstate else "kill", str(article_id), who, reason)])
    with Publisher(settings) as publisher:
        publisher.publish(withdrawal(article_id, "operator", "operator", reason, who, reinstate=reinstate))
    if reinstate:
        return {"article_id": str(article_id), "done": True, "receipt": []}
    with open_client(settings, timeout=10, note="the kill is in Kafka; run it again for a receipt") as client:
        deadline = time.monotonic() + wait
        own = canonical_id(client, settings, str(article_id))
        ids = list(dict.fromkeys([own, str(article_id), *merged_ids(client, settings, own)]))
        lines = _index_lines(client, settings, ids)
        while any(line.state == "still there" for line in lines) and time.monotonic() < deadline:
            time.sleep(0.25)
            lines = _index_lines(client, settings, ids)
        lines += [_letters_line(client, settings, ids), *snapshot_lines(client, settings)]
    now = utc_now()
    lines += [*topic_lines(settings, holds_article, now, existing_topics(settings)), changelog_line(now)]
    return {
        "article_id": str(article_id),
        "done": all(line.state != "still there" for line in lines),
        "receipt": [line.as_json() for line in lines],
    }


def remove_killed_letters(client: Elasticsearch, settings: Settings, targets: Targets) -> int:
    """Remove the dead letters of every killed article from indices that were rebuilt from Kafka; returns how many.
    Raises what the client raises, Retry."""
    client.indices.refresh(index=[targets["articles-hidden"]])
    removed, after = 0, None
    while True:
        answer = client.search(
            index=targets["articles-hidden"], query=_KILLED, sort=[{"article_id": "asc"}], size=_PAGE, search_after=after, source=False,
        )  # fmt: skip
        hits = answer["hits"]["hits"]
        if not hits:
            return removed
        removed += delete_matching(client, targets["dead-letters"], _letters_of([hit["_id"] for hit in hits]))
        after = hits[-1]["sort"]


def _letters_of(article_ids: list[str]) -> dict[str, Any]:
    """Finds the dead letters whose key is one of these."""
    return {"terms": {"key": article_ids}}


def _index_lines(client: Elasticsearch, settings: Settings, ids: list[str]) -> list[Line]:
    """Documents of the article in each index, under all of its ids."""
    own: dict[str, Any] = {"terms": {"article_id": ids}}
    not_killed: dict[str, Any] = {"bool": {"filter": [own], "must_not": [_KILLED]}}
    return [
        _line(client, settings, "articles", own),
        _line(client, settings, "articles-hidden", not_killed, note="a stub without text stays, as killed"),
        _line(client, settings, "history", not_killed, note="stubs stay"),
        _line(client, settings, "comments", own, note="hidden, with the article"),
        Line("its story", "removed", note="found by what readers can see"),
    ]


def _letters_line(client: Elasticsearch, settings: Settings, ids: list[str]) -> Line:
    removed = delete_matching(client, settings.named("dead-letters"), _letters_of(ids))
    state: State = "removed" if removed else "nothing there"
    return Line("index dead-letters", state, count=removed, note="their previews")


def _line(client: Elasticsearch, settings: Settings, alias: str, query: dict[str, Any], note: str = "") -> Line:
    name = settings.named(alias)
    tolerant = client.options(ignore_status=404)
    tolerant.indices.refresh(index=name)
    count = int(tolerant.count(index=name, query=query).get("count", 0))
    return Line(f"index {alias}", "still there" if count else "removed", count=count, note=note)
