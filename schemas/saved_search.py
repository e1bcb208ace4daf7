"""A search that somebody saved, and what was told of it. Records of `searches.saved`, `alerts` and `alert-deliveries`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID, uuid5

from pydantic import Field

from schemas.base import Instant, Line, Model, Word
from schemas.current import Version

_IDS = UUID("5b0a43a5-1f67-5b0e-8a35-6f6a6b0f9b0d")
"""Namespace of the ids of alerts."""


class Webhook(Model):
    """Where alerts of a search are posted."""

    url: Word
    secret: Annotated[str, Field(min_length=16, max_length=200)]
    """Of its signatures, as it was shown: `whsec_` and Base64."""
    since: Instant
    """From when on alerts are posted: when the search got a webhook."""
    renewed: Instant
    """When it was set the last time. One that was given up before works again from then on."""


class SavedSearch(Model):
    search_id: UUID
    owner: Word | None = None
    """Name of the API key that saved it; None where no keys are asked for."""
    token_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """Of the token that reads, changes and deletes it: 32 random bytes, so no slow hash is needed."""
    name: Annotated[str, Field(min_length=1, max_length=200)]
    query: dict[str, Any]
    """The parameters of `/v1/articles` that it has."""
    updates: bool = False
    """Whether a new revision of a story that was told is told too."""
    created: Instant
    expires: Instant | None = None
    """When it is deleted, unless it is changed before; of one that no key saved."""
    unguarded: bool = False
    """Whether nothing in it can be looked up, so that the index is asked for it with every batch."""
    webhook: Webhook | None = None


class IndexEvent(Model):
    """What the index has of an article since now. Record of `articles.indexed`, keyed by the article's id."""

    article_id: UUID
    version: Version
    public: bool
    """Whether readers can find it."""
    status: Word
    """`schemas.current.Status`: why they can't."""
    since: Instant | None = None
    """When readers could find it first, or again, where the indexer saw that."""


class AlertKind(StrEnum):
    MATCHED = "matched"
    UPDATED = "updated"
    WITHDRAWN = "withdrawn"


class About(Model):
    """Something about an article and a saved search."""

    search_id: UUID
    article_id: UUID
    at: Instant


class Alert(About):
    """The last that is to be told of one article to one saved search. It has no text: that is read when it is told."""

    kind: AlertKind
    version: Version
    """Of the article's record: higher with each alert of this search and article."""
    received: Instant | None = None
    """When the revision came that was told. The same revision has several versions: of its story, or after a replay."""
    reason: Line | None = None
    """Of a withdrawal: the article's status."""
    matched: Instant
    """When the article was found; after a withdrawal, when it was found again."""
    traceparent: Annotated[str, Field(max_length=55)] | None = None
    """Of the span that found it (W3C trace context): deliveries belong to its trace."""

    @property
    def alert_id(self) -> UUID:
        """The same each time it is told: receivers know a repetition by it."""
        return _alert_id(self, self.version, self.kind)


class DeliveryState(StrEnum):
    SENDING = "sending"  # written before each attempt: it may have arrived
    RETRYING = "retrying"
    DELIVERED = "delivered"
    SKIPPED = "skipped"  # no reader can find the article any more, or nobody was told of it
    FAILED = "failed"  # given up


class Delivery(About):
    """How the webhook of a search was told of an article, as of the last attempt (`at`)."""

    version: Version
    """Of the alert."""
    kind: AlertKind
    state: DeliveryState
    attempts: Annotated[int, Field(ge=0)] = 0
    told: bool = False
    """Whether the receiver may know of the article: any attempt since the last withdrawal may have arrived."""
    first: Instant
    """The first attempt."""
    next: Instant | None = None
    status: int | None = None
    """Of the receiver's answer."""
    problem: Line | None = None

    @property
    def alert_id(self) -> UUID:
        """Of the alert that is delivered."""
        return _alert_id(self, self.version, self.kind)


def _alert_id(about: About, version: int, kind: AlertKind) -> UUID:
    return uuid5(_IDS, f"{about.search_id}/{about.article_id}/{version}/{kind.value}")
