"""A feed at a site in memory, and a poll of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from pipeline.feeds import polling
from pipeline.feeds.subscriptions import subscription
from pipeline.ingest.fetching import Fetched
from pipeline.settings import Settings
from schemas.subscription import Subscription

NOW = datetime(2026, 3, 14, 8, 20, tzinfo=UTC)
SETTINGS = Settings(_env_file=None, kafka_servers="kafka.example:9092")
FEED = subscription("https://w.example/feed", NOW)
ITEM = "<item><title>A headline %s</title><link>https://w.example/%s</link><description>Some text.</description></item>"


class Site:
    def __init__(self, content: str, moved_to: str | None = None, **headers: str) -> None:
        self._answer = Fetched(FEED.url, 200, content.encode(), headers, moved_to)

    def get(self, url: str, headers: Any = None) -> Fetched:
        return self._answer


def rss(*items: str) -> str:
    return f"<rss version='2.0'><channel><title>T</title>{''.join(items)}</channel></rss>"


def item(title: str, link: str | None = None, guid: str | None = None, text: str = "Some text.", more: str = "") -> str:
    linked = f"<link>{link}</link>" if link else ""
    named = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    return f"<item><title>{title}</title>{linked}{named}<description>{text}</description>{more}</item>"


def poll(site: Any, feed: Subscription = FEED) -> polling.PollResult:
    result = polling.poll(feed, site, None, SETTINGS, NOW)  # type: ignore[arg-type]
    Subscription.model_validate_json(result.feed.model_dump_json())  # what is stored can be read
    return result


def json_feed(tag: str) -> str:
    item = {"title": "A headline", "content_text": "Some text."}
    items = [item | {"id": "1", "tags": [tag]}, item | {"id": "2"}]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items})
