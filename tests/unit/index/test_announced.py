"""What the indexer says of the articles that it wrote."""

from __future__ import annotations

import pytest

from pipeline.errors import Retry
from pipeline.index.batch import write_batch
from pipeline.sinks import announcing
from pipeline.sinks.announcing import announce
from pipeline.topics import ARTICLES_INDEXED, Record
from schemas.saved_search import IndexEvent
from tests.support.builders import article_event, id_of, kill_event
from tests.unit.alerts.memory import SETTINGS
from tests.unit.index.test_batch import bulk
from tests.unit.index.test_bulk import Server
from tests.unit.index.test_hidden import records


def _events(found: list[Record]) -> set[tuple[object, bool, str]]:
    events = [one.value for one in found]
    assert all(one.topic is ARTICLES_INDEXED for one in found)
    return {(one.article_id, one.public, one.status) for one in events if isinstance(one, IndexEvent)}


def test_what_is_shown_and_what_is_hidden_is_said_each_time() -> None:
    batch = list(records(article_event("shown"), article_event("killed"), kill_event("killed", at=5)))
    with bulk(Server()) as to:
        first, again = write_batch(batch, to, announce=True), write_batch(batch, to, announce=True)
    wanted = {(id_of("shown"), True, "public"), (id_of("killed"), False, "killed")}
    assert _events(first.announced) == _events(again.announced) == wanted, "who died in between says it after all"


def test_it_is_said_until_kafka_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sent, waits, failures = [], [], [Retry("no (TopicAuthorizationFailedError)")] * 2

    class Deliveries:
        def __init__(self, *_: object) -> None:
            pass

        def send(self, topic: str, key: bytes, value: bytes) -> None:
            sent.append((topic, key, value))

        def wait(self) -> None:
            if failures:
                raise failures.pop()

    monkeypatch.setattr(announcing, "Deliveries", Deliveries)
    event = IndexEvent(article_id=id_of("a"), version=1, public=True, status="public")
    announce(None, SETTINGS, [ARTICLES_INDEXED.record(event)], lambda seconds, why="": waits.append(why))
    assert sent == [("articles.indexed", str(id_of("a")).encode(), sent[0][2])] * 3
    assert len(waits) == 2
    assert all("TopicAuthorizationFailedError" in why for why in waits), "it says what Kafka says"
    announce(None, SETTINGS, [], lambda seconds, why="": waits.append(why))
    assert len(sent) == 3
