"""The comments of an article as a tree, in pages. Pure.

A thread is built of all comments' ids and times; the texts are fetched for one page. A comment whose parent readers can't
see is a thread of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

MAX_COMMENTS = 50_000
"""Comments of one article from which its tree is built, the oldest; `view=flat` has all."""
MAX_REPLIES = 50
"""Replies of one comment, at any depth, on a page; the others are found by `parent`."""
MAX_DEPTH = 50

Order = Literal["oldest", "newest", "discussed"]


@dataclass(frozen=True)
class Bone:
    """A comment without its text."""

    id: str
    parent: str | None
    at: str
    """When it was posted, else received."""


@dataclass(frozen=True)
class Place:
    """A comment's place in the order to read them."""

    id: str
    parent: str | None
    """Not given where it answers none, or one that can't be seen."""
    depth: int
    answers: int
    """How many are below it, at any depth."""


class Tree:
    def __init__(self, bones: Iterable[Bone]) -> None:
        self._bones = {one.id: one for one in bones}
        self._replies: defaultdict[str | None, list[Bone]] = defaultdict(list)
        for one in sorted(self._bones.values(), key=lambda one: (one.at, one.id)):
            self._replies[one.parent if one.parent in self._bones and one.parent != one.id else None].append(one)
        self._lift_circles()

    def __contains__(self, comment_id: str) -> bool:
        return comment_id in self._bones

    def __len__(self) -> int:
        return len(self._bones)

    def below(self, comment_id: str) -> int:
        """How many replies it has, at any depth."""
        return self._sizes.get(comment_id, 0)

    def page(
        self, parent: str | None, order: Order, size: int, after: tuple[Any, ...] | None
    ) -> tuple[list[Bone], tuple[Any, ...] | None]:
        """The comments right below `parent` that come after the key `after`, and the key of the last where more come."""
        backwards = order == "newest"
        keyed = sorted(
            ((self._key(one, order), one) for one in self._replies.get(parent, ())), key=_first, reverse=backwards
        )
        if after is not None:
            keyed = [pair for pair in keyed if (pair[0] < after if backwards else pair[0] > after)]
        page = keyed[:size]
        return [one for _, one in page], page[-1][0] if len(keyed) > size else None

    def branch(self, comment_id: str, most: int = MAX_REPLIES) -> list[Bone]:
        """The first replies below a comment, in the order to read them; each one's parent is before it."""
        found: list[Bone] = []
        waiting = [(one, 1) for one in reversed(self._replies.get(comment_id, ()))]
        while waiting and len(found) < most:
            one, depth = waiting.pop()
            found.append(one)
            if depth < MAX_DEPTH:
                waiting += [(reply, depth + 1) for reply in reversed(self._replies.get(one.id, ()))]
        return found

    def reading(self, order: Order) -> list[Place]:
        """Every comment, each answer below what it answers; `order` is of those that answer none."""
        roots = sorted(self._replies[None], key=lambda one: self._key(one, order), reverse=order == "newest")
        found: list[Place] = []
        waiting: list[tuple[Bone, str | None, int]] = [(one, None, 0) for one in reversed(roots)]
        while waiting:
            one, parent, depth = waiting.pop()
            found.append(Place(one.id, parent, depth, self.below(one.id)))
            waiting += [(reply, one.id, depth + 1) for reply in reversed(self._replies.get(one.id, ()))]
        return found

    def _key(self, one: Bone, order: Order) -> tuple[Any, ...]:
        return (-self.below(one.id), one.at, one.id) if order == "discussed" else (one.at, one.id)

    def _lift_circles(self) -> None:
        """Comments that answer one another in a circle hang below nothing: the first of each is a thread."""
        self._sizes: dict[str, int] = {}
        reached = self._measure(None)
        for one in list(self._bones.values()):
            if one.id not in reached:
                siblings = self._replies[one.parent]
                siblings.remove(one)
                self._replies[None].append(one)
                reached |= self._measure(one.id) | {one.id}

    def _measure(self, root: str | None) -> set[str]:
        """Everything below `root`; counts the replies of each."""
        order: list[Bone] = []
        waiting = list(self._replies.get(root, ()))
        while waiting:
            one = waiting.pop()
            order.append(one)
            waiting += self._replies.get(one.id, ())
        for one in reversed(order):
            self._sizes[one.id] = sum(1 + self._sizes.get(reply.id, 0) for reply in self._replies.get(one.id, ()))
        if root is not None:
            self._sizes[root] = len(order)
        return {one.id for one in order}


def _first(pair: tuple[tuple[Any, ...], Bone]) -> tuple[Any, ...]:
    return pair[0]


def page_of(places: list[Place], comment_id: str, size: int) -> int | None:
    """The page, from 1, that has the comment."""
    return next((n // size + 1 for n, one in enumerate(places) if one.id == comment_id), None)
