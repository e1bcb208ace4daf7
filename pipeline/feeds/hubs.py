"""WebSub hubs: subscriptions are requested, verified, and delivered to. A feed whose hub fails is polled.

Needs `DATELINE_PUBLIC_URL`, under which hubs reach the ingest API.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from pipeline import telemetry
from pipeline.feeds import websub
from pipeline.feeds.full_text import Pages
from pipeline.feeds.polling import PollResult, read_feed
from pipeline.feeds.storing import store
from pipeline.feeds.subscriptions import Subscriptions
from pipeline.ingest.fetching import Fetched, Fetcher, Unfetchable
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.compacted import CompactedTable
from pipeline.settings import Settings
from pipeline.topics import FEEDS
from schemas.subscription import Hub, Subscription


class WebSubHubs:
    """Requests subscriptions; `public_url` is where hubs reach the ingest API."""

    def __init__(self, public_url: str, fetcher: Fetcher) -> None:
        self._public_url, self._fetcher = public_url, fetcher

    def prepare(self, result: PollResult) -> bool:
        now = datetime.now(UTC)
        if result.hub is None or result.feed.disabled or not websub.needs_request(result.feed, result.hub, now):
            return False
        result.feed = websub.requested(result.feed, result.hub, now)
        return True

    def request(self, feed: Subscription) -> Subscription | None:
        hub = feed.hub
        problem = self._post(feed, hub) if hub is not None else None
        if hub is None or problem is None:
            return None
        telemetry.HUB_REFUSED(feed=feed.url, problem=problem)
        return feed.model_copy(update={"hub": websub.refused(hub, problem)})

    def _post(self, feed: Subscription, hub: Hub) -> str | None:
        """What failed; None where the hub accepted the request, which it then verifies by a call."""
        try:
            status = self._fetcher.post(hub.url, websub.request_form(feed, hub, self._public_url))
        except Unfetchable as e:
            return str(e)
        return None if 200 <= status < 300 else f"the hub {hub.url} answered {status}"


class Callbacks:
    """What hubs call. Use `open` before and `close` after."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._subscriptions: Subscriptions = CompactedTable(settings, FEEDS, Subscription)
        self._look_again = 0.0

    def open(self) -> None:
        """Raises Retry where Kafka is away."""
        self._subscriptions.load()

    def close(self) -> None:
        self._subscriptions.close()

    def refresh(self) -> None:
        self._subscriptions.refresh()

    def knows(self, feed_id: UUID, token: str) -> bool:
        """Whether this is the address of a subscription, as far as was read. Doesn't block."""
        feed = self._subscriptions.get(str(feed_id))
        return feed is not None and feed.hub is not None and websub.same_text(feed.hub.token, token)

    def may_look_again(self) -> bool:
        """Whether to `refresh` for an unknown address: a hub may call at once, but strangers call too. True once a second."""
        now = time.monotonic()
        due = now >= self._look_again
        if due:
            self._look_again = now + 1
        return due

    def verify(self, feed_id: UUID, token: str, query: Mapping[str, str]) -> str | None:
        """The body to answer a hub with that verifies a subscription; None where it was not requested. Raises Retry."""
        feed = self._find(feed_id, token)
        answer, changed = websub.verified(feed.hub if feed is not None else None, query, datetime.now(UTC))
        if feed is not None and changed is not None:
            self._subscriptions.put([(str(feed_id), feed.model_copy(update={"hub": changed}))])
        return answer

    def deliver(
        self, feed_id: UUID, token: str, signature: str | None, body: bytes, content_type: str | None, publisher: Publisher
    ) -> bool | None:  # fmt: skip
        """Publish a delivery. True when it is in Kafka; False where its signature is wrong, which is answered like success,
        to reveal nothing (section 8); None where it was not requested. Raises Retry."""
        feed = self._find(feed_id, token)
        if feed is None or feed.hub is None:
            return None
        if not websub.is_signed(body, signature, feed.hub.secret):
            telemetry.HUB_UNSIGNED(feed=feed.url)
            return False
        answer = Fetched(feed.url, 200, body, {"content-type": content_type or ""})
        with Fetcher(self._settings.largest_record, private_networks=self._settings.private_networks) as fetcher:
            result = read_feed(feed, answer, Pages(fetcher), self._settings, datetime.now(UTC))
        if result.outcome in ("failed", "disabled"):
            result.feed = feed
        elif not result.waiting:
            # a delivery has no ETag of its own: that of the last poll stays, unless a poll is to go on with what is left
            result.feed = result.feed.model_copy(update={"etag": feed.etag, "last_modified": feed.last_modified})
        store(result, self._subscriptions, publisher)
        return True

    def _find(self, feed_id: UUID, token: str) -> Subscription | None:
        self._subscriptions.refresh()
        return self._subscriptions.get(str(feed_id)) if self.knows(feed_id, token) else None
