"""Following feeds: what is new in one becomes events; what is known of it lives in the topic `feeds`."""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid5

import feedparser
from protego import Protego

from pipeline import identity
from pipeline.errors import DatelineError, Fatal, Reject
from pipeline.feeds import schedule
from pipeline.formats import Reading, detect, html_page
from pipeline.formats.items import Discussion, Item, Story
from pipeline.ingest.events import Hints, RawEvent, discussion_events, story_events
from pipeline.ingest.fetching import AGENT, Fetched, Fetcher, Unfetchable
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.compacted import StateTopic
from pipeline.settings import Settings
from pipeline.topics import FEEDS
from schemas.subscription import Subscription

log = logging.getLogger("dateline.feeds")

PAGE_DELAY = 1.0
"""Seconds between two pages of one host."""
_MOST_KNOWN = 2000
"""Items of a feed that are remembered; a feed holds fewer."""
_HOSTS_AT_ONCE = 8
_NOT_CONTENT = re.compile(r"\b(?:utm_\w+|fbclid|gclid)=[^&\s\"]*")


@dataclass
class Polled:
    """What became of one poll: the subscription as it stands now, and what to publish before that is kept."""

    feed: Subscription
    outcome: str
    """new, unchanged, failed, or disabled."""
    events: list[RawEvent] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    content: bytes = b""
    """Of the feed, where something in it was refused."""
    hub: tuple[str, str] | None = None
    """(hub, topic) that the feed names (WebSub)."""


def subscription(
    url: str, now: datetime, *, provider: str | None = None, title: str | None = None, category: str | None = None,
    timezone: str = "UTC", full_text: bool = False,
) -> Subscription:  # fmt: skip
    """A feed to follow. Raises Fatal for what is no address."""
    canonical = identity.canonical_url(url)
    if canonical is None:
        raise Fatal(f"{url!r} is no http(s) address")
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


def open_feeds(settings: Settings) -> StateTopic[Subscription]:
    """All subscriptions; a context manager."""
    return StateTopic(settings, FEEDS, Subscription)


def poll(feed: Subscription, fetcher: Fetcher, pages: Pages, settings: Settings, now: datetime) -> Polled:
    """Ask for one feed, politely, and find what is new in it. Never raises for what the feed does."""
    headers = {
        "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
    }
    if feed.etag:
        headers["If-None-Match"] = feed.etag
    if feed.last_modified:
        headers["If-Modified-Since"] = feed.last_modified
    try:
        answer = fetcher.get(feed.url, headers)
    except Unfetchable as e:
        failed = schedule.after_failure(feed, now, str(e), e.status, e.retry_after)
        return Polled(failed, "disabled" if failed.disabled else "failed")
    if answer.moved_to:
        feed = feed.model_copy(update={"url": answer.moved_to})
    if answer.status == 304:
        wish = schedule.asked_for(answer.headers, None, None, None)
        return Polled(schedule.after_success(feed, now, False, wish), "unchanged")
    return take(feed, answer, pages, settings, now)


def take(feed: Subscription, answer: Fetched, pages: Pages, settings: Settings, now: datetime) -> Polled:
    """What is new in a feed's content, however it came: asked for, or brought by a hub."""
    item = Item(answer.content, feed.url, answer.media_type, answer.url)
    try:
        found = detect(item)
        if found.page:
            raise Reject(
                "no-feed", f"{feed.url} is no feed, but {'an HTML page' if found.name == 'html page' else 'text'}"
            )
        readings = list(found.read(item))
    except Reject as reject:
        failed = schedule.after_failure(feed, now, f"{feed.url}: {reject}", None, None)
        return Polled(failed, "disabled" if failed.disabled else "failed", rejects=[reject], content=answer.content)
    said = Hints(provider=feed.provider, timezone=feed.timezone)
    known, fresh = dict(feed.seen), {}
    polled = Polled(feed, "unchanged", content=answer.content)
    for reading in readings:
        if isinstance(reading, Reject):
            key, digest = _digest(f"refused {reading.detail}"), _digest(reading.detail)
            fresh[key] = digest
            if known.get(key) != digest:
                polled.rejects.append(reading)
            continue
        for key, digest, events in _new(reading, known, item, said, pages, feed, settings, now, polled.rejects):
            fresh[key] = digest
            polled.events.extend(events)
    meta: Any = feedparser.parse(answer.content[:200_000]).feed if found.name == "feed" else {}
    polled.hub = _hub(answer, meta, item)
    seen = {key: digest for key, digest in known.items() if key not in fresh} | fresh  # what the feed has now last
    changed = bool(polled.events)
    polled.outcome = "new" if changed else "unchanged"
    wish = schedule.asked_for(
        answer.headers, meta.get("ttl"), meta.get("sy_updateperiod"), meta.get("sy_updatefrequency")
    )
    feed = feed.model_copy(
        update={
            "seen": dict(list(seen.items())[-_MOST_KNOWN:]),
            "etag": (answer.headers.get("etag") or "")[:4096] or None,
            "last_modified": (answer.headers.get("last-modified") or "")[:4096] or None,
            "title": feed.title or (str(meta.get("title") or "")[:4096] or None),
        }
    )
    polled.feed = schedule.after_success(feed, now, changed, wish)
    return polled


