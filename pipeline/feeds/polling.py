"""Polling a feed: what is new in it becomes events. Its state (schemas/subscription.py) is passed in and returned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, islice

from pipeline import telemetry
from pipeline.errors import DatelineError, Reject
from pipeline.feeds import known_items, schedule, websub
from pipeline.feeds.full_text import NotYet, Pages, Turn
from pipeline.feeds.known_items import KnownItem, KnownItems
from pipeline.formats.feed import metadata
from pipeline.formats.format import LeftOut
from pipeline.formats.items import Discussion, Item, Story
from pipeline.formats.table import Reading, detect
from pipeline.ingest.claims import settle
from pipeline.ingest.events import Hints, RawEvent, discussion_events, story_events
from pipeline.ingest.fetching import Fetched, Fetcher, Unfetchable
from pipeline.settings import Settings
from schemas.subscription import Subscription

_MAX_SEEN = 2000
"""Items that are remembered beside those that the feed has now."""
_BYTES_OF_AN_ITEM = 160
"""What an item takes at most of a subscription's record."""
_MAX_SHARED = 200
"""Ids and addresses of several items that are remembered."""
_MAX_URL = 512
"""Characters of an address that can be stored; a feed that moved further away is found by its redirect."""
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"

_Convert = Callable[[], list[RawEvent | Reject]]


@dataclass
class PollResult:
    """The subscription after a poll, and what to publish before the subscription is stored."""

    feed: Subscription
    outcome: str
    """new, unchanged, failed, or disabled."""
    events: list[RawEvent] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    content: bytes = b""
    """The feed, for the dead letter of what was refused of it."""
    waiting: int = 0
    """Items that are left to the next poll, as their pages would have taken too long."""
    hub: tuple[str, str] | None = None
    """(hub, topic) that the feed names (WebSub)."""

    @classmethod
    def failure(cls, feed: Subscription, *rejects: Reject, content: bytes = b"") -> PollResult:
        """`feed` is as schedule.after_failure returns it."""
        return cls(feed, "disabled" if feed.disabled else "failed", rejects=list(rejects), content=content)


def poll(feed: Subscription, fetcher: Fetcher, pages: Pages, settings: Settings, now: datetime) -> PollResult:
    """Ask for one feed and find what is new in it. Never raises for what the feed does."""
    headers = {"Accept": _ACCEPT}
    if feed.etag:
        headers["If-None-Match"] = feed.etag
    if feed.last_modified:
        headers["If-Modified-Since"] = feed.last_modified
    try:
        answer = fetcher.get(feed.url, headers)
    except Unfetchable as e:
        failed = schedule.after_failure(feed, now, str(e), e.status, e.retry_after)
        return PollResult.failure(failed)
    if answer.status == 304:
        requested = schedule.requested_interval(answer.headers, None, None, None)
        same = schedule.after_success(feed, now, False, requested)
        if not feed.failures:  # what was wrong with its content still is
            same = same.model_copy(update={"problem": feed.problem})
        return PollResult(same, "unchanged")
    return read_feed(feed, answer, pages, settings, now)


