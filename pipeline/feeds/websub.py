"""WebSub: hubs bring what is new in a feed the moment it is published. Source: https://www.w3.org/TR/websub/

Needs `DATELINE_PUBLIC_URL`, under which hubs reach the push door. Whatever fails, polling goes on.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pipeline.feeds import polling as feeds
from pipeline.ingest.fetching import Fetched, Fetcher, Unfetchable
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.compacted import StateTopic
from pipeline.settings import Settings
from pipeline.topics import FEEDS
from schemas.subscription import Hub, HubState, Subscription

log = logging.getLogger("dateline.websub")

LEASE = timedelta(days=10)
RENEW_BEFORE = timedelta(days=1)
ASK_AGAIN = timedelta(hours=6)
"""After a subscription that was refused, or never verified."""
_HASHES = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512, "sha1": hashlib.sha1}


def wants_asking(feed: Subscription, named: tuple[str, str] | None, now: datetime) -> bool:
    """Whether a feed's hub has to be asked: a new hub, a lease that ends soon, or an old refusal."""
    if named is None:
        return False
    hub = feed.hub
    if hub is None or (hub.url, hub.topic) != named:
        return True
    if hub.state is HubState.ACTIVE:
        return hub.lease_until is None or hub.lease_until - RENEW_BEFORE <= now
    return hub.asked + ASK_AGAIN <= now


def asked(feed: Subscription, named: tuple[str, str], now: datetime) -> Subscription:
    """The feed with a subscription that is about to be asked for; a lease that is renewed keeps its secret."""
    old = feed.hub if feed.hub is not None and (feed.hub.url, feed.hub.topic) == named else None
    hub = Hub(
        url=named[0],
        topic=named[1],
        secret=old.secret if old else secrets.token_hex(32),
        token=old.token if old else secrets.token_urlsafe(24),
        state=old.state if old and old.state is HubState.ACTIVE else HubState.ASKED,
        asked=now,
        lease_until=old.lease_until if old else None,
    )
    return feed.model_copy(update={"hub": hub})


class WebSubHubs:
    """Asks feeds' hubs to bring what is new, where DATELINE_PUBLIC_URL says how they can reach us."""

    def __init__(self, public_url: str, fetcher: Fetcher) -> None:
        self._public_url, self._fetcher = public_url, fetcher

    def prepare(self, polled: feeds.Polled) -> bool:
        now = datetime.now(UTC)
        if polled.hub is None or polled.feed.disabled or not wants_asking(polled.feed, polled.hub, now):
            return False
        polled.feed = asked(polled.feed, polled.hub, now)
        return True

    def ask(self, polled: feeds.Polled) -> Subscription | None:
        feed = polled.feed
        problem = ask(feed, self._public_url, self._fetcher)
        if problem is None or feed.hub is None:
            return None
        log.warning("%s: %s; it is polled instead", feed.url, problem)
        hub = feed.hub.model_copy(update={"state": HubState.REFUSED, "problem": problem[:2000]})
        return feed.model_copy(update={"hub": hub})


def ask(feed: Subscription, public_url: str, fetcher: Fetcher, mode: str = "subscribe") -> str | None:
    """Ask the hub; what is wrong, or None where it took the request (it verifies it by calling back)."""
    hub = feed.hub
    if hub is None:
        return "no hub is known"
    form = {
        "hub.mode": mode,
        "hub.topic": hub.topic,
        "hub.callback": callback(feed, public_url),
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
        "hub.secret": hub.secret,
    }
    try:
        status = fetcher.post(hub.url, form)
    except Unfetchable as e:
        return str(e)
    return None if 200 <= status < 300 else f"the hub {hub.url} answered {status}"


def callback(feed: Subscription, public_url: str) -> str:
    """Where the hub of this feed delivers to."""
    assert feed.hub is not None
    return f"{public_url.rstrip('/')}/websub/{feed.feed_id}/{feed.hub.token}"


def signed(body: bytes, header: str | None, secret: str) -> bool:
    """Whether X-Hub-Signature (`sha256=…`) is that of the body."""
    method, _, digest = (header or "").partition("=")
    known = _HASHES.get(method.strip().casefold())
    return known is not None and hmac.compare_digest(
        hmac.new(secret.encode(), body, known).hexdigest(), digest.strip().casefold()
    )


class Callbacks:
    """What hubs call: the push door's part of WebSub. Connects in `open`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._feeds: StateTopic[Subscription] = StateTopic(settings, FEEDS, Subscription)

    def open(self) -> None:
        self._feeds.load()

    def close(self) -> None:
        self._feeds.close()

    def refresh(self) -> None:
        self._feeds.refresh()

    def verify(self, feed_id: UUID, token: str, query: Mapping[str, str]) -> str | None:
        """The challenge to answer a hub with that asks whether we meant it; None for what we didn't ask for."""
        feed = self._feed(feed_id, token)
        mode = query.get("hub.mode", "")
        if feed is None or feed.hub is None or query.get("hub.topic") != feed.hub.topic:
            # to take a subscription away that we no longer have is what we want
            return query.get("hub.challenge") if mode == "unsubscribe" and feed is None else None
        if mode == "denied":
            changes = {
                "state": HubState.REFUSED,
                "problem": f"denied: {query.get('hub.reason', 'no reason given')}"[:2000],
            }
            self._keep(feed, feed.hub.model_copy(update=changes))
            return ""
        if mode != "subscribe" or not query.get("hub.challenge"):
            return None
        seconds = query.get("hub.lease_seconds", "")
        lease = timedelta(seconds=int(seconds)) if seconds.isdigit() and int(seconds) < 10**9 else LEASE
        active: dict[str, object] = {
            "state": HubState.ACTIVE,
            "lease_until": datetime.now(UTC) + lease,
            "problem": None,
        }
        self._keep(feed, feed.hub.model_copy(update=active))
        return query["hub.challenge"]

    def deliver(
        self,
        feed_id: UUID,
        token: str,
        signature: str | None,
        body: bytes,
        media_type: str | None,
        publisher: Publisher,
    ) -> bool | None:
        """Take what a hub brings: True when it is with Kafka, False where it is not signed as agreed (which is answered
        like success, so that nobody learns from trying: WebSub, section 8), None where nobody asked for it."""
        feed = self._feed(feed_id, token)
        if feed is None or feed.hub is None:
            return None
        if not signed(body, signature, feed.hub.secret):
            log.warning("a delivery for %s is not signed by its hub; it is dropped", feed.url)
            return False
        headers = {"content-type": media_type or ""}
        with Fetcher(self._settings.largest_record, private_networks=self._settings.private_networks) as fetcher:
            now = datetime.now(UTC)
            polled = feeds.take(feed, Fetched(feed.url, 200, body, headers), feeds.Pages(fetcher), self._settings, now)
        # what the poll before learned of the feed stays: a delivery has no ETag of its own
        kept = {"etag": feed.etag, "last_modified": feed.last_modified}
        if polled.outcome in ("failed", "disabled"):
            polled.feed = feed
        else:
            polled.feed = polled.feed.model_copy(update=kept)
        feeds.keep(polled, self._feeds, publisher)
        return True

    def _feed(self, feed_id: UUID, token: str) -> Subscription | None:
        self._feeds.refresh()
        feed = self._feeds.get(str(feed_id))
        if feed is None or feed.hub is None or not hmac.compare_digest(feed.hub.token, token):
            return None
        return feed

    def _keep(self, feed: Subscription, hub: Hub) -> None:
        self._feeds.put([(str(feed.feed_id), feed.model_copy(update={"hub": hub}))])
