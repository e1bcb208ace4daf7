"""From publishing to being found: events at a steady rate, some of them watched by searches for their ids."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks.bench.ours import Pipeline
from pipeline.ingest.events import RawEvent

WATCHED = 4
"""One of so many new articles is watched."""
URGENT = 10
"""One of so many new articles is urgent, and watched; more than in real news, where it is one of a hundred."""
_PAUSE = 0.02
"""Seconds between two searches."""


@dataclass
class Latencies:
    """Seconds, of each watched article."""

    rate: float
    ordinary: list[float] = field(default_factory=list)
    urgent: list[float] = field(default_factory=list)


def measure(pipeline: Pipeline, rate: float, seconds: float) -> Latencies:
    """At `rate` articles a second."""
    found = Latencies(rate)
    watcher = _Watcher(pipeline, found)
    watcher.start()
    waiting: list[Any] = []
    began, sent = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        due = int((time.monotonic() - began) * rate)
        while sent < due:
            sent += 1
            waiting += _send_one(pipeline, watcher, sent)
        time.sleep(0.002)
    for one in waiting:
        one.get(60)
    pipeline.settle()
    watcher.finish()
    return found


def _send_one(pipeline: Pipeline, watcher: _Watcher, number: int) -> list[Any]:
    day = pipeline.day
    urgent, watched = number % URGENT == 0, number % WATCHED == 1
    event: RawEvent = day.article(urgency=1 if urgent else 5) if urgent or watched else day.next()
    encoded = pipeline.encoded([event])
    if urgent or watched:
        watcher.add(str(event.data.article_id), urgent)
    return pipeline.send_soon(encoded)


class _Watcher(threading.Thread):
    """Asks for what isn't found yet, all of it in one search."""

    def __init__(self, pipeline: Pipeline, found: Latencies) -> None:
        super().__init__(name="watcher", daemon=True)
        self._pipeline, self._found = pipeline, found
        self._sent: dict[str, tuple[float, bool]] = {}
        self._done = threading.Event()

    def add(self, article: str, urgent: bool) -> None:
        self._sent[article] = (time.monotonic(), urgent)

    def finish(self) -> None:
        self._done.set()
        self.join(60)

    def run(self) -> None:
        index, client = self._pipeline.settings.named("articles"), self._pipeline.client
        until = float("inf")
        while time.monotonic() < until:
            waiting = list(self._sent)
            if waiting:
                query = {"ids": {"values": waiting}}
                hits = client.search(index=index, query=query, size=len(waiting), source=False)["hits"]["hits"]
                now = time.monotonic()
                for hit in hits:
                    began, urgent = self._sent.pop(hit["_id"])
                    (self._found.urgent if urgent else self._found.ordinary).append(now - began)
            elif self._done.is_set():
                return
            if self._done.is_set():
                until = min(until, time.monotonic() + 5)
            time.sleep(_PAUSE)
        if self._sent:
            raise SystemExit(f"{len(self._sent)} watched articles were never found")
