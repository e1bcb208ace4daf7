"""Erasure of a commenter, as data-protection law asks: every comment of theirs is removed, with a receipt."""

from __future__ import annotations

import hashlib
import time
from typing import Any
from uuid import UUID

from elasticsearch import ApiError, Elasticsearch, TransportError

from pipeline import identity
from pipeline.errors import Fatal, Retry
from pipeline.index.client import elasticsearch_client
from pipeline.ingest.publisher import Publisher
from pipeline.operations import audit
from pipeline.operations.receipts import Line, changelog_line, topic_lines, utc_now
from pipeline.operations.snapshots import snapshot_lines
from pipeline.operations.status import gone_through
from pipeline.settings import Settings
from pipeline.topics import COMMENT_POSTS, DEAD_LETTERS, TRANSFERS, Topic
from pipeline.topology import INDEX, chain
from schemas.comment import CommentNotice
from schemas.event import EventType
from schemas.events import RawCommentEvent

PATIENCE = 60.0
_PLACES = ("comments", "comments-hidden")
_PAGE = 1000


def erase_author(
    settings: Settings, author: str, publisher: str | None, by: str | None, wait: float = PATIENCE
) -> dict[str, Any]:
    """Remove every comment of this author (of one publisher, or of all) from topics, tables and indices.

    Those that are on their way are waited for. `{comments, done, receipt: […]}`; `done` is False where the indices still had
    one after `wait` seconds, or one may still come. The name itself
    is not written to the audit trail, only a hash. Raises Fatal for an empty name, Retry.
    """
    if not author.strip():
        raise Fatal("say whose comments: the name is empty")
    client = elasticsearch_client(settings, timeout=30)
    try:
        found: set[str] = set()
        until = time.monotonic() + wait
        _remove(client, settings, author, publisher, by, found, until)
        # those that were under way are seen once they have come through
        level = gone_through(settings, (*chain(settings), INDEX), until)
        _remove(client, settings, author, publisher, by, found, until)
        left = len(_comments(client, settings, author, publisher))
        letters = _forget_letters(client, settings, author)
        lines = [
            Line("index comments", "still there" if left else "removed", count=left, note="stubs without name and text stay"),
            *([] if level else [Line("on their way", "still there", note="what came in before this ran has not all come through: run it again")]),
            Line("index dead-letters", "removed" if letters else "nothing there", count=letters, note="previews that have the name"),
            *snapshot_lines(client, settings),
        ]  # fmt: skip
    except (TransportError, ApiError) as e:
        raise Retry(f"Elasticsearch does not answer ({type(e).__name__}); running it again goes on") from e
    finally:
        client.close()
    now = utc_now()
    lines += [*topic_lines(settings, _of_comments, now), changelog_line(now)]
    audit.record(settings, [audit.deed("erase", _hash(author), by, None, comments=len(found), publisher=publisher)])
    return {
        "comments": len(found),
        "done": not left and level,
        "receipt": [line.as_json() for line in lines],
    }


def _remove(
    client: Elasticsearch, settings: Settings, author: str, publisher: str | None, by: str | None, found: set[str], until: float
) -> None:  # fmt: skip
    """Publish the removal of every comment that is indexed, once each, until none is left."""
    with Publisher(settings) as publisher_:
        while hits := _comments(client, settings, author, publisher):
            for hit in hits:
                if hit["comment_id"] not in found:
                    publisher_.publish(_removal(hit, by))
                    found.add(hit["comment_id"])
            publisher_.flush()
            if time.monotonic() > until:
                return
            time.sleep(0.5)


def _hash(author: str) -> str:
    """Tells two erasures apart, and not whose they were."""
    return hashlib.sha256(author.strip().casefold().encode()).hexdigest()[:16]


def _of_comments(topic: Topic) -> bool:
    return topic.name.startswith("comments.") or topic in (COMMENT_POSTS, TRANSFERS, DEAD_LETTERS)


def _comments(client: Elasticsearch, settings: Settings, author: str, publisher: str | None) -> list[dict[str, Any]]:
    indices = [settings.named(place) for place in _PLACES]
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


def _forget_letters(client: Elasticsearch, settings: Settings, author: str) -> int:
    """Remove dead letters whose preview has the name; their topic keeps the bytes until its retention is over."""
    index = settings.named("dead-letters")
    client.indices.refresh(index=index)
    answer = client.search(index=index, query={"match_phrase": {"preview": author}}, size=_PAGE, source=False)
    ids = [hit["_id"] for hit in answer["hits"]["hits"]]
    if ids:
        client.bulk(operations=[{"delete": {"_index": index, "_id": one}} for one in ids], refresh=True)
    return len(ids)
