"""A webhook in memory, and processes that deliver to it."""

from __future__ import annotations

import json

import pytest

from pipeline.alerts.delivering import Deliverer
from pipeline.ingest.fetching import Unfetchable
from pipeline.saved.signing import signature
from pipeline.saved.tables import Alerts, Deliveries, SavedSearches
from tests.unit.alerts.memory import SETTINGS, Index, Topics, hook, save, search


class Receiver:
    def __init__(self, topics: Topics) -> None:
        self.got: list[tuple[str, str, str]] = []
        """Id, type and article of each."""
        self.answers: list[int | Exception] = []
        self.topics = topics

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.topics.step()
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Unfetchable):
            raise answer
        told = json.loads(body)
        wanted = signature(hook().secret, told["id"], int(headers["webhook-timestamp"]), body)
        assert (headers["webhook-signature"], headers["webhook-id"]) == (wanted, told["id"])
        self.got.append((told["id"], told["type"], told["article"]["article_id"]))
        self.topics.step()
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def types(self) -> list[str]:
        return [kind for _, kind, _ in self.got]


def process(topics: Topics, index: Index, receiver: Receiver, mine: frozenset[int] = frozenset(range(12))) -> Deliverer:
    """A new one."""
    searches, alerts, told = topics.table(SavedSearches), topics.table(Alerts), topics.table(Deliveries)
    return Deliverer(SETTINGS, searches, alerts, told, index.look, receiver.post, lambda: mine)


def deliver(topics: Topics, index: Index, receiver: Receiver) -> float | None:
    one = process(topics, index, receiver)
    waits = []
    for search_id in one.due():
        waits.append(one.deliver(search_id))
        one.finished(search_id, waits[-1])
    return max((wait for wait in waits if wait is not None), default=None)


@pytest.fixture
def world() -> tuple[Topics, Index, Receiver]:
    topics = Topics()
    save(topics, search(1, "ferry", webhook=hook()), search(2, "ferry"))
    return topics, Index(), Receiver(topics)


World = tuple[Topics, Index, Receiver]
