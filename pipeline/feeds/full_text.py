"""The full text of feed items: their pages are fetched politely, within robots.txt (RFC 9309)."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from urllib.parse import urlsplit

from protego import Protego

from pipeline import telemetry
from pipeline.errors import Reject
from pipeline.formats import html_page
from pipeline.formats.items import Item, Story
from pipeline.ingest.fetching import AGENT, Fetched, Fetcher, Unfetchable

PAGE_DELAY = 1.0
"""Seconds between two pages of one host."""
FORBIDDEN = "robots"
"""Reason of what robots.txt forbids."""
LONGEST_TURN = 300.0
"""Seconds of fetching pages after which the other items of a feed are left to its next poll: what was fetched is published
before anything ends the round."""
_MAX_DELAY = 30.0
"""Seconds; a longer crawl delay is cut to this."""
_MAX_ROBOTS = 500 * 1024
"""Bytes of robots.txt that are parsed (RFC 9309, 2.5)."""


class Pages:
    """Fetches pages one at a time per host, with at least `delay` seconds between two."""

    def __init__(self, fetcher: Fetcher, delay: float = PAGE_DELAY) -> None:
        self._fetcher, self._delay = fetcher, delay
        self._robots: dict[str, Protego | None] = {}
        self._last: dict[str, float] = {}
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def complete(self, story: Story) -> None:
        """Give the story the text of its page. Left as it is where the page may not or can't be fetched, or has no more
        text than the feed."""
        url = story.url or ""
        try:
            answer = self.get(url)
            page = html_page.read(Item(answer.content, url, answer.media_type, answer.url, answer.charset))
        except (Unfetchable, Reject) as e:
            if not isinstance(e, Reject) or e.reason != FORBIDDEN:
                telemetry.FULL_TEXT_MISSING(url=url, problem=e)
            return
        if len(" ".join(page.paragraphs)) <= len(" ".join(story.paragraphs)):
            return
        story.paragraphs, story.body_html, story.partial = page.paragraphs, page.body_html, False
        story.byline, story.section = story.byline or page.byline, story.section or page.section
        story.pictures, story.faq = story.pictures or page.pictures, page.faq
        story.comments = page.comments
        story.original, story.original_type = answer.content, answer.media_type or "text/html"

    def get(self, url: str) -> Fetched:
        """Fetch a page, after the pause that its host asks for. Raises Reject (FORBIDDEN) where robots.txt forbids it,
        Unfetchable where it can't be fetched."""
        host = urlsplit(url).netloc
        with self._locks[host]:
            robots = self._rules(url)
            if robots is not None and not robots.can_fetch(url, AGENT):
                telemetry.ROBOTS_REFUSED(host=host, url=url)
                raise Reject(FORBIDDEN, f"robots.txt of {host} forbids it")
            pause = max(self._delay, float(robots.crawl_delay(AGENT) or 0) if robots is not None else 0)
            self._wait(host, min(pause, _MAX_DELAY))
            return self._fetcher.get(url)

    def _rules(self, url: str) -> Protego | None:
        """robots.txt of the page's host; None (everything is allowed) where it has none. Raises Unfetchable where the
        host fails: then nothing is fetched (RFC 9309, 2.3.1.4)."""
        parts = urlsplit(url)
        if parts.netloc not in self._robots:
            try:
                text = self._fetcher.get(f"{parts.scheme}://{parts.netloc}/robots.txt").content[:_MAX_ROBOTS]
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


class NotYet(Exception):
    """The page is left to the next poll."""


class Turn:
    """One feed's turn at the pages of its host. The first page is always fetched."""

    def __init__(self, pages: Pages, longest: float = LONGEST_TURN) -> None:
        self._pages, self._longest = pages, longest
        self._began: float | None = None

    def complete(self, story: Story) -> None:
        """As Pages'. Raises NotYet once the turn is over."""
        now = time.monotonic()
        if self._began is None:
            self._began = now
        elif now - self._began > self._longest:
            raise NotYet
        self._pages.complete(story)
