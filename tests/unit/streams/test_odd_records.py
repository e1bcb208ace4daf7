"""No input stops a worker: odd ids and subjects, long threads, many revisions, arbitrary valid events in pairs and triples.

The real runner and the real stages over a broker in memory; the process dies at random moments.
"""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.kafka.dead_letters import from_headers
from pipeline.settings import Settings
from pipeline.stages.revise import articles
from pipeline.topics import (
    ARTICLES_CURRENT,
    ARTICLES_RAW,
    CLAIMS,
    COMMENTS_CURRENT,
    COMMENTS_RAW,
    DEAD_LETTERS,
    TRANSFERS,
)
from pipeline.topology import worker_stages
from schemas.base import LARGEST_NUMBER
from schemas.events import RawArticleEvent, RawCommentEvent
from tests.support.broker import Broker, Worker, run_to_the_end
from tests.support.builders import claim, id_of, raw_article, raw_comment, raw_kill, raw_patch
from tests.support.odd import article_events, comment_events
from tests.support.streams import Event, broker_with, documents, letters

LONG_FORM = os.environ.get("DATELINE_FAULTS") == "long"
STAGES = worker_stages(Settings(_env_file=None, partitions=3))


def with_(event: Event, **changes: Any) -> Any:
    return event.model_copy(update=changes)


@pytest.mark.parametrize("id_", ["wire/2026/1", "a/b", "/", "..", "12.3/4", "😀" * 100, "x" * 512])
def test_an_event_id_is_opaque(id_: str) -> None:
    """A slash in the id of a revision split the key of history; the story stayed public for good."""
    broker = broker_with(
        "chained",
        [
            with_(raw_article("a"), id=id_),
            with_(raw_article("a", at=1, text="Two."), id=f"{id_[:500]}2"),
            with_(raw_patch("a", at=2, slug="three"), id=f"{id_[:500]}3"),
            with_(raw_kill("a", at=3), id=f"{id_[:500]}k"),
        ],
    )
    run_to_the_end(broker, STAGES, [40])
    found = documents(broker)
    assert "articles" not in found or not found["articles"]
    assert found["articles-hidden"][str(id_of("a"))]["status"] == "killed"
    assert len(found["history"]) == 3
    assert all("headline" not in one for one in found["history"].values()), "a kill leaves stubs"
    assert letters(broker) == []


def test_ids_that_begin_alike_are_different_revisions() -> None:
    same = "urn:uuid:0e1f2a3b-0000-4000-8000-00000000000"
    events = [with_(raw_article("a", text=f"Text {n}."), id=f"{same}{n}") for n in range(4)]
    broker = broker_with("chained", list(events))
    run_to_the_end(broker, STAGES)
    assert len(documents(broker)["history"]) == 3


@pytest.mark.parametrize("subject", ["our desk's note", "wire/1", str(id_of("another's")), "not-a-uuid" * 40])
def test_the_subject_is_whatever_its_sender_wrote(subject: str) -> None:
    """A subject that names another article doesn't put anything into that article's history."""
    broker = broker_with(
        "chained",
        [
            raw_article("another's"),
            with_(raw_article("a"), subject=subject),
            with_(raw_article("a", at=1, text="Two."), subject=subject),
            with_(raw_comment("a", 1), subject=subject),
            with_(raw_kill("a", at=2), subject=subject),
        ],
    )
    run_to_the_end(broker, STAGES)
    found = documents(broker)
    assert letters(broker) == []
    assert list(found["articles"]) == [str(id_of("another's"))]
    assert {one["article_id"] for one in found["history"].values()} == {str(id_of("a"))}


PART, ROW = 60, 20
LONG = 2 * PART + 45


@pytest.fixture
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.stages.revise.batch.MAX_COMMENTS", PART)
    monkeypatch.setattr("pipeline.stages.revise.states.CHUNK", ROW)


def _public_comments(broker: Broker) -> int:
    return sum(1 for one in documents(broker).get("comments", {}).values() if one["status"] == "public")


