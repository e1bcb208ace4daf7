"""What each step would make of an item, without engines: the stage itself, over tables in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from pipeline.errors import Reject
from pipeline.index.projections import index_request
from pipeline.ingest.events import RawEvent
from pipeline.ingest.intake import Read
from pipeline.settings import Settings
from pipeline.stages.chain import CHAINED
from pipeline.stages.rows import Rows, Tables
from pipeline.stages.stage import Config
from pipeline.topics import (
    ARTICLES_CURRENT,
    ARTICLES_RAW,
    COMMENTS_CURRENT,
    COMMENTS_RAW,
    ConsumedRecord,
    Record,
)
from schemas.events import RawArticleEvent

Row = dict[str, Any]
(_STAGE,) = CHAINED


def preview_item(read: Read, settings: Settings) -> Iterator[Row]:
    """One row for each article, comment or notice of the item: `{source, kind, event, normalized, enriched,
    document: {index, id, version, body}}`, or `{source, rejected: {reason, detail}}`."""
    stage = _Preview(settings)
    for event in read.events:
        try:
            yield {"source": read.item.source, "kind": event.data.kind, "event": _plain(event), **stage.run(event)}
        except Reject as reject:
            yield _rejected(read.item.source, reject)
    if read.reject is not None:
        yield _rejected(read.item.source, read.reject)


class _Preview:
    """The chained stage with tables of its own, which a later revision of an item finds again."""

    def __init__(self, settings: Settings) -> None:
        config = Config(settings, lambda key: 0)
        assert _STAGE.reduce is not None
        self._settings = settings
        self._steps = {topic: [step.bind(config) for step in steps] for topic, steps in _STAGE.inputs.items()}
        self._tables: Tables = {name: Rows({}) for name in _STAGE.tables}
        self._new_batch = _STAGE.reduce(config)

    def run(self, event: RawEvent) -> Row:
        """`{normalized, enriched, document}`. Raises Reject."""
        topic = ARTICLES_RAW if isinstance(event, RawArticleEvent) else COMMENTS_RAW
        row: Row = {}
        value: Any = event
        for step, column in zip(self._steps[topic], ("normalized", "enriched"), strict=True):
            value, _ = step(value)
            row[column] = _plain(value.data)
        now = datetime.now(UTC)
        batch = self._new_batch(self._tables)
        batch.apply(value, now)
        own = [record for record in batch.run_all(now) if _is_of(record, event)]
        return row | {"document": _document(own[-1], self._settings, now) if own else None}


def _is_of(record: Record, event: RawEvent) -> bool:
    """Whether it is the current record of the event's own article or comment."""
    comment_id = getattr(event.data, "comment_id", None)
    if comment_id is None:
        return record.topic is ARTICLES_CURRENT and record.key == str(event.data.article_id).encode()
    return record.topic is COMMENTS_CURRENT and record.key == f"{event.data.article_id}/{comment_id}".encode()


def _document(record: Record, settings: Settings, now: datetime) -> Row:
    wanted = index_request(ConsumedRecord(record.topic, 0, 0, record.key, record.encoded()), [], now)
    return {
        "index": settings.named(wanted.index),
        "id": wanted.id,
        "version": wanted.version,
        "body": json.loads(json.dumps(wanted.document, default=str)),
    }


def _rejected(source: str, reject: Reject) -> Row:
    return {"source": source, "rejected": {"reason": reject.reason, "detail": reject.detail}}


def _plain(model: BaseModel) -> Row:
    dumped = model.model_dump(mode="json", exclude_none=True)
    if isinstance(original := dumped.get("data", {}).get("original"), dict):
        original["gzip"] = f"({len(original.get('gzip', ''))} characters)"
    return dumped
