"""Subscriptions: which feeds are followed. Their state is in the compacted topic `feeds`."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5

from pipeline import identity
from pipeline.errors import Fatal
from pipeline.kafka.clients import ensure_topics
from pipeline.kafka.compacted import CompactedTable
from pipeline.settings import Settings
from pipeline.topics import FEEDS
from schemas.subscription import Subscription

Subscriptions = CompactedTable[Subscription]


def open_subscriptions(settings: Settings) -> Subscriptions:
    """All subscriptions, as a context manager. Makes missing topics. Raises Retry where Kafka is away."""
    ensure_topics(settings)
    return CompactedTable(settings, FEEDS, Subscription)


def subscription(
    url: str, now: datetime, *, provider: str | None = None, title: str | None = None, category: str | None = None,
    timezone: str = "UTC", full_text: bool = False,
) -> Subscription:  # fmt: skip
    """A feed to follow. Raises Fatal where `url` is not an http(s) address."""
    canonical = identity.canonical_url(url)
    if canonical is None:
        raise Fatal(f"{url!r} is not an http(s) address")
    return Subscription(
        feed_id=uuid5(identity.NAMESPACE, f"feed\n{canonical}"),
        url=url.strip(),
        provider=provider or identity.registered_domain(url) or "feeds",
        title=title,
        category=category,
        timezone=timezone,
        full_text=full_text,
        added=now,
    )


def find(subscriptions: Subscriptions, wanted: str) -> Subscription:
    """A subscription by its id or address. Raises Fatal where there is none."""
    for feed in subscriptions.all():
        if wanted in (str(feed.feed_id), feed.url):
            return feed
    raise Fatal(f"no feed with the id or address {wanted!r} is followed; `dateline feeds list` shows them")