@pytest.mark.usefixtures("short_parts")
@pytest.mark.parametrize("deaths", [[], [700, 300, 150, 90, 40, 20, 5]])
def test_a_long_thread_is_hidden_in_parts(deaths: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """No batch sends more than a part of it, wherever the worker dies; at the end no comment is public."""
    most = 0
    deliver = Broker.append
    in_batch = 0

    def counted(self: Broker, record: Any) -> None:
        nonlocal most, in_batch
        in_batch = in_batch + 1 if record.topic is COMMENTS_CURRENT else 0
        most = max(most, in_batch)
        deliver(self, record)

    broker = broker_with("chained", [raw_article("a"), *(raw_comment("a", n) for n in range(LONG))])
    Worker(broker, STAGES).run(batch=50)
    assert _public_comments(broker) == LONG
    monkeypatch.setattr(Broker, "append", counted)
    broker.append(ARTICLES_RAW.record(raw_kill("a", at=LONG)))
    run_to_the_end(broker, STAGES, deaths)
    assert _public_comments(broker) == 0
    assert len(documents(broker)["comments-hidden"]) == LONG
    assert most <= PART + ROW
    assert not letters(broker)


@pytest.mark.usefixtures("short_parts")
@pytest.mark.parametrize("kill", [False, True])
def test_the_threads_of_many_articles_share_a_batch(kill: bool) -> None:
    """Comments that came before their articles, whose visibility changes in one batch: more than a part in all."""
    names = [f"a{n}" for n in range(24)]
    broker = broker_with("chained", [])
    for name in names:
        for n in range(25):
            broker.append(COMMENTS_RAW.record(raw_comment(name, n)))
    Worker(broker, STAGES).run(batch=500)
    assert _public_comments(broker) == 0
    for name in names:
        broker.append(ARTICLES_RAW.record(raw_article(name)))
    Worker(broker, STAGES).run(batch=500)
    assert _public_comments(broker) == 24 * 25
    if kill:
        for name in names:
            broker.append(ARTICLES_RAW.record(raw_kill(name, at=9)))
        run_to_the_end(broker, STAGES, [60])
        assert _public_comments(broker) == 0


@pytest.mark.usefixtures("short_parts")
def test_a_long_thread_is_transferred_in_parts() -> None:
    """Two ids turn out to be one article: each of the loser's comments is transferred, in parts."""
    claims = (claim("a"), claim("b"))
    both = raw_article("a", at=2)
    both = with_(both, data=both.data.model_copy(update={"claims": claims}))
    broker = broker_with("chained", [raw_article("a", at=-1), raw_article("b", at=1)])
    for n in range(LONG):
        broker.append(COMMENTS_RAW.record(raw_comment("b", n)))
    Worker(broker, STAGES).run(batch=50)
    broker.append(ARTICLES_RAW.record(both))
    run_to_the_end(broker, STAGES, [70, 500])
    found = documents(broker)
    assert {one["article_id"] for one in found["comments"].values()} == {str(id_of("a"))}
    assert len(found["comments"]) == LONG
    assert broker.records(CLAIMS)
    assert len(broker.records(TRANSFERS)) >= LONG
    assert not letters(broker)


def test_an_article_has_so_many_revisions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.stages.revise.history.MAX_REVISIONS", 5)
    events: list[Event] = [raw_article("a", at=n, text=f"Text {n}.") for n in range(9)]
    broker = broker_with("chained", [*events, raw_article("b"), *events[:3], raw_kill("a", at=20)])
    run_to_the_end(broker, STAGES)
    found = documents(broker)
    assert [reason for _, reason in letters(broker)] == ["too-many-revisions"] * 3, (
        "those known already are no new ones"
    )
    assert found["articles-hidden"][str(id_of("a"))]["status"] == "killed"
    assert all("headline" not in one for one in found["history"].values())


def test_a_killed_article_is_killed_again_and_again() -> None:
    kills = [raw_kill("a", at=n) for n in range(articles.MAX_NOTICES + 30)]
    broker = broker_with("chained", [raw_article("a"), *kills])
    run_to_the_end(broker, STAGES)
    assert documents(broker)["articles-hidden"][str(id_of("a"))]["status"] == "killed"
    assert max(len(row) for row in broker.changelogs["revise-articles"].values()) < 64 * 1024


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "x" * 513),
        ("id", "a\x00b"),
        ("subject", "\x1b[2J"),
        ("source", "x" * 513),
        ("time", "0001-01-01T00:00:00+14:00"),
        ("time", "9999-12-31T23:59:59-12:00"),
        ("data.version", LARGEST_NUMBER + 1),
        ("data.version", 10**400),
        ("data.timezone", "Mars/Phobos"),
        ("data.timezone", "../../etc/passwd"),
    ],
)
def test_ids_numbers_and_dates_are_bounded_at_the_contract(field: str, value: object) -> None:
    import json

    record = json.loads(raw_article("a").to_json())
    place = record["data"] if field.startswith("data.") else record
    place[field.removeprefix("data.")] = value
    broker = broker_with("chained", [])
    odd = ARTICLES_RAW.record(raw_article("a"))
    broker.append(type(odd)(ARTICLES_RAW, odd.key, json.dumps(record).encode()))
    broker.append(ARTICLES_RAW.record(raw_article("b")))
    run_to_the_end(broker, STAGES)
    assert [reason for _, reason in letters(broker)] == ["invalid"]
    assert field.rpartition(".")[2] in from_headers(broker.records(DEAD_LETTERS)[0].headers).detail
    assert list(documents(broker)["articles"]) == [str(id_of("b"))]


@pytest.mark.timeout(3600)
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@given(data=st.data(), seed=st.integers(0, 2**16))
@settings(
    max_examples=2000 if LONG_FORM else 100,
    derandomize=not LONG_FORM,
    deadline=None,
    phases=[Phase.generate],
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_arbitrary_valid_events_are_applied_or_rejected(data: st.DataObject, seed: int) -> None:
    """Every string and number of an event at its odd ends, two or three of them about two articles, kills among them: what
    isn't applied is rejected for its content. `failed` would be a fault of ours."""
    odd: list[Event] = data.draw(st.lists(article_events() | comment_events(), min_size=2, max_size=3))
    kill = data.draw(st.sampled_from(["a", "b", ""]))
    events: list[Event] = [*odd, *([raw_kill(kill, at=5)] if kill else []), raw_article("good")]
    random.Random(seed).shuffle(events)
    broker = broker_with("chained", events)
    run_to_the_end(broker, STAGES, [seed % 60])
    found = letters(broker)
    assert "failed" not in {reason for _, reason in found}, [
        from_headers(one.headers).detail for one in broker.records(DEAD_LETTERS)
    ]
    assert str(id_of("good")) in documents(broker)["articles"]
    assert all(isinstance(one, RawArticleEvent | RawCommentEvent) for one in events)
    assert broker.records(ARTICLES_CURRENT)
