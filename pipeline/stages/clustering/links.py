"""Links: which pairs of related articles have to be sent, so that join finds the same as if all were. Pure.

A story of n articles has n² pairs. Join needs of them: what connects two articles (by way of articles received no later
than the later of the two, as a story's window is counted by them), each article's earliest receipt and publication, and
for each article a pair of its highest relation to one published earlier. That is some pairs for each article.

The relation is exactly that of all pairs where an article's revisions have one time of publication. Where the sender names
none, and a later revision is related in another way than the first, it may be a lower one than of all pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from heapq import heapify, heappop, heappush
from uuid import UUID

from schemas.story import RANK, Relation, Signature

Order = tuple[datetime, UUID]
_HIGHEST = max(RANK.values())
Relate = Callable[[Signature, Signature], Relation | None]
Sent = Callable[[Signature, Signature, Relation], None]


class Links:
    """The pairs sent of one bucket."""

    def __init__(self) -> None:
        self._received: dict[UUID, datetime] = {}
        self._published: dict[UUID, datetime] = {}
        """Earliest receipt and publication that were sent of each article."""
        self._linked: dict[UUID, set[UUID]] = {}
        self._best: dict[UUID, int] = {}
        """Rank of the highest relation to an article published earlier that was sent."""

    def add(self, a: Signature, b: Signature, relation: Relation) -> set[UUID]:
        """A pair was sent. Returns the articles of which it told an earlier receipt or publication than the pairs before."""
        earlier = {one.article_id for one in (a, b) if one.article_id in self._received and self._tells(one)}
        for one, other in ((a, b), (b, a)):
            self._received[one.article_id] = self._first_received(one)
            self._published[one.article_id] = self._first_published(one)
            self._linked.setdefault(one.article_id, set()).add(other.article_id)
        for article_id in earlier:
            self._best.pop(article_id, None)
        if (later := self._later(a, b)) is not None:
            self._best[later] = max(RANK[relation], self._best.get(later, 0))
        return earlier

    def link(self, own: Signature, others: Iterable[Signature], relate: Relate, sent: Sent) -> set[UUID]:
        """Send those pairs of a signature with others' that tell something new. Returns what `add` does."""
        near = _Near(self._linked, self._order, own.article_id)
        again: set[UUID] = set()
        meetings = [(self._together(own, other), other) for other in others]
        for (limit, _), other in sorted(meetings, key=lambda meeting: meeting[0]):
            new = other.article_id not in near.within(limit) or self._tells(own) or self._tells(other)
            later = self._later(own, other)
            best = self._best.get(later, 0) if later is not None else _HIGHEST
            if not new and best == _HIGHEST:
                continue
            relation = relate(own, other)
            if relation is not None and (new or RANK[relation] > best):
                again |= self.add(own, other, relation)
                near.add(other.article_id)
                sent(own, other, relation)
        return again

    def _tells(self, one: Signature) -> bool:
        """Whether a pair of it tells its article's receipt or publication earlier than those sent."""
        known = self._received.get(one.article_id)
        return known is None or one.received < known or one.first_published < self._published[one.article_id]

    def _order(self, article_id: UUID) -> Order:
        return (self._received[article_id], article_id)

    def _together(self, a: Signature, b: Signature) -> tuple[Order, Order]:
        """The later of the two, by receipt, and the other's order: the earliest are met first."""
        orders = [(self._first_received(one), one.article_id) for one in (a, b)]
        return max(orders), orders[1]

    def _later(self, a: Signature, b: Signature) -> UUID | None:
        """Of which of the two articles the other is an earlier one, by publication, as join counts it."""
        for one, other in ((a, b), (b, a)):
            if (one.first_published, one.article_id) < (self._first_published(other), other.article_id):
                return other.article_id
        return None

    def _first_received(self, one: Signature) -> datetime:
        return min(self._received.get(one.article_id, one.received), one.received)

    def _first_published(self, one: Signature) -> datetime:
        return min(self._published.get(one.article_id, one.first_published), one.first_published)


class _Near:
    """What is connected to an article by way of ever later ones."""

    def __init__(self, linked: dict[UUID, set[UUID]], order: Callable[[UUID], Order], article_id: UUID) -> None:
        self._linked, self._order = linked, order
        self._found = {article_id}
        self._waiting = [order(one) for one in linked.get(article_id, ())]
        heapify(self._waiting)

    def add(self, article_id: UUID) -> None:
        if article_id not in self._found:
            heappush(self._waiting, self._order(article_id))

    def within(self, limit: Order) -> set[UUID]:
        """Connected by way of articles up to `limit`, which only grows."""
        while self._waiting and self._waiting[0] <= limit:
            _, article_id = heappop(self._waiting)
            if article_id not in self._found:
                self._found.add(article_id)
                for one in self._linked[article_id] - self._found:
                    heappush(self._waiting, self._order(one))
        return self._found
