"""Where is my story? An item's way through the stages, from Kafka's own records and the indices."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from elasticsearch import ApiError, Elasticsearch, TransportError
from kafka import TopicPartition

from pipeline import identity
from pipeline.errors import Fatal, Retry
from pipeline.index.client import elasticsearch_client
from pipeline.index.roles import FOLLOWED
from pipeline.kafka.clients import article_key, consumer, partition_of
from pipeline.settings import Settings
from pipeline.topics import DEAD_LETTERS
from pipeline.topology import drained
from pipeline.topology import topics as flow_topics

Step = dict[str, Any]


def trace(settings: Settings, wanted: str) -> dict[str, Any]:
    """`{article_id, comment_id?, standing, documents: […], steps: [{topic, at, type, partition, offset, event_id}]}`.

    `waiting` says so where only partial updates of it have come. `wanted` is an article's or comment's id, or an article's address. Raises Fatal where it is neither.
    """
    client = elasticsearch_client(settings, timeout=10)
    try:
        article_id, comment_id, documents = _find(client, settings, wanted)
    except (TransportError, ApiError) as e:
        raise Retry(f"Elasticsearch does not answer ({type(e).__name__})") from e
    finally:
        client.close()
    received = min(
        (d["processed"]["received"] for d in documents if d.get("processed", {}).get("received")), default=None
    )
    steps = _steps(settings, article_id, comment_id, received)
    return {
        "article_id": str(article_id),
        "comment_id": str(comment_id) if comment_id else None,
        "standing": documents[0]["standing"] if documents else None,
        "documents": documents,
        "waiting": not documents and bool(steps) and {step["kind"] for step in steps if step["kind"]} == {"patch"},
        "steps": steps,
    }


def _find(client: Elasticsearch, settings: Settings, wanted: str) -> tuple[UUID, UUID | None, list[dict[str, Any]]]:
    try:
        query: dict[str, Any] = {"ids": {"values": [str(UUID(wanted))]}}
    except ValueError:
        claim = identity.url_claim(wanted)
        if claim is None:
            raise Fatal(f"{wanted!r} is neither an id nor an address") from None
        query = {"bool": {"should": [{"term": {"url": claim.value}}, {"term": {"claims": f"url:{claim.value}"}}]}}
    indices = [settings.named(place) for place in FOLLOWED]
    answer = client.options(ignore_status=404).search(
        index=indices,
        query=query,
        version=True,
        source_includes=[
            "article_id",
            "comment_id",
            "standing",
            "until",
            "headline",
            "publisher",
            "claims",
            "processed",
            "merged_into",
        ],
    )
    documents = [
        {"index": hit["_index"], "id": hit["_id"], "version": hit.get("_version"), **hit["_source"]}
        for hit in answer.get("hits", {}).get("hits", [])
    ]
    if documents:
        first = documents[0]
        if "merged_into" in first:  # another id stands for it: its trace is the story's
            article_id, comment_id, there = _find(client, settings, first["merged_into"])
            return article_id, comment_id, [*there, first | {"standing": "merged", "article_id": first["id"]}]
        return UUID(first["article_id"]), UUID(first["comment_id"]) if first.get("comment_id") else None, documents
    try:
        return UUID(wanted), None, []
    except ValueError:
        raise Fatal(f"no article with the address {wanted} has been indexed") from None


def _steps(settings: Settings, article_id: UUID, comment_id: UUID | None, received: str | None) -> list[Step]:
    """Every record of the item, read from its own partition only, from shortly before it was received."""
    key = article_key(article_id)
    partition = partition_of(key, settings.partitions)
    kind = "comments" if comment_id else "articles"
    topics = [
        t
        for t in (*flow_topics(settings), *drained(settings))
        if t.name.startswith(kind) or (t.by_article and "." not in t.name)
    ]
    reader = consumer(settings)
    try:
        tps = {TopicPartition(topic.full_name(settings), partition): topic for topic in topics}
        tps = {tp: topic for tp, topic in tps.items() if reader.partitions_for_topic(tp.topic)}
        reader.assign(list(tps))
        ends = reader.end_offsets(list(tps))
        reader.seek_to_beginning(*tps)
        if received:
            since = datetime.fromisoformat(received) - timedelta(minutes=1)
            for tp, at in reader.offsets_for_times({tp: int(since.timestamp() * 1000) for tp in tps}).items():
                if at is not None and tps[tp].cleanup == "delete":
                    reader.seek(tp, at.offset)
        steps: list[Step] = []
        while any(reader.position(tp) < ends[tp] for tp in tps):
            polled = reader.poll(timeout_ms=1000)
            for tp, records in polled.items():
                steps.extend(_step(tps[tp].name, r) for r in records if _belongs(r, key, comment_id))
        return sorted(steps, key=lambda step: str(step["at"]))
    finally:
        reader.close()


def _belongs(record: Any, key: bytes, comment_id: UUID | None) -> bool:
    if record.key is None or not record.key.startswith(key):
        return False
    return comment_id is None or str(comment_id).encode() in record.key + (record.value or b"")


def _step(topic: str, record: Any) -> Step:
    try:
        event = json.loads(record.value)
    except (TypeError, ValueError):
        event = {}
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    step: Step = {
        "topic": topic,
        "at": datetime.fromtimestamp(record.timestamp / 1000, UTC).isoformat(timespec="milliseconds"),
        "type": event.get("type") if isinstance(event, dict) else None,
        "kind": _kind(event),
        "event_id": event.get("id") if isinstance(event, dict) else None,
        "partition": record.partition,
        "offset": record.offset,
        "bytes": len(record.value or b""),
    }
    if topic == DEAD_LETTERS.name:
        step["refused"] = (
            f"{headers.get('dateline-stage')}: {headers.get('dateline-reason')}: {headers.get('dateline-detail')}"
        )
    return step


def _kind(event: Any) -> str | None:
    data = event.get("data") if isinstance(event, dict) else None
    return data.get("kind") if isinstance(data, dict) else None