def _new(
    reading: Reading, known: dict[str, str], item: Item, said: Hints, pages: Pages, feed: Subscription,
    settings: Settings, now: datetime, rejects: list[Reject],
) -> Iterable[tuple[str, str, list[RawEvent]]]:  # fmt: skip
    """(item, its content, events where it is new) for one reading."""
    try:
        if isinstance(reading, Story):
            key = _digest(reading.guid or reading.url or reading.headline)
            digest = _digest(_content(reading))
            if known.get(key) == digest:
                yield key, digest, []
                return
            if reading.partial and feed.full_text and reading.url:
                pages.complete(reading)
            owned = replace(item, url=None)
            results = story_events(reading, owned, said, settings, now)
            rejects.extend(one for one in results if isinstance(one, Reject))
            yield key, digest, [one for one in results if not isinstance(one, Reject)]
        elif isinstance(reading, Discussion):
            for comment in reading.comments:
                key = _digest(f"{reading.url} {comment.own_id or comment.author} {comment.posted}")
                digest = _digest(comment.text)
                if known.get(key) == digest:
                    yield key, digest, []
                    continue
                alone = replace(reading, comments=[comment])
                results = discussion_events(alone, replace(item, url=None), said, settings, now)
                rejects.extend(one for one in results if isinstance(one, Reject))
                yield key, digest, [one for one in results if not isinstance(one, Reject)]
    except Reject as reject:
        rejects.append(reject)


def _content(story: Story) -> str:
    """What makes an item another one when it changes: its text, not addresses of pictures or tracking."""
    parts = (
        story.headline,
        story.summary or "",
        *story.paragraphs,
        story.byline or "",
        story.modified or "",
        story.state,
    )
    return _NOT_CONTENT.sub("", "\n".join(parts))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _hub(answer: Fetched, meta: Any, item: Item) -> tuple[str, str] | None:
    """(hub, topic) by the answer's Link headers, else by links in the feed (WebSub, section 4)."""
    links: dict[str, str] = {}
    for target, relation in re.findall(r'<([^>]+)>\s*;[^,]*?rel="?([\w\s]+)"?', answer.headers.get("link", "")):
        for name in relation.split():
            links.setdefault(name, target)
    for one in meta.get("links") or []:
        if one.get("rel") in ("hub", "self") and one.get("href"):
            links.setdefault(str(one["rel"]), str(one["href"]))
    if isinstance(item.json, dict):
        for hub in item.json.get("hubs") or []:
            if (
                isinstance(hub, dict)
                and str(hub.get("type")).casefold() == "websub"
                and isinstance(hub.get("url"), str)
            ):
                links.setdefault("hub", hub["url"])
        if isinstance(item.json.get("feed_url"), str):
            links.setdefault("self", item.json["feed_url"])
    hub_url = links.get("hub")
    if not hub_url or urlsplit(hub_url).scheme not in ("http", "https"):
        return None
    return hub_url, links.get("self") or answer.url


class Hubs(Protocol):
    """What brings news of feeds by itself (websub.py)."""

    def prepare(self, polled: Polled) -> bool:
        """Note in `polled.feed` that its hub is about to be asked; whether it is."""

    def ask(self, polled: Polled) -> Subscription | None:
        """Ask it; the feed as it stands where that failed. The hub calls back at once, so all else is kept before."""


