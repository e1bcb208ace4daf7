"""Urgent documents are searchable as soon as they are written; all others when Elasticsearch refreshes by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress

from pipeline.index.elastic import Elasticsearch
from schemas.article import Article

MOST_URGENT = 2
"""IPTC's urgency: 1 and 2 interrupt the ordinary news."""
_BREAKING = frozenset(
    {"alert", "alerte", "breaking", "breaking news", "bulletin", "eilmeldung", "flash", "última hora", "ultima hora", "ultim'ora", "urgent", "urgente"}
)  # fmt: skip
"""Genres of items without an urgency."""
_SHARE = 3
"""A refresh that took a second is followed by three without one."""
_LEAST, _MOST = 0.1, 1.0
"""Seconds between two refreshes, however quick they are, and however slow: Elasticsearch's own come as often."""


def is_urgent(article: Article) -> bool:
    """Whether readers wait for it. Its urgency decides, where it has one; else its genre says that it is breaking."""
    if article.urgency is not None:
        return article.urgency <= MOST_URGENT
    return (article.genre or "").strip().casefold() in _BREAKING


class Refresher:
    """Refreshes indices behind the caller's back, one refresh after the other: what is asked for meanwhile, or too early
    after the last one, waits for the next, which is for all of it together. So refreshes take a quarter of the time at most,
    but for slow ones, of which there are no more than Elasticsearch's own: a sender whose every item is urgent slows nobody
    down.

    `named` maps an alias to its name in the namespace. Close it at the end.
    """

    def __init__(self, client: Elasticsearch, named: Callable[[str], str]) -> None:
        self._client, self._named = client, named
        self._wanted: set[str] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def ask(self, aliases: Collection[str]) -> None:
        """What these have got already is to be searchable soon. Returns at once, and raises nothing: the documents are safe
        already, and Elasticsearch refreshes by itself too."""
        if not aliases or self._closed.is_set():
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="refresher", daemon=True)
            self._thread.start()
        with self._changed:
            self._wanted |= set(aliases)
            self._changed.notify()

    def close(self) -> None:
        """Returns when no refresh is on its way any more; of what still waits nothing is done."""
        with self._changed:
            self._closed.set()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self._closed.is_set())
                if self._closed.is_set():
                    return
                aliases, self._wanted = self._wanted, set()
            began = time.monotonic()
            self._refresh(aliases)
            self._closed.wait(pause(time.monotonic() - began))

    def _refresh(self, aliases: Collection[str]) -> None:
        with suppress(Exception):  # whatever answers in Elasticsearch's place: the thread is to live on
            self._client.options(request_timeout=5).indices.refresh(index=[self._named(one) for one in sorted(aliases)])


def pause(took: float) -> float:
    """Seconds from the end of a refresh that took so long to the next one. Pure."""
    return min(_MOST, max(_LEAST, took * _SHARE))
