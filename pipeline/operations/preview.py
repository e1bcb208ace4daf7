"""What each stage would make of an item, without engines: the stages' own pure functions, one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from pipeline.errors import Reject
from pipeline.index.documents import index_request
from pipeline.ingest.events import RawEvent
from pipeline.ingest.intake import Read
from pipeline.kafka.clients import article_key, partition_of
from pipeline.records import ConsumedRecord
from pipeline.settings import Settings
from pipeline.stages.enrich import choices, enrich_article, enrich_comment
from pipeline.stages.normalize import normalize_article, normalize_comment
from pipeline.stages.revise.batch import ReviseBatch
from pipeline.stages.revise.emissions import Emission
from pipeline.stages.revise.state import MemoryStates
from schemas.events import NormalizedArticleEvent, RawArticleEvent

Row = dict[str, Any]


def preview_item(read: Read, settings: Settings) -> Iterator[Row]:
    """One row for each article, comment or notice of the item: `{source, kind, event, normalized, enriched,
    document: {index, id, version, body}}`, or `{source, rejected: {reason, detail}}`."""
    states = MemoryStates()
    for event in read.events:
        try:
            yield _row(read.item.source, event, states, settings)
        except Reject as reject:
            yield _rejected(read.item.source, reject)
    if read.reject is not None:
        yield _rejected(read.item.source, read.reject)


def _row(source: str, event: RawEvent, states: MemoryStates, settings: Settings) -> Row:
    normalized: Any
    enriched: Any
    if isinstance(event, RawArticleEvent):
        normalized = normalize_article(event)
        enriched = enrich_article(normalized, choices(settings))
    else:
        key = settings.pseudonym_key.get_secret_value().encode() if settings.pseudonym_key else None
        normalized = normalize_comment(event, key)
        enriched = enrich_comment(normalized, choices(settings))
    now = datetime.now(UTC)
    batch = ReviseBatch(states)
    batch.apply(enriched, now)
    emissions = batch.finish(now)
    for asked in [sent.record for sent in batch.beside]:
        if not isinstance(asked, NormalizedArticleEvent):
            continue
        again = ReviseBatch(states)
        again.apply(enrich_article(asked, choices(settings)), now)
        emissions += again.finish(now)
    own = [emission for emission in emissions if _concerns(emission, event)]
    row = {
        "source": source,
        "kind": event.data.kind,
        "event": _plain(event),
        "normalized": _plain(normalized.data),
        "enriched": _plain(enriched.data),
        "document": None,
    }
    if own:
        emission = own[-1]
        key = article_key(emission.article_id)
        record = ConsumedRecord(
            emission.topic, partition_of(key, settings.partitions), 0, key, emission.event.to_json()
        )
        wanted = index_request(record, [], now)
        body = json.loads(json.dumps(wanted.document, default=str))
        row["document"] = {
            "index": settings.named(wanted.index),
            "id": wanted.id,
            "version": wanted.version,
            "body": body,
        }
    return row


def _concerns(emission: Emission, event: RawEvent) -> bool:
    comment_id = getattr(event.data, "comment_id", None)
    key = str(event.data.article_id) if comment_id is None else f"{event.data.article_id}/{comment_id}"
    return emission.key == key


def _rejected(source: str, reject: Reject) -> Row:
    return {"source": source, "rejected": {"reason": reject.reason, "detail": reject.detail}}


def _plain(model: BaseModel) -> Row:
    dumped = model.model_dump(mode="json", exclude_none=True)
    if isinstance(original := dumped.get("data", {}).get("original"), dict):
        original["gzip"] = f"({len(original.get('gzip', ''))} characters)"
    return dumped
