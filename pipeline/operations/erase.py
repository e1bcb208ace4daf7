"""Erases a commenter, as data-protection law asks: removes every comment of theirs, with a receipt."""

from __future__ import annotations

import hashlib
import time
from typing import Any
from uuid import UUID

from pipeline import identity
from pipeline.errors import Fatal
from pipeline.index.client import open_client
from pipeline.index.elastic import Elasticsearch
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.clients import existing_topics
from pipeline.operations import audit, patience
from pipeline.operations.receipts import LEFT, Line, changelog_line, holds_comment, saved_lines, topic_lines, utc_now
from pipeline.operations.removal import delete_matching
from pipeline.operations.snapshots import snapshot_lines
from pipeline.operations.waiting import Waiting, gone_through
from pipeline.saved.naming import names
from pipeline.saved.tables import SavedSearches
from pipeline.settings import Settings
from pipeline.topics import SAVED_SEARCHES
from pipeline.topology import INDEX, chain
from schemas.comment import CommentNotice
from schemas.event import EventType
from schemas.events import RawCommentEvent

TIMEOUT = patience.ERASE
"""Seconds to wait for the indices."""
_INDICES = ("comments", "comments-hidden")
_PAGE = 1000


def erase_author(
    settings: Settings,
    author: str,
    publisher: str | None,
    by: str | None,
    wait: float = TIMEOUT,
    waiting: Waiting = lambda _: None,
    saved_searches: bool = False,
) -> dict[str, Any]:
    """Remove every comment of this author (of one publisher, or of all) from topics, tables and indices.

    Waits for comments that are still in the pipeline. `{comments, done, receipt: […]}`; `done` is False where an index
    still has one after `wait` seconds, or one may still come. The audit trail gets a hash of the name, not the name.
    Saved searches that have the name are others' data: they are counted, and deleted with `saved_searches` only.
    Raises Fatal for an empty name, Retry.
    """
    if not author.strip():
        raise Fatal("the name is empty: give the author's name as it is shown")
    with open_client(settings, note="running it again continues") as client:
        found: set[str] = set()
        deadline = time.monotonic() + wait
        _remove(client, settings, author, publisher, by, found, deadline)
        # comments that were still in the pipeline are seen once they have passed all stages
        behind = gone_through(settings, (*chain(settings), INDEX), deadline, waiting=waiting)
        _remove(client, settings, author, publisher, by, found, deadline)
        left = len(_comments(client, settings, author, publisher))
        letters = _remove_letters(client, settings, author)
        lines = [
            Line("index comments", "still there" if left else "not yet" if behind else "removed", count=left, note="stubs without name and text stay"),
            *([Line("in the pipeline", "not yet", note=f"{behind.name} is behind: run it again")] if behind else []),
            Line("index dead-letters", "not yet" if behind else "removed" if letters else "nothing there", count=letters, note="previews that have the name"),
            *snapshot_lines(client, settings),
        ]  # fmt: skip
    now = utc_now()
    searches = _saved(settings, author, saved_searches)
    lines += saved_lines(settings, searches, saved_searches, now)
    lines += [*topic_lines(settings, holds_comment, now, existing_topics(settings)), changelog_line(now)]
    deleted = {"saved_searches": searches} if saved_searches and searches else {}
    audit.record(settings, [audit.entry("erase", _hash(author), by, None, comments=len(found), publisher=publisher, **deleted)])  # fmt: skip
    return {
        "comments": len(found),
        "done": all(line.state not in LEFT for line in lines),
        "receipt": [line.as_json() for line in lines],
    }


def _saved(settings: Settings, author: str, delete: bool) -> list[str]:
    """The ids of the saved searches that have the name, which are deleted where that was asked for. Raises Retry."""
    if SAVED_SEARCHES.full_name(settings) not in existing_topics(settings):
        return []
    with SavedSearches(settings) as stored:
        found = [str(one.search_id) for one in stored.all() if names(one, author)]
        if delete and found:
            stored.put((id_, None) for id_ in found)
    return found


def _remove(
    client: Elasticsearch, settings: Settings, author: str, publisher: str | None, by: str | None, found: set[str], deadline: float
) -> None:  # fmt: skip
    """Publish the removal of every comment that is indexed, once each, until none is left or the deadline is over."""
    with Publisher(settings) as sender:
        while hits := _comments(client, settings, author, publisher):
            for hit in hits:
                if hit["comment_id"] not in found:
                    sender.publish(_removal(hit, by))
                    found.add(hit["comment_id"])
            sender.flush()
            if time.monotonic() > deadline:
                return
            time.sleep(0.5)


def _hash(author: str) -> str:
    """Distinguishes two erasures without revealing whose they were."""
    return hashlib.sha256(author.strip().casefold().encode()).hexdigest()[:16]


def _comments(client: Elasticsearch, settings: Settings, author: str, publisher: str | None) -> list[dict[str, Any]]:
    indices = [settings.named(alias) for alias in _INDICES]
    filters: list[dict[str, Any]] = [{"term": {"author": author}}]
    if publisher:
        filters.append({"term": {"publisher": publisher}})
    client.indices.refresh(index=indices)
    answer = client.search(
        index=indices,
        query={"bool": {"filter": filters}},
        size=_PAGE,
        source_includes=["article_id", "comment_id", "provider", "publisher"],
    )
    return [hit["_source"] for hit in answer["hits"]["hits"]]


def _removal(hit: dict[str, Any], by: str | None) -> RawCommentEvent:
    now = utc_now()
    article_id, comment_id = UUID(hit["article_id"]), UUID(hit["comment_id"])
    notice = CommentNotice(
        kind="comment-removal",
        article_id=article_id,
        comment_id=comment_id,
        provider=hit["provider"],
        publisher=hit["publisher"],
        at=now,
        by=by or audit.whoami(),
        reason="erasure",
    )
    return RawCommentEvent(
        id=identity.event_id(comment_id, "comment.removed", "erasure", ""),
        source="/operator",
        type=EventType.COMMENT_REMOVED,
        subject=str(article_id),
        time=now,
        data=notice,
    )


def _remove_letters(client: Elasticsearch, settings: Settings, author: str) -> int:
    """Remove dead letters whose preview has the name; their topic has the bytes until its retention is over."""
    return delete_matching(client, settings.named("dead-letters"), {"match_phrase": {"preview": author}})
