"""A kill, and its receipt: each place where the text was, and that it is gone from there, or by when."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from elasticsearch import ApiError, Elasticsearch, TransportError

from pipeline.errors import Retry
from pipeline.index.client import elasticsearch_client
from pipeline.index.generations import Targets
from pipeline.ingest.events import withdrawal
from pipeline.ingest.publisher import Publisher
from pipeline.operations import audit
from pipeline.operations.lookup import merged_into, stands_for
from pipeline.operations.receipts import Line, changelog_line, of_article, topic_lines, utc_now
from pipeline.operations.snapshots import snapshot_lines
from pipeline.settings import Settings

PATIENCE = 30.0
"""Seconds to wait for the indices."""


def kill(
    settings: Settings,
    article_id: UUID,
    reason: str,
    by: str | None,
    *,
    reinstate: bool = False,
    wait: float = PATIENCE,
) -> dict[str, Any]:
    """Write who did it into the audit trail, and publish the kill (or its end). `{article_id, done, receipt: […]}`.

    `done` is False where the indices didn't show it within `wait` seconds: it is with Kafka, and takes effect when the
    worker and the indexer run. A reinstatement has no receipt. Raises Retry where Kafka doesn't answer.
    """
    who = by or audit.whoami()
    # who did it is told first: a deed without a trace is worse than a trace of one that has to be done again
    audit.record(settings, [audit.deed("reinstate" if reinstate else "kill", str(article_id), who, reason)])
    with Publisher(settings) as publisher:
        publisher.publish(withdrawal(article_id, "operator", "operator", reason, who, reinstate=reinstate))
    if reinstate:
        return {"article_id": str(article_id), "done": True, "receipt": []}
    client = elasticsearch_client(settings, timeout=10)
    try:
        until = time.monotonic() + wait
        stands = stands_for(client, settings, str(article_id))
        ids = list(dict.fromkeys([stands, str(article_id), *merged_into(client, settings, stands)]))
        lines = _index_lines(client, settings, ids)
        while any(line.state == "still there" for line in lines) and time.monotonic() < until:
            time.sleep(0.25)
            lines = _index_lines(client, settings, ids)
        lines += snapshot_lines(client, settings)
    except (TransportError, ApiError) as e:
        raise Retry(
            f"the kill is with Kafka, but Elasticsearch does not answer ({type(e).__name__}); run it again for a receipt"
        ) from e
    finally:
        client.close()
    now = utc_now()
    lines += [*topic_lines(settings, of_article, now), changelog_line(now)]
    return {
        "article_id": str(article_id),
        "done": all(line.state != "still there" for line in lines),
        "receipt": [line.as_json() for line in lines],
    }


def _index_lines(client: Elasticsearch, settings: Settings, ids: list[str]) -> list[Line]:
    """What the indices still have of it, under all of its ids."""
    own: dict[str, Any] = {"terms": {"article_id": ids}}
    not_killed: dict[str, Any] = {"bool": {"filter": [own], "must_not": [{"term": {"standing": "killed"}}]}}
    lines = [
        _line(client, settings, "articles", own),
        _line(client, settings, "articles-hidden", not_killed, note="a stub that says it was killed stays"),
        _line(client, settings, "history", not_killed, note="stubs stay"),
        _line(client, settings, "comments", own, note="hidden, with the article"),
        Line("its story", "removed", note="found by what readers can see"),
    ]
    gone = _forget(client, settings.named("dead-letters"), ids)
    lines.append(Line("index dead-letters", "removed" if gone else "nothing there", count=gone, note="their previews"))
    return lines


def _line(client: Elasticsearch, settings: Settings, alias: str, query: dict[str, Any], note: str = "") -> Line:
    name = settings.named(alias)
    patient = client.options(ignore_status=404)
    patient.indices.refresh(index=name)
    count = int(patient.count(index=name, query=query).get("count", 0))
    return Line(f"index {alias}", "still there" if count else "removed", count=count, note=note)


def forget_letters(client: Elasticsearch, settings: Settings, targets: Targets) -> int:
    """Remove the dead letters of every killed article from indices that were made anew from Kafka; says how many."""
    client.indices.refresh(index=[targets["articles-hidden"]])
    gone, after = 0, None
    while True:
        answer = client.search(
            index=targets["articles-hidden"], query={"term": {"standing": "killed"}}, sort=[{"article_id": "asc"}], size=1000,
            search_after=after, source=False,
        )  # fmt: skip
        hits = answer["hits"]["hits"]
        if not hits:
            return gone
        gone += _forget(client, targets["dead-letters"], [hit["_id"] for hit in hits])
        after = hits[-1]["sort"]


def _forget(client: Elasticsearch, index: str, article_ids: list[str]) -> int:
    """Remove the dead letters whose key is one of these."""
    patient = client.options(ignore_status=404)
    patient.indices.refresh(index=index)
    gone = 0
    while True:
        found = patient.search(index=index, query={"terms": {"key": article_ids}}, size=1000, source=False)
        ids = [hit["_id"] for hit in found.get("hits", {}).get("hits", [])]
        if not ids:
            return gone
        client.bulk(operations=[{"delete": {"_index": index, "_id": one}} for one in ids], refresh=True)
        gone += len(ids)
