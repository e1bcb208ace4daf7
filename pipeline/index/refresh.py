"""Urgent documents are searchable as soon as they are written; all others when Elasticsearch refreshes by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from elasticsearch import ApiError, Elasticsearch, TransportError

from schemas.article import Article

MOST_URGENT = 2
"""IPTC's urgency: 1 and 2 interrupt the ordinary news."""
_BREAKING = frozenset(
    {"alert", "alerte", "breaking", "breaking news", "bulletin", "eilmeldung", "flash", "última hora", "ultima hora", "ultim'ora", "urgent", "urgente"}
)  # fmt: skip
"""Genres of items without an urgency."""
_SHARE = 10
"""A refresh that took a second is followed by ten without one."""
_LEAST = 0.1
"""Seconds between two refreshes, however quick they are."""


def is_urgent(article: Article) -> bool:
    """Whether readers wait for it. Its urgency decides, where it has one; else its genre says that it is breaking."""
    if article.urgency is not None:
        return article.urgency <= MOST_URGENT
    return (article.genre or "").strip().casefold() in _BREAKING


class Refresher:
    """Refreshes indices, never for more than a tenth of the time: a sender whose every item is urgent slows nobody down.

    What is left out becomes searchable at Elasticsearch's own refresh. `named` maps an alias to its name in the namespace.
    """

    def __init__(
        self,
        client: Elasticsearch,
        named: Callable[[str], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._named, self._clock = client, named, clock
        self._not_before = 0.0

    def refresh(self, aliases: Collection[str]) -> bool:
        """Whether these were refreshed now. Raises nothing: the documents are safe already."""
        began = self._clock()
        if not aliases or began < self._not_before:
            return False
        try:
            self._client.options(request_timeout=5).indices.refresh(
                index=[self._named(alias) for alias in sorted(aliases)]
            )
            return True
        except (ApiError, TransportError):
            return False
        finally:
            ended = self._clock()
            self._not_before = ended + max(_LEAST, (ended - began) * _SHARE)
