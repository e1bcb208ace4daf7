"""One round of polling: the feeds that are due, several hosts at a time."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from pipeline import telemetry
from pipeline.errors import DatelineError
from pipeline.feeds import schedule
from pipeline.feeds.full_text import PAGE_DELAY, Pages
from pipeline.feeds.hubs import WebSubHubs
from pipeline.feeds.polling import PollResult, poll
from pipeline.feeds.storing import store
from pipeline.feeds.subscriptions import find, open_subscriptions
from pipeline.ingest.fetching import Fetcher
from pipeline.ingest.publisher import Publisher
from pipeline.settings import Settings
from schemas.subscription import Subscription

_HOSTS_AT_ONCE = 8


@dataclass(frozen=True)
class Polled:
    """What became of one feed; the feed itself isn't kept to the end of the round."""

    url: str
    outcome: str
    """As PollResult's."""
    events: int
    refused: int
    problem: str | None
    next_poll: datetime | None

    @classmethod
    def of(cls, result: PollResult) -> Polled:
        feed, counts = result.feed, (len(result.events), len(result.rejects))
        return cls(feed.url, result.outcome, *counts, feed.problem, feed.next_poll)


def poll_feeds(
    settings: Settings, wanted: str | None = None, *, every: bool = False, delay: float = PAGE_DELAY,
    on_start: Callable[[int], object] = lambda _: None, on_result: Callable[[PollResult], object] = lambda _: None,
) -> list[Polled]:  # fmt: skip
    """Poll the feeds that are due; with `every` all of them; or the one whose id or address is `wanted`. `on_start` gets
    their number, `on_result` each result when it is stored. Done again after a failure it polls those that are still due.
    Raises Fatal where `wanted` is not followed, Retry where Kafka is away."""
    with (
        open_subscriptions(settings) as subscriptions,
        Publisher(settings) as publisher,
        Fetcher(settings.largest_record, private_networks=settings.private_networks) as fetcher,
    ):
        now = datetime.now(UTC)
        if wanted:
            chosen = [find(subscriptions, wanted)]
        else:
            chosen = schedule.in_turn(feed for feed in subscriptions.all() if every or schedule.is_due(feed, now))
        on_start(len(chosen))
        hubs = WebSubHubs(settings.public_url, fetcher) if settings.public_url else None

        def finish(result: PollResult) -> None:
            store(result, subscriptions, publisher, hubs)
            on_result(result)

        return _poll_all(settings, chosen, finish, delay)


def _poll_all(
    settings: Settings, chosen: Iterable[Subscription], finish: Callable[[PollResult], None], delay: float
) -> list[Polled]:
    """The feeds of one host are polled one after the other, `delay` seconds apart. `finish` is called once at a time."""
    hosts: dict[str, list[Subscription]] = defaultdict(list)
    for feed in chosen:
        hosts[urlsplit(feed.url).netloc].append(feed)
    finished: list[Polled] = []
    lock = threading.Lock()

    def one_host(feeds: list[Subscription]) -> None:
        with Fetcher(settings.largest_record, private_networks=settings.private_networks) as fetcher:
            pages = Pages(fetcher, delay)
            for nth, feed in enumerate(feeds):
                if nth:
                    time.sleep(delay)
                result = _poll_safely(feed, fetcher, pages, settings)
                with lock:
                    finish(result)
                    finished.append(Polled.of(result))

    with ThreadPoolExecutor(_HOSTS_AT_ONCE, thread_name_prefix="feeds") as pool:
        for future in [pool.submit(one_host, feeds) for feeds in hosts.values()]:
            future.result()
    return finished


def _poll_safely(feed: Subscription, fetcher: Fetcher, pages: Pages, settings: Settings) -> PollResult:
    try:
        return poll(feed, fetcher, pages, settings, datetime.now(UTC))
    except DatelineError:
        raise
    except Exception as e:  # an unexpected error in one feed must not keep the others from being polled
        telemetry.FEED_FAILED(e, feed=feed.url)
        return PollResult.failure(
            schedule.after_failure(feed, datetime.now(UTC), f"{type(e).__name__}: {e}", None, None)
        )
