"""The result of a poll or a delivery: first published, then stored with the subscription."""

from __future__ import annotations

from typing import Protocol

from pipeline.feeds.polling import PollResult
from pipeline.feeds.subscriptions import Subscriptions
from pipeline.ingest.intake import merged
from pipeline.ingest.publisher import Publisher
from schemas.subscription import Subscription


class Hubs(Protocol):
    """Subscribes feeds at their hubs (hubs.py)."""

    def prepare(self, result: PollResult) -> bool:
        """Whether the feed's hub is to be asked; then the request is noted in `result.feed`."""

    def request(self, feed: Subscription) -> Subscription | None:
        """Ask the hub. The subscription with the problem where that failed, else None."""


def store(
    result: PollResult, subscriptions: Subscriptions, publisher: Publisher, hubs: Hubs | None = None
) -> None:  # fmt: skip
    """Publish what is new and wait for Kafka, then store the subscription, then ask its hub, which calls back at once. A
    crash in between publishes again, which changes nothing. Raises Retry where Kafka is away."""
    for event in result.events:
        reject = publisher.publish(event, result.feed.url)
        if reject is not None:
            result.rejects.append(reject)
    refused = merged(result.rejects)
    if refused is not None:
        publisher.keep(refused, result.content, result.feed.provider, result.feed.url)
    publisher.flush()
    subscriptions.refresh()
    name = str(result.feed.feed_id)
    current = subscriptions.get(name)
    if current is None:
        return  # the feed was removed meanwhile
    # a hub may have called meanwhile
    result.feed = result.feed.model_copy(update={"hub": current.hub})
    to_request = hubs is not None and hubs.prepare(result)
    subscriptions.put([(name, result.feed)])
    if hubs is not None and to_request and (failed := hubs.request(result.feed)) is not None:
        result.feed = failed
        subscriptions.put([(name, failed)])
