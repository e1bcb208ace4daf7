from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.feeds import websub
from pipeline.feeds.subscriptions import subscription
from schemas.subscription import Hub, HubState, Subscription

NOW = datetime(2026, 3, 14, 8, 20, tzinfo=UTC)
FEED_URL, HUB_URL = "https://w.example/feed", "https://hub.example/"
NAMED = (HUB_URL, FEED_URL)


def feed(**hub: object) -> Subscription:
    """A feed whose subscription was requested at NOW, with changes to it."""
    requested = websub.requested(subscription(FEED_URL, NOW), NAMED, NOW)
    assert requested.hub is not None
    return requested.model_copy(update={"hub": requested.hub.model_copy(update=hub)})


def hub_of(feed: Subscription) -> Hub:
    assert feed.hub is not None
    return feed.hub


@pytest.mark.parametrize(
    ("header", "links", "json", "found"),
    [
        ('<https://hub.example/>; rel="hub", <https://w.example/feed>; rel="self"', None, None, NAMED),
        (f'<{HUB_URL}>; rel="hub"', [{"rel": "self", "href": FEED_URL}, {"rel": "hub", "href": "https://x/"}], None, NAMED),
        ("", [{"rel": "hub", "href": HUB_URL}], None, (HUB_URL, "https://asked.example/")),
        ("", None, {"hubs": [{"type": "WebSub", "url": HUB_URL}], "feed_url": FEED_URL}, NAMED),
        ("", None, {"hubs": [{"type": "rssCloud", "url": HUB_URL}]}, None),
        ("", None, {"hubs": 5}, None),
        ("", [{"rel": "hub", "href": "http://["}], None, None),
        ('</hub>; rel="hub", <feed>; rel="self"', None, None, ("https://asked.example/hub", "https://asked.example/feed")),
        ("", None, {"hubs": [{"type": "WebSub", "url": "//hub.example/"}], "feed_url": "/feed.json"}, ("https://hub.example/", "https://asked.example/feed.json")),
        ("", [{"rel": "hub", "href": "https://hub.example/" + "x" * 500}], None, None),
        ("", [{"rel": "hub", "href": HUB_URL}, {"rel": "self", "href": "https://w.example/" + "x" * 500}], None, None),
        ("", [{"rel": "hub", "href": "mailto:hub@example.com"}], None, None),
        ("", None, None, None),
    ],
)  # fmt: skip
def test_a_hub_is_found_in_headers_links_and_json_feeds(
    header: str, links: list[dict[str, str]] | None, json: object, found: tuple[str, str] | None
) -> None:
    assert websub.discover(header, links, json, "https://asked.example/") == found


def test_a_long_link_header_is_read_as_far_as_one_may_be_long() -> None:
    """All of it took half a minute."""
    hub = f'<{HUB_URL}>; rel="hub"'
    assert websub.discover("<a>;" * 25_000 + hub, None, None, FEED_URL) is None
    assert websub.discover("<a>; rel=x, " * 100 + hub, None, None, FEED_URL) == (HUB_URL, FEED_URL)


def test_a_hub_is_asked_when_it_is_new_a_day_before_the_lease_ends_and_some_hours_after_a_failure() -> None:
    unknown = subscription(FEED_URL, NOW)
    assert not websub.needs_request(unknown, None, NOW)
    assert websub.needs_request(unknown, NAMED, NOW)
    waiting = feed()
    assert not websub.needs_request(waiting, NAMED, NOW + timedelta(hours=5))
    assert websub.needs_request(waiting, NAMED, NOW + websub.REQUEST_AGAIN)
    assert websub.needs_request(waiting, ("https://other.example/", FEED_URL), NOW)
    active = feed(state=HubState.ACTIVE, lease_until=NOW + timedelta(days=10))
    assert not websub.needs_request(active, NAMED, NOW + timedelta(days=8))
    assert websub.needs_request(active, NAMED, NOW + timedelta(days=9))


