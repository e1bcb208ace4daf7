"""A push request, from bytes to an answer per item. What a provider may send, and what it is told. No HTTP here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from pipeline import identity
from pipeline.errors import Reject
from pipeline.formats.items import Item
from pipeline.ingest.events import Hints, RawEvent, original
from pipeline.ingest.intake import Read, read_item
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.dead_letters import explain
from pipeline.settings import Settings
from schemas.event import EventType
from schemas.events import RawArticleEvent, RawCommentEvent
from schemas.identity import Claim, ClaimScheme
from schemas.patch import ReceivedPatch


@dataclass
class Answer:
    """What became of a request: one entry per story, comment or notice, in order, then what was refused."""

    format: str | None
    accepted: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        return {
            "format": self.format,
            "accepted": len(self.accepted),
            "refused": len(self.refused),
            "items": [*self.accepted, *self.refused],
        }


def read_push(content: bytes, media_type: str | None, provider: str, url: str | None, settings: Settings) -> Read:
    """The events of a body that `provider` sent, as its own and nobody else's. Never raises for bad input."""
    item = Item(content, f"push by {provider}", media_type, url)
    received = datetime.now(UTC)
    read = read_item(item, Hints(provider=provider, only_itself=True), settings, received)
    publisher = settings.provider(provider).publisher or provider
    kept: list[RawEvent] = []
    problems = list(read.rejects)
    for number, event in enumerate(read.events, 1):
        try:
            kept.append(_own(event, provider, publisher, received))
        except Reject as reject:
            problems.append(Reject(reject.reason, f"event {number} ({event.id}): {reject.detail}"))
    return replace(read, events=tuple(kept), rejects=tuple(problems))


def read_patch(content: bytes, provider: str, article_id: UUID, claims: tuple[Claim, ...], settings: Settings) -> Read:
    """The event of a partial update (RFC 7396): fields of an article, and `modified`, `version`, `timezone` where the sender
    says them. Never raises for bad input."""
    item = Item(content, f"push by {provider}", "application/merge-patch+json")
    received = datetime.now(UTC)
    said = item.json
    if not isinstance(said, dict):
        return Read(item, "patch", rejects=(Reject("not-json", "a partial update is one JSON object"),))
    about = {name: said[name] for name in ("modified", "version", "timezone") if said.get(name) is not None}
    options = settings.provider(provider)
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    try:
        data = ReceivedPatch.model_validate(
            {"timezone": options.timezone, **about}
            | {
                "article_id": article_id,
                "provider": provider,
                "publisher": options.publisher or provider,
                "claims": claims,
                "fields": {name: one for name, one in said.items() if name not in ("modified", "version", "timezone")},
                "original": original(content, "application/merge-patch+json"),
            }
        )
    except ValidationError as e:
        return Read(item, "patch", rejects=(Reject("invalid", explain(e)),))
    corrected = data.fields.model_fields_set & {"correction_note"}
    event = RawArticleEvent(
        id=identity.event_id(article_id, "patch", digest, data.modified or ""),
        source=f"/{provider}",
        type=EventType.ARTICLE_CORRECTED if corrected else EventType.ARTICLE_UPDATED,
        subject=str(article_id),
        time=received,
        data=data,
    )
    return Read(item, "patch", events=(event,))


def only_comments(read: Read) -> Read:
    """`read` without articles, each of which is refused."""
    comments = tuple(event for event in read.events if isinstance(event, RawCommentEvent))
    articles = [event for event in read.events if isinstance(event, RawArticleEvent)]
    refused = tuple(
        Reject("not-comments", f"{event.data.article_id} is an article; send it to /v1/items") for event in articles
    )
    return replace(read, events=comments, rejects=(*read.rejects, *refused))


def count(read: Read) -> int:
    return len(read.events) + len(read.rejects)


def publish(read: Read, publisher: Publisher, provider: str) -> Answer:
    """Send what was read and wait for Kafka. Raises Retry where it doesn't take everything: sending it again is safe."""
    answer = Answer(read.kind)
    with publisher:
        for event in read.events:
            reject = publisher.publish(event, read.item.source)
            entry = _entry(event)
            if reject is None:
                answer.accepted.append(entry | {"status": "accepted"})
            else:
                answer.refused.append(entry | _problem(reject))
        for reject in read.rejects:
            answer.refused.append(_problem(reject))
        publisher.refuse(read, provider)
    return answer


def claims_of(name: str, provider: str, settings: Settings) -> tuple[UUID, tuple[Claim, ...]] | None:
    """The article that `name`, an address or an id of the provider's own, stands for; None for an article id, which
    says nothing of whose it is."""
    try:
        UUID(name)
    except ValueError:
        pass
    else:
        return None
    publisher = settings.provider(provider).publisher or provider
    claim = identity.url_claim(name) or Claim(scheme=ClaimScheme.GUID, value=name[:2048])
    return identity.article_id(publisher, [claim]), (claim,)


def _own(event: RawEvent, provider: str, publisher: str, received: datetime) -> RawEvent:
    """The event as received now from its own provider. Raises Reject for one that speaks for somebody else, or that
    only an operator may send."""
    data = event.data
    if data.provider != provider or data.publisher != publisher:
        raise Reject(
            "not-yours",
            f"it is of provider {data.provider!r} for {data.publisher!r}; this key publishes as {provider!r} for {publisher!r}",
        )
    if data.kind == "reinstatement":
        raise Reject("not-yours", "only an operator can end a kill (dateline kill --reinstate)")
    if isinstance(event, RawArticleEvent) and not event.data.claims:
        raise Reject("no-claims", "data.claims is empty: an article is withdrawn by naming its address or id")
    return event.model_copy(update={"time": received, "source": f"/{provider}"})


def _entry(event: RawEvent) -> dict[str, Any]:
    entry = {"id": str(event.data.article_id), "type": event.type.value, "event_id": event.id}
    comment_id = getattr(event.data, "comment_id", None)
    return entry | ({"comment_id": str(comment_id)} if comment_id else {})


def _problem(reject: Reject) -> dict[str, Any]:
    return {"status": "refused", "reason": reject.reason, "detail": reject.detail}


def summary(refused: Iterable[dict[str, Any]]) -> str:
    """One line for a request of which nothing was taken."""
    several = list(refused)
    first = f"{several[0]['reason']}: {several[0]['detail']}" if several else "there was nothing in it"
    return first if len(several) < 2 else f"{first} (and {len(several) - 1} more)"
