"""What the indexer says of the articles that it wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import Retry
from pipeline.index.batch import write_batch
from pipeline.index.sink import ElasticsearchSink, Indexer
from pipeline.kafka.partitions import partition_of
from pipeline.operations import audit, reindex
from pipeline.operations.reconcile import Differences
from pipeline.settings import Settings
from pipeline.sinks import announcing
from pipeline.sinks.announcing import announce
from pipeline.topics import ARTICLES_INDEXED, ConsumedRecord, Headers, Record, encode
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

        def send(self, topic: str, key: bytes, value: bytes, headers: Headers) -> None:
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


def test_nothing_is_said_where_it_was_not_asked_for() -> None:
    batch = list(records(article_event("shown")))
    with bulk(Server()) as to:
        assert write_batch(batch, to).announced == []
    off, on = Settings(_env_file=None), SETTINGS
    assert off.saved_searches == 0
    assert not ElasticsearchSink(off).announces
    assert ElasticsearchSink(on).announces
    assert not ElasticsearchSink(on, targets={}).announces, "no reader sees an index that is being built"


def test_after_a_reindex_what_is_written_is_said() -> None:
    indexer = Indexer(SETTINGS, targets={}, group="x")
    indexer.is_live()
    assert indexer._elasticsearch.announces
    off = Indexer(Settings(_env_file=None), targets={}, group="x")
    off.is_live()
    assert not off._elasticsearch.announces


def test_since_when_it_can_be_found_is_said_where_it_was_not_there() -> None:
    now = datetime.now(UTC)
    batch = [
        _revised(one, now - age)
        for one, age in zip(
            records(article_event("new"), article_event("old"), kill_event("killed", at=5)),
            (timedelta(hours=2), timedelta(days=9), timedelta(hours=2)),
            strict=True,
        )
    ]
    with bulk(Server()) as to:
        first, again = write_batch(batch, to, announce=True), write_batch(batch, to, announce=True)
    since = {one.value.article_id: one.value.since for one in first.announced if isinstance(one.value, IndexEvent)}
    assert (since[id_of("old")], since[id_of("killed")]) == (None, None), "an index that is filled again has no news"
    found = since[id_of("new")]
    assert found is not None
    assert found >= now, "not when it was received"
    assert {one.value.article_id for one in again.announced if isinstance(one.value, IndexEvent)} == since.keys()


def _revised(one: tuple[ConsumedRecord, Headers], at: datetime) -> tuple[ConsumedRecord, Headers]:
    """As the worker sent it at this time."""
    record, headers = one
    event = record.topic.decode(record).model_copy(update={"revisedtime": at})
    return replace(record, value=encode(event)), headers


def test_what_goes_to_one_partition_goes_together(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []

    class Deliveries:
        def __init__(self, *_: object) -> None:
            pass

        def send(self, topic: str, key: bytes, value: bytes, headers: Headers) -> None:
            sent.append(value)

        def wait(self) -> None:
            pass

    monkeypatch.setattr(announcing, "Deliveries", Deliveries)
    events = [IndexEvent(article_id=id_of(f"{n}"), version=1, public=True, status="public") for n in range(100)]
    announce(None, SETTINGS, map(ARTICLES_INDEXED.record, events), lambda seconds, why="": None)
    assert len(sent) == len({partition_of(str(one.article_id).encode(), SETTINGS.partitions) for one in events})
    assert sum(len(one.split(b"\n")) for one in sent) == 100


def test_a_reindex_says_what_it_writes_after_the_aliases_have_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[str] = []

    class Sink:
        def __init__(self, *_: object, **__: object) -> None:
            pass

        def catch_up(self, _: object) -> None:
            did.append("write")

        def is_live(self) -> None:
            did.append("is live")

    monkeypatch.setattr(reindex, "Indexer", Sink)
    monkeypatch.setattr(reindex, "live_indices", lambda *_: {"articles": "articles-1"})
    monkeypatch.setattr(reindex, "create", lambda *_: {"articles": "articles-2"})
    monkeypatch.setattr(reindex, "swap_aliases", lambda *_: did.append("move"))
    monkeypatch.setattr(reindex, "compare", lambda *_: Differences(1))
    monkeypatch.setattr(audit, "record", lambda *_: None)
    for name in ("build_name", "ExpectedDocuments", "remove_killed_letters"):
        monkeypatch.setattr(reindex, name, lambda *_: "x")
    reindex._take_over(None, SETTINGS, 2, "me", lambda *_: None)  # type: ignore[arg-type]
    assert did == ["write", "write", "move", "is live", "write"]