def test_a_renewal_keeps_secret_callback_and_lease_and_another_hub_gets_its_own() -> None:
    active = feed(state=HubState.ACTIVE, lease_until=NOW + timedelta(days=1))
    old, later = hub_of(active), NOW + timedelta(hours=1)
    renewed = hub_of(websub.requested(active, NAMED, later))
    assert renewed == old.model_copy(update={"asked": later})
    other = hub_of(websub.requested(active, ("https://other.example/", FEED_URL), later))
    assert other.state is HubState.ASKED
    assert not {other.secret, other.token} & {old.secret, old.token}


def test_the_request_names_the_callback_below_the_public_address() -> None:
    one = feed(token="t" * 20, secret="s" * 20)
    form = websub.request_form(one, hub_of(one), "https://news.example/dateline/")
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": FEED_URL,
        "hub.callback": f"https://news.example/dateline/websub/{one.feed_id}/{'t' * 20}",
        "hub.lease_seconds": "864000",
        "hub.secret": "s" * 20,
    }


def test_a_verification_starts_the_lease() -> None:
    hub = hub_of(feed())
    query = {"hub.mode": "subscribe", "hub.topic": FEED_URL, "hub.challenge": "c"}
    for seconds, lease in (
        ("3600", timedelta(hours=1)),
        ("", websub.LEASE),
        ("-5", websub.LEASE),
        ("9" * 12, websub.LEASE),
    ):
        answer, changed = websub.verified(hub, query | {"hub.lease_seconds": seconds}, NOW)
        assert answer == "c"
        assert changed is not None
        assert (changed.state, changed.lease_until) == (HubState.ACTIVE, NOW + lease)


@pytest.mark.parametrize(
    ("known", "query", "answer", "state"),
    [
        (True, {"hub.mode": "subscribe", "hub.topic": "https://other.example/", "hub.challenge": "c"}, None, None),
        (True, {"hub.mode": "subscribe", "hub.topic": FEED_URL}, None, None),
        (True, {"hub.mode": "unsubscribe", "hub.topic": FEED_URL, "hub.challenge": "c"}, None, None),
        (True, {"hub.mode": "denied", "hub.topic": FEED_URL, "hub.reason": "no"}, "", HubState.REFUSED),
        (
            True,
            {"hub.mode": "subscribe", "hub.topic": FEED_URL, "hub.challenge": "c", "hub.lease_seconds": "\u00b2"},
            "c",
            HubState.ACTIVE,
        ),
        (
            True,
            {"hub.mode": "subscribe", "hub.topic": FEED_URL, "hub.challenge": "c", "hub.lease_seconds": "9" * 5000},
            "c",
            HubState.ACTIVE,
        ),
        (False, {"hub.mode": "unsubscribe", "hub.topic": FEED_URL, "hub.challenge": "c"}, "c", None),
        (False, {"hub.mode": "subscribe", "hub.topic": FEED_URL, "hub.challenge": "c"}, None, None),
        (True, {}, None, None),
    ],
)
def test_what_was_not_requested_is_not_verified(
    known: bool, query: dict[str, str], answer: str | None, state: HubState | None
) -> None:
    answered, changed = websub.verified(hub_of(feed()) if known else None, query, NOW)
    assert answered == answer
    assert (changed.state if changed else None) == state


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_delivery_is_signed_over_its_body_with_the_secret(method: str) -> None:
    digest = hmac.new(b"secret", b"body", getattr(hashlib, method)).hexdigest()
    assert websub.is_signed(b"body", f"{method}={digest}", "secret")
    assert websub.is_signed(b"body", f"{method.upper()} = {digest.upper()}", "secret")
    for body, header, secret in (
        (b"other", f"{method}={digest}", "secret"),
        (b"body", f"{method}={digest}", "other"),
        (b"body", f"md5={digest}", "secret"),
        (b"body", digest, "secret"),
        (b"body", f"{method}=é", "secret"),
        (b"body", None, "secret"),
    ):
        assert not websub.is_signed(body, header, secret)
