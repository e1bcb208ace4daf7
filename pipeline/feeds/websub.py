"""WebSub: the protocol's decisions, without I/O. Source: https://www.w3.org/TR/websub/

A hub delivers what is new in a feed the moment it is published. hubs.py talks to hubs.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pipeline import addresses
from pipeline.numbers import whole_number
from schemas.subscription import Hub, HubState, Subscription

LEASE = timedelta(days=10)
RENEW_BEFORE = timedelta(days=1)
REQUEST_AGAIN = timedelta(hours=6)
"""After a request that was refused, or never verified."""
_MAX_LINK = 8192
"""Characters of a Link header that are read."""
_MAX_URL = 512
"""Characters of an address that can be stored."""
_HASHES = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512, "sha1": hashlib.sha1}


def discover(
    link_header: str, feed_links: Iterable[Mapping[str, Any]] | None, json_feed: Any, url: str
) -> tuple[str, str] | None:
    """(hub, topic), both resolved, by the Link headers of the feed fetched from `url`, else by its own links (section 4). `feed_links` are
    those of feedparser, `json_feed` the parsed content of a JSON Feed. None where it names no hub."""
    links: dict[str, str] = {}
    for target, relation in re.findall(r'<([^>]+)>\s*;[^,]*?rel="?([\w\s]+)"?', link_header[:_MAX_LINK]):
        for name in relation.split():
            links.setdefault(name, target)
    for link in feed_links or []:
        if link.get("rel") in ("hub", "self") and link.get("href"):
            links.setdefault(str(link["rel"]), str(link["href"]))
    if isinstance(json_feed, dict):
        hubs = json_feed.get("hubs")
        for hub in hubs if isinstance(hubs, list) else []:
            if (
                isinstance(hub, dict)
                and str(hub.get("type")).casefold() == "websub"
                and isinstance(hub.get("url"), str)
            ):
                links.setdefault("hub", hub["url"])
        if isinstance(json_feed.get("feed_url"), str):
            links.setdefault("self", json_feed["feed_url"])
    hub_url = addresses.joined(links.get("hub"), url)
    topic = addresses.joined(links.get("self"), url) or url
    if not hub_url or max(len(hub_url), len(topic)) > _MAX_URL:
        return None
    return hub_url, topic


def needs_request(feed: Subscription, named: tuple[str, str] | None, now: datetime) -> bool:
    """Whether to request a subscription at the hub that the feed names: it is new, its lease ends soon, or its last
    request failed long enough ago."""
    if named is None:
        return False
    hub = feed.hub
    if hub is None or (hub.url, hub.topic) != named:
        return True
    if hub.state is HubState.ACTIVE:
        return hub.lease_until is None or hub.lease_until - RENEW_BEFORE <= now
    return hub.asked + REQUEST_AGAIN <= now


def requested(feed: Subscription, named: tuple[str, str], now: datetime) -> Subscription:
    """The feed with a subscription about to be requested. A renewal keeps secret and callback, and the lease until it is
    verified."""
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


def request_form(feed: Subscription, hub: Hub, public_url: str) -> dict[str, str]:
    """The form of a subscription request (section 5.1)."""
    return {
        "hub.mode": "subscribe",
        "hub.topic": hub.topic,
        "hub.callback": callback_url(feed, hub, public_url),
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
        "hub.secret": hub.secret,
    }


def callback_url(feed: Subscription, hub: Hub, public_url: str) -> str:
    """Where the hub delivers to. The token keeps others from calling it."""
    return f"{public_url.rstrip('/')}/websub/{feed.feed_id}/{hub.token}"


def refused(hub: Hub, problem: str) -> Hub:
    return hub.model_copy(update={"state": HubState.REFUSED, "problem": problem[:2000]})


def verified(hub: Hub | None, query: Mapping[str, str], now: datetime) -> tuple[str | None, Hub | None]:
    """The body to answer a hub's verification with, None for 404, and the changed subscription, None where it stays as it
    is. `hub` is the subscription with this callback, None where there is none (section 5.3)."""
    mode, challenge = query.get("hub.mode", ""), query.get("hub.challenge")
    if hub is None:
        # ending a subscription that we no longer have is what we want
        return (challenge if mode == "unsubscribe" else None), None
    if query.get("hub.topic") != hub.topic:
        return None, None
    if mode == "denied":
        return "", refused(hub, f"denied: {query.get('hub.reason', 'no reason given')}")
    if mode != "subscribe" or not challenge:
        return None, None
    seconds = whole_number(query.get("hub.lease_seconds"))
    lease = timedelta(seconds=seconds) if seconds is not None else LEASE
    return challenge, hub.model_copy(update={"state": HubState.ACTIVE, "lease_until": now + lease, "problem": None})


def is_signed(body: bytes, header: str | None, secret: str) -> bool:
    """Whether X-Hub-Signature (`sha256=…`) is that of the body (section 7.1)."""
    method, _, digest = (header or "").partition("=")
    known = _HASHES.get(method.strip().casefold())
    return known is not None and same_text(
        hmac.new(secret.encode(), body, known).hexdigest(), digest.strip().casefold()
    )


def same_text(one: str, other: str) -> bool:
    """In constant time, whatever characters `other` has."""
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))