class Pages:
    """Pages of items whose feed has only a summary: robots.txt obeyed, one at a time per host, with a pause between."""

    def __init__(self, fetcher: Fetcher, delay: float = PAGE_DELAY) -> None:
        self._fetcher, self._delay = fetcher, delay
        self._robots: dict[str, Protego | None] = {}
        self._last: dict[str, float] = {}
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def complete(self, story: Story) -> None:
        """Give the story the text of its page, where it may be fetched and has more than the feed; else leave it."""
        url = story.url or ""
        host = urlsplit(url).netloc
        with self._locks[host]:
            try:
                robots = self._rules(url)
                if robots is not None and not robots.can_fetch(url, AGENT):
                    log.info("robots.txt of %s keeps us from %s", host, url)
                    return
                pause = max(self._delay, float(robots.crawl_delay(AGENT) or 0) if robots is not None else 0)
                self._wait(host, min(pause, 30.0))
                answer = self._fetcher.get(url)
                page = html_page.read(Item(answer.content, url, answer.media_type, answer.url))
            except (Unfetchable, Reject) as e:
                log.warning("no full text of %s: %s", url, e)
                return
        if len(" ".join(page.paragraphs)) <= len(" ".join(story.paragraphs)):
            return
        story.paragraphs, story.body_html, story.partial = page.paragraphs, page.body_html, False
        story.byline, story.section = story.byline or page.byline, story.section or page.section
        story.pictures, story.faq = story.pictures or page.pictures, page.faq
        story.comments = page.comments
        story.original, story.original_type = answer.content, answer.media_type or "text/html"

    def _rules(self, url: str) -> Protego | None:
        """robots.txt of the page's host; None (everything is allowed) where it has none. Raises Unfetchable where the
        host is in trouble: then nothing is fetched (RFC 9309, 2.3.1.4)."""
        parts = urlsplit(url)
        if parts.netloc not in self._robots:
            try:
                text = self._fetcher.get(f"{parts.scheme}://{parts.netloc}/robots.txt").content[: 500 * 1024]
                self._robots[parts.netloc] = Protego.parse(text.decode("utf-8", "replace"))
            except Unfetchable as e:
                if e.status is None or e.status >= 500:
                    raise
                self._robots[parts.netloc] = None
        return self._robots[parts.netloc]

    def _wait(self, host: str, pause: float) -> None:
        since = time.monotonic() - self._last.get(host, -pause)
        if since < pause:
            time.sleep(pause - since)
        self._last[host] = time.monotonic()


def poll_all(
    settings: Settings, feeds: StateTopic[Subscription], publisher: Publisher, chosen: Iterable[Subscription],
    *, told: Callable[[Polled], None] = lambda _: None, hubs: Hubs | None = None, delay: float = PAGE_DELAY,
) -> list[Polled]:  # fmt: skip
    """Poll feeds, several hosts at a time, the feeds of one host one after the other. What is new is with Kafka before
    the feed's new state is: a crash in between publishes it again, which changes nothing. Raises Retry where Kafka is
    away."""
    hosts: dict[str, list[Subscription]] = defaultdict(list)
    for feed in chosen:
        hosts[urlsplit(feed.url).netloc].append(feed)
    finished: list[Polled] = []
    lock = threading.Lock()

    def one_host(several: list[Subscription]) -> None:
        with Fetcher(settings.largest_record, private_networks=settings.private_networks) as fetcher:
            pages = Pages(fetcher, delay)
            for nth, feed in enumerate(several):
                if nth:
                    time.sleep(delay)
                try:
                    polled = poll(feed, fetcher, pages, settings, datetime.now(UTC))
                except DatelineError:
                    raise
                except Exception as e:  # one feed's surprise must not cost the others their turn
                    log.exception("polling %s failed", feed.url)
                    failed = schedule.after_failure(feed, datetime.now(UTC), f"{type(e).__name__}: {e}", None, None)
                    polled = Polled(failed, "disabled" if failed.disabled else "failed")
                with lock:
                    keep(polled, feeds, publisher, hubs)
                    finished.append(polled)
                    told(polled)

    with ThreadPoolExecutor(_HOSTS_AT_ONCE, thread_name_prefix="feeds") as pool:
        for future in [pool.submit(one_host, several) for several in hosts.values()]:
            future.result()
    return finished


def keep(
    polled: Polled, feeds: StateTopic[Subscription], publisher: Publisher, hubs: Hubs | None = None
) -> None:  # fmt: skip
    """Publish what is new, and only then remember that it is known, and ask its hub. Raises Retry."""
    for event in polled.events:
        reject = publisher.publish(event, polled.feed.url)
        if reject is not None:
            polled.rejects.append(reject)
    for reject in polled.rejects:
        publisher.keep(reject, polled.content, polled.feed.provider, polled.feed.url)
    publisher.flush()
    feeds.refresh()
    name = str(polled.feed.feed_id)
    standing = feeds.get(name)
    if standing is None:
        return  # it was removed meanwhile
    polled.feed = polled.feed.model_copy(update={"hub": standing.hub})  # which a hub's call may have changed
    asking = hubs.prepare(polled) if hubs is not None else False
    feeds.put([(name, polled.feed)])
    if hubs is not None and asking and (refused := hubs.ask(polled)) is not None:
        polled.feed = refused
        feeds.put([(name, refused)])


def find(feeds: StateTopic[Subscription], wanted: str) -> Subscription:
    """A subscription by its id or address. Raises Fatal where there is none."""
    for feed in feeds.all():
        if wanted in (str(feed.feed_id), feed.url):
            return feed
    raise Fatal(f"no feed with the id or address {wanted!r} is followed; `dateline feeds list` shows them")
