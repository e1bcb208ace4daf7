"""A feed that Dateline follows, and the state of following it. Record of `feeds`, keyed by `feed_id`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.base import Instant, Line, Model, Word

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class HubState(StrEnum):
    """State of a WebSub subscription."""

    ASKED = "asked"  # the hub has yet to verify
    ACTIVE = "active"
    REFUSED = "refused"


class Hub(Model):
    """A WebSub subscription at a feed's hub (https://www.w3.org/TR/websub/)."""

    url: Word
    topic: Word
    """The feed's own address as the hub knows it (rel=self)."""
    secret: Annotated[str, Field(min_length=16, max_length=199)]
    token: Annotated[str, Field(min_length=16, max_length=100)]
    """Part of the callback's address, so that nobody else can call it."""
    state: HubState = HubState.ASKED
    asked: Instant
    lease_until: Instant | None = None
    problem: Line | None = None


class Subscription(Model):
    feed_id: UUID
    url: Word
    """Where it is polled now; a permanent redirect moves it."""
    provider: Word
    title: Line | None = None
    category: Line | None = None
    timezone: Word = "UTC"
    full_text: bool = False
    """Fetch the page of an item whose feed has only a summary."""
    added: Instant
    etag: Line | None = None
    last_modified: Line | None = None
    polled: Instant | None = None
    """When it was last asked for."""
    changed: Instant | None = None
    """When it last had something new."""
    next_poll: Instant | None = None
    interval_seconds: Annotated[int, Field(ge=0)] = 0
    """Time between polls, derived from how often the feed changes; 0 before the first poll."""
    failures: Annotated[int, Field(ge=0)] = 0
    """In a row."""
    problem: Line | None = None
    disabled: Instant | None = None
    """Not asked any more since then, for the reason in `problem`."""
    hub: Hub | None = None
    seen: dict[str, Digest] = Field(default_factory=dict)
    """Items known, by a digest of their id, with a digest of their content: an item unchanged publishes nothing."""
    names: dict[str, Digest] = Field(default_factory=dict)
    """What else they are known by (address, content), likewise: ids and addresses may change at each poll."""
    shared: tuple[Digest, ...] = ()
    """Digests of ids and addresses that several items had: they are no item's own."""
