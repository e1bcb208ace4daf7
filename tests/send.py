"""Raw events in bulk, for tests that need many."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pipeline.identity import comment_id, event_id
from pipeline.kafka.clients import article_key, partition_of, producer
from pipeline.settings import Settings
from pipeline.topics import ARTICLES_RAW, COMMENTS_RAW
from schemas.article import Notice, ReceivedArticle
from schemas.comment import ReceivedComment
from schemas.event import EventType
from schemas.events import RawArticleEvent, RawCommentEvent
from schemas.patch import ReceivedPatch
from tests.build import PUBLISHER, claim, id_of, minutes

RawEvent = RawArticleEvent | RawCommentEvent


def raw_article(name: str, *, at: float = 0, text: str = "Text.", embargo: datetime | None = None) -> RawArticleEvent:
    identity = id_of(name)
    data = ReceivedArticle(
        article_id=identity,
        provider="herald",
        publisher=PUBLISHER,
        claims=(claim(name),),
        headline=f"Headline of {name}",
        paragraphs=(text,),
        modified=minutes(at).isoformat(),
        embargo_until=embargo.isoformat() if embargo else None,
    )
    return RawArticleEvent(
        id=event_id(identity, "article", text, str(at)),
        source="/test",
        type=EventType.ARTICLE_PUBLISHED,
        subject=str(identity),
        time=minutes(at),
        data=data,
    )


def raw_patch(name: str, *, at: float, received: float | None = None, **fields: Any) -> RawArticleEvent:
    """A partial update; a field that is None is emptied."""
    identity = id_of(name)
    data = ReceivedPatch.model_validate(
        {
            "article_id": identity,
            "provider": "herald",
            "publisher": PUBLISHER,
            "claims": [claim(name)],
            "fields": fields,
            "modified": minutes(at).isoformat(),
        }
    )
    return RawArticleEvent(
        id=event_id(identity, "patch", str(sorted(fields.items())), str(at)),
        source="/test",
        type=EventType.ARTICLE_UPDATED,
        subject=str(identity),
        time=minutes(at if received is None else received),
        data=data,
    )


def raw_kill(name: str, *, at: float) -> RawArticleEvent:
    identity = id_of(name)
    notice = Notice(
        kind="withdrawal",
        article_id=identity,
        provider="herald",
        publisher=PUBLISHER,
        claims=(claim(name),),
        at=minutes(at),
        reason="libel",
    )
    return RawArticleEvent(
        id=event_id(identity, "kill", "", str(at)),
        source="/test",
        type=EventType.ARTICLE_WITHDRAWN,
        subject=str(identity),
        time=minutes(at),
        data=notice,
    )


def raw_comment(name: str, n: int, *, text: str = "Well said.") -> RawCommentEvent:
    identity = id_of(name)
    own = comment_id(identity, str(n), None, None, 0)
    data = ReceivedComment(
        article_id=identity,
        comment_id=own,
        provider="herald",
        publisher=PUBLISHER,
        author=f"Reader {n} of {name}",
        text=text,
        posted=minutes(n).isoformat(),
    )
    return RawCommentEvent(
        id=event_id(own, "comment", text, str(n)),
        source="/test",
        type=EventType.COMMENT_POSTED,
        subject=str(identity),
        time=minutes(n),
        data=data,
    )


class Sender:
    """Sends raw events as a publisher would, and garbage as one shouldn't."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: Any = producer(settings)

    def event(self, event: RawEvent) -> None:
        topic = ARTICLES_RAW if isinstance(event, RawArticleEvent) else COMMENTS_RAW
        key = article_key(event.data.article_id)
        self._producer.send(
            topic.full_name(self._settings),
            event.to_json(),
            key=key,
            partition=partition_of(key, self._settings.partitions),
        )

    def bytes(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        self._producer.send(topic, value, key=key)

    def flush(self) -> None:
        self._producer.flush()

    def close(self) -> None:
        self._producer.flush()
        self._producer.close()
