"""States in Faust tables, co-partitioned by article id and rebuilt from their changelogs."""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from faust import streams
from faust.types import EventT

from pipeline.kafka.clients import article_key, partition_of
from pipeline.stages.revise.state import ArticleState, CommentState
from pipeline.streams.faust_fixes import DurableTable
from schemas.visibility_timer import VisibilityTimer

CHUNK = 500
"""Comment ids in one record of the thread table: a long thread is not written anew with each comment."""
TABLES = ("articles", "comments", "threads", "due")


class TableStates:
    """The `States` of one worker. Writing needs `writing_for` first: Faust takes a key's partition from an event."""

    def __init__(
        self, articles: DurableTable, comments: DurableTable, threads: DurableTable, due: DurableTable
    ) -> None:
        self._articles, self._comments, self._threads, self._due = articles, comments, threads, due
        self._events: dict[int, EventT[Any]] = {}
        self._partitions = 1

    def writing_for(self, events: list[EventT[Any]], partitions: int) -> None:
        """Say which events the following writes are made for: at least one of each partition written to."""
        self._events = {event.message.partition: event for event in events}
        self._partitions = partitions

    async def acknowledged(self, patience: float) -> None:
        """Wait until the changelogs have every write."""
        for table in (self._articles, self._comments, self._threads, self._due):
            await table.acknowledged(patience)

    def article(self, article_id: UUID) -> ArticleState | None:
        stored = self._get(self._articles, article_id, article_key(article_id))
        return ArticleState.model_validate_json(stored) if stored else None

    def comment(self, article_id: UUID, comment_id: UUID) -> CommentState | None:
        stored = self._get(self._comments, article_id, f"{article_id}/{comment_id}".encode())
        return CommentState.model_validate_json(stored) if stored else None

    def thread(self, article_id: UUID) -> list[UUID]:
        return [UUID(known) for chunk in range(self._chunks(article_id)) for known in self._chunk(article_id, chunk)]

    def put_article(self, state: ArticleState) -> None:
        self._put(self._articles, state.article_id, article_key(state.article_id), _json(state))

    def put_comment(self, state: CommentState) -> None:
        key = f"{state.article_id}/{state.comment_id}".encode()
        self._put(self._comments, state.article_id, key, _json(state))

    def extend_thread(self, article_id: UUID, comment_ids: list[UUID]) -> None:
        chunks = self._chunks(article_id)
        last = self._chunk(article_id, chunks - 1) if chunks else []
        known = set(last)
        # a batch that is done twice may have written its ids already
        arriving = [str(comment_id) for comment_id in comment_ids if str(comment_id) not in known]
        at = max(0, chunks - 1)
        row = [*last, *arriving]
        while row:
            self._put(self._threads, article_id, f"{article_id}/{at}".encode(), json.dumps(row[:CHUNK]).encode())
            row, at = row[CHUNK:], at + 1
        if at > chunks:
            self._put(self._threads, article_id, article_key(article_id), str(at).encode())

    def put_due(self, article_id: UUID, due: datetime | None) -> None:
        key = article_key(article_id)
        if due is not None:
            self._put(self._due, article_id, key, due.astimezone(UTC).isoformat().encode())
        elif self._get(self._due, article_id, key) is not None:
            self._enter(article_id)
            del self._due[key]

    def due(self, now: datetime, mine: set[int]) -> Iterator[tuple[int, VisibilityTimer]]:
        """Releases that are due in the partitions that are `mine`, each with its partition."""
        for key, value in list(self._due.items()):
            partition = partition_of(key, self._partitions)
            at = datetime.fromisoformat(value.decode())
            if at <= now and partition in mine:
                yield partition, VisibilityTimer(article_id=UUID(key.decode()), due=at)

    def _chunks(self, article_id: UUID) -> int:
        stored = self._get(self._threads, article_id, article_key(article_id))
        return int(stored) if stored else 0

    def _chunk(self, article_id: UUID, chunk: int) -> list[str]:
        stored = self._get(self._threads, article_id, f"{article_id}/{chunk}".encode())
        ids: list[str] = json.loads(stored) if stored else []
        return ids

    def _get(self, table: DurableTable, article_id: UUID, key: bytes) -> bytes | None:
        self._enter(article_id)
        stored: bytes | None = table.get(key)
        return stored

    def _put(self, table: DurableTable, article_id: UUID, key: bytes, value: bytes) -> None:
        self._enter(article_id)
        table[key] = value

    def _enter(self, article_id: UUID) -> None:
        """Inside `noack_take` there is no current event, from which a table takes the partition: set it."""
        event: Any = self._events[partition_of(article_key(article_id), self._partitions)]
        streams._current_event.set(weakref.ref(event))


def _json(state: ArticleState | CommentState) -> bytes:
    return state.model_dump_json(exclude_none=True).encode()