def read_feed(feed: Subscription, answer: Fetched, pages: Pages, settings: Settings, now: datetime) -> PollResult:
    """What is new in a feed's content, polled or delivered by a hub. Never raises for what is in it."""
    item = Item(answer.content, feed.url, answer.media_type, answer.url, answer.charset).in_utf8()
    try:
        found = detect(item)
        if found.page:
            raise Reject(
                "no-feed", f"{feed.url} is not a feed, but {'text' if found.name == 'text page' else 'an HTML page'}"
            )
        most = _most(settings)
        readings = list(islice(found.read(item), most + 1))
    except Reject as reject:
        return _unreadable(feed, reject, answer, now)
    except Exception as e:  # a fault of ours on this feed must not keep the others from being polled
        telemetry.ITEM_FAILED(e, source=feed.url)
        return _unreadable(feed, Reject("failed", f"could not be read: {type(e).__name__}"), answer, now)
    shared = [
        known_items.digest(name) for name in settle(readings, lambda name: known_items.digest(name) in feed.shared)
    ]
    known = KnownItems(feed)
    result = PollResult(feed, "unchanged", content=answer.content)
    turn = Turn(pages)
    parts = chain.from_iterable(
        _parts(one, feed, item, turn, settings, now) for one in readings if not isinstance(one, LeftOut)
    )
    for events in _new(islice(parts, most), known, result):
        result.events.extend(events)
    problem = None
    if len(readings) > most or next(parts, None) is not None:
        problem = f"more than {most:,} items: those after the first {most:,} are not read"
        if not known.add(KnownItem("refused as too large", problem)):
            result.rejects.append(Reject("too-large", problem))
    meta = metadata(item) if found.name == "feed" else {}
    result.hub = websub.discover(answer.headers.get("link", ""), meta.get("links"), item.json, answer.url)
    changed = bool(result.events)
    result.outcome = "new" if changed else "unchanged"
    requested = schedule.requested_interval(
        answer.headers, meta.get("ttl"), meta.get("sy_updateperiod"), meta.get("sy_updatefrequency")
    )
    feed = feed.model_copy(
        update={
            "url": answer.moved_to if answer.moved_to and len(answer.moved_to) <= _MAX_URL else feed.url,
            "seen": known.seen(min(_MAX_SEEN, most)),
            "names": known.names(min(_MAX_SEEN, most)),
            "shared": tuple([*(one for one in feed.shared if one not in shared), *shared][-_MAX_SHARED:]),
            "etag": (answer.headers.get("etag") or "")[:4096] or None,
            "last_modified": (answer.headers.get("last-modified") or "")[:4096] or None,
            "title": feed.title or (str(meta.get("title") or "")[:4096] or None),
        }
    )
    feed = schedule.after_success(feed, now, changed, requested)
    if result.waiting:
        # asked again as if it were new, and soon, by whichever way this came
        soon = now + timedelta(seconds=schedule.MIN_INTERVAL)
        feed = feed.model_copy(update={"etag": None, "last_modified": None, "next_poll": soon})
        telemetry.PAGES_WAIT(feed=feed.url, items=result.waiting)
    result.feed = feed.model_copy(update={"problem": problem})
    return result


def _most(settings: Settings) -> int:
    """Items of a feed that are read: as many as a subscription's record can hold. A feed, which is no larger than a record,
    hardly ever has more."""
    return settings.largest_record // _BYTES_OF_AN_ITEM


def _unreadable(feed: Subscription, reject: Reject, answer: Fetched, now: datetime) -> PollResult:
    failed = schedule.after_failure(feed, now, f"{feed.url}: {reject}", None, None)
    return PollResult.failure(failed, reject, content=answer.content)


def _new(
    parts: Iterable[tuple[KnownItem, _Convert]], known: KnownItems, result: PollResult
) -> Iterator[list[RawEvent]]:
    """The events of each item that is new or changed. What is refused is added to `result`, once: it is tried again at each
    poll, as a correction may be in anything of it."""
    for part, convert in parts:
        if known.has(part):
            continue
        refusal: str | None = None
        try:
            results = convert()
        except NotYet:
            result.waiting += 1
            continue
        except Reject as reject:
            results, refusal = [reject], f"refused {reject}"
        except DatelineError:
            raise
        except Exception as e:  # an item on which our code fails must not keep the others from being read
            telemetry.ITEM_FAILED(e, source=result.feed.url)
            failed = Reject("failed", f"could not be read: {type(e).__name__}")
            results, refusal = [failed], f"refused {failed} {part.content}"
        if not known.add(part, refusal):
            result.rejects.extend(one for one in results if isinstance(one, Reject))
        yield [one for one in results if not isinstance(one, Reject)]


def _parts(
    reading: Reading, feed: Subscription, item: Item, turn: Turn, settings: Settings, now: datetime
) -> Iterator[tuple[KnownItem, _Convert]]:
    """Each item of a reading, and what makes events of it."""
    hints, owned = Hints(provider=feed.provider, timezone=feed.timezone), replace(item, url=None)
    if isinstance(reading, Story):
        yield (
            known_items.of_story(reading, feed.full_text),
            lambda: _story(reading, owned, hints, feed, turn, settings, now),
        )
    elif isinstance(reading, Discussion):
        for comment in reading.comments:
            key = f"{reading.url} {comment.own_id or comment.author} {comment.posted}"
            alone = replace(reading, comments=[comment])
            yield KnownItem(key, comment.text), partial(discussion_events, alone, owned, hints, settings, now)
    elif isinstance(reading, Reject):
        yield KnownItem(f"refused {reading.detail}", reading.detail), lambda: [reading]
    else:
        foreign = Reject("not-yours", f"an event is not taken from {feed.url}: it may speak for anybody")
        yield KnownItem(f"event {reading.id}", str(foreign)), lambda: [foreign]


def _story(
    story: Story, item: Item, hints: Hints, feed: Subscription, turn: Turn, settings: Settings, now: datetime
) -> list[RawEvent | Reject]:
    if story.partial and feed.full_text and story.url and story.own_url:
        turn.complete(story)
    return story_events(story, item, hints, settings, now)
