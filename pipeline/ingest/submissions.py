"""What a provider submits by the ingest API, to events. A provider may send only its own items. No HTTP here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from pydantic import ValidationError

from pipeline import identity
from pipeline.errors import Reject, explain
from pipeline.formats import encodings
from pipeline.formats.items import Item
from pipeline.ingest.events import Hints, RawEvent
from pipeline.ingest.intake import Read, read_item
from pipeline.ingest.origin import original
from pipeline.settings import Settings
from schemas.event import EventType
from schemas.events import RawArticleEvent, RawCommentEvent
from schemas.identity import Claim
from schemas.patch import ReceivedPatch

PATCH_TYPE = "application/merge-patch+json"
_ABOUT_THE_PATCH = ("modified", "version", "timezone")
"""Members of a partial update that are no fields of the article."""


def read_push(
    content: bytes,
    content_type: str | None,
    provider: str,
    url: str | None,
    settings: Settings,
    *,
    most: int | None = None,
) -> Read:
    """The events of a body that `provider` sent, its own only; no more than `most` items are read. Never raises for bad
    input."""
    media_type = (content_type or "").partition(";")[0].strip().lower() or None
    item = Item(content, f"push by {provider}", media_type, url, encodings.charset(content_type))
    received = datetime.now(UTC)
    read = read_item(item, Hints(provider=provider, only_itself=True), settings, received, most)
    publisher = settings.provider(provider).publisher or provider
    events: list[RawEvent] = []
    rejects = list(read.rejects)
    for number, event in enumerate(read.events, 1):
        try:
            events.append(_own(event, provider, publisher))
        except Reject as reject:
            rejects.append(Reject(reject.reason, f"event {number} ({event.id}): {reject.detail}"))
    return replace(read, events=tuple(events), rejects=tuple(rejects))


def read_patch(content: bytes, provider: str, article_id: UUID, claims: tuple[Claim, ...], settings: Settings) -> Read:
    """The event of a partial update (RFC 7396): fields of an article, and optionally `modified`, `version`, `timezone`.
    Never raises for bad input."""
    item = Item(content, f"push by {provider}", PATCH_TYPE)
    received = datetime.now(UTC)
    patch = item.json
    if not isinstance(patch, dict):
        return Read(item, "patch", rejects=(Reject("not-json", "a partial update is one JSON object"),))
    about = {name: patch[name] for name in _ABOUT_THE_PATCH if patch.get(name) is not None}
    options = settings.provider(provider)
    digest = hashlib.sha256(json.dumps(patch, sort_keys=True).encode()).hexdigest()
    try:
        data = ReceivedPatch.model_validate(
            {"timezone": options.timezone, **about}
            | {
                "article_id": article_id,
                "provider": provider,
                "publisher": options.publisher or provider,
                "claims": claims,
                "fields": {name: value for name, value in patch.items() if name not in _ABOUT_THE_PATCH},
                "original": original(content, PATCH_TYPE),
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
    refused = tuple(
        Reject("not-comments", f"{event.data.article_id} is an article; send it to /v1/items")
        for event in read.events
        if isinstance(event, RawArticleEvent)
    )
    return replace(read, events=comments, rejects=(*read.rejects, *refused))


def _own(event: RawEvent, provider: str, publisher: str) -> RawEvent:
    """The event as its own provider's. Raises Reject for one that speaks for another provider, or that
    only an operator may send."""
    data = event.data
    if data.provider != provider or data.publisher != publisher:
        raise Reject(
            "not-yours",
            f"it is of provider {data.provider!r} for {data.publisher!r}; this key publishes as {provider!r} for {publisher!r}",
        )
    if data.kind == "reinstatement":
        raise Reject("not-yours", "only an operator can end a kill (dateline kill --reinstate)")
    if not event.data.claims:
        raise Reject(
            "no-claims", "data.claims is empty: an article is withdrawn or commented on by naming its address or id"
        )
    if getattr(data, "by", None) == "operator":
        data = data.model_copy(update={"by": provider})
    own = {"source": f"/{provider}", "subject": str(data.article_id), "data": data}
    return event.model_copy(update=own)
