"""The runner: nothing is lost or doubled wherever the process dies, and garbage costs a dead letter each.

Every test of delivery runs in both forms: the stages chained in one pass, and apart with topics between them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from pipeline.outcomes import Outcome
from pipeline.settings import Settings
from pipeline.stages.stage import Batch, Stage
from pipeline.topics import (
    ARTICLES_ENRICHED,
    ARTICLES_NORMALIZED,
    ARTICLES_RAW,
    DEAD_LETTERS,
    ConsumedRecord,
    Record,
)
from pipeline.topology import worker_stages
from tests.support.broker import Broker, Died, Worker, run_to_the_end
from tests.support.builders import id_of, raw_article, raw_comment, raw_kill, raw_patch
from tests.support.streams import FORMS, Event, broker_with, documents, letters

EVENTS: list[Event] = [
    raw_article("a", at=0, text="PARIS (AFP) - The mayor of Paris resigned on Monday, she said."),
    raw_comment("a", 1),
    raw_article("b", at=0, text="It rained in Rome."),
    raw_article("a", at=5, text="The mayor of Paris came back on Tuesday."),
    raw_patch("a", at=6, paragraphs=["The mayor of Lyon came back on Tuesday."], summary="In short."),
    raw_comment("a", 2, text="I doubt it."),
    raw_comment("b", 1),
    raw_kill("b", at=9),
]


@FORMS
def test_wherever_the_process_dies_the_documents_are_the_same(form: str) -> None:
    straight = broker_with(form, EVENTS)
    stages = worker_stages(straight.settings)
    worker = Worker(straight, stages)
    worker.run()
    wanted = documents(straight)
    assert wanted["articles"][str(id_of("a"))]["places"] == ["Lyon"]
    assert len(wanted["comments"]) == 2
    moments = len(worker.moments)
    assert moments >= 50
    for moment in range(0, moments, 3):
        broker = broker_with(form, EVENTS)
        run_to_the_end(broker, stages, [moment])
        assert documents(broker) == wanted, worker.moments[moment]
        assert not broker.records(DEAD_LETTERS)
    for seed in range(5):
        broker = broker_with(form, EVENTS)
        rng = random.Random(seed)
        run_to_the_end(broker, stages, [rng.randrange(moments) for _ in range(6)])
        assert documents(broker) == wanted


def test_both_forms_end_in_the_same_documents() -> None:
    found = []
    for form in ("chained", "apart"):
        broker = broker_with(form, EVENTS)
        run_to_the_end(broker, worker_stages(broker.settings))
        found.append(documents(broker))
        assert bool(broker.records(ARTICLES_ENRICHED)) is (form == "apart")
    assert found[0] == found[1]


def test_the_order_within_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """History before the state, the state before the current records, all of it before the acknowledgement."""
    broker = broker_with("chained", [raw_article("a", at=0), raw_article("a", at=5, text="Two.")])
    worker = Worker(broker, worker_stages(broker.settings)[:1])
    worker.run()
    seen = list(dict.fromkeys(worker.moments))
    order = [
        seen.index(moment)
        for moment in (
            "deliver articles.history",
            "check",
            "changelog revise-articles",
            "deliver articles.current",
            "acknowledge",
        )
    ]
    assert order == sorted(order)


def test_wherever_the_process_dies_no_comment_stays_without_its_article() -> None:
    """At no moment has an index that reads the topics a public comment of an article that isn't public."""
    events: list[Event] = [raw_article("a"), *(raw_comment("a", n) for n in range(4)), raw_kill("a", at=9)]
    straight = broker_with("chained", events)
    worker = Worker(straight, worker_stages(straight.settings))
    worker.run()
    for moment in range(len(worker.moments)):
        broker = broker_with("chained", events)
        with pytest.raises(Died):
            Worker(broker, worker_stages(straight.settings), dies_at=moment).run()
        found = documents(broker)
        assert found.get("articles") or not found.get("comments"), worker.moments[moment]


def test_topics_of_the_form_before_are_drained() -> None:
    apart = broker_with("apart", EVENTS)
    stages = worker_stages(apart.settings)
    with pytest.raises(Died):
        Worker(apart, stages, dies_at=12).run()
    assert apart.records(ARTICLES_NORMALIZED)
    chained = worker_stages(Settings(_env_file=None, partitions=3))
    # one group reads all of them: what the stages had committed counts for the stage that drains
    for (stage, topic, partition), at in list(apart.committed.items()):
        if stage in ("normalize", "enrich"):
            apart.committed[("revise", topic, partition)] = at
    run_to_the_end(apart, chained)
    straight = broker_with("chained", EVENTS)
    run_to_the_end(straight, chained)
    assert documents(apart) == documents(straight)


@FORMS
def test_garbage_costs_one_dead_letter_each_and_the_rest_goes_on(form: str) -> None:
    broker = broker_with(form, [raw_article("a")])
    key = str(id_of("a")).encode()
    for value in (b"", b"{", b"[]", b"\xff\xfe", None):
        broker.append(Record(ARTICLES_RAW, key, value))
    broker.append(Record(ARTICLES_RAW, b"another key", raw_article("b").to_json()))
    misplaced = ARTICLES_RAW.record(raw_article("c"))
    at = broker.logs[(ARTICLES_RAW, 0)] and 0
    other = next(p for p in range(3) if broker_partition(broker, misplaced) != p)
    broker.append(Record(misplaced.topic, misplaced.key, misplaced.value, partition=other))
    assert at == 0
    broker.append(ARTICLES_RAW.record(raw_article("d")))
    run_to_the_end(broker, worker_stages(broker.settings))
    assert letters(broker) == [
        ("normalize", "empty"),
        ("normalize", "invalid"),
        ("normalize", "not-json"),
        ("normalize", "not-json"),
        ("normalize", "not-json"),
        ("normalize", "wrong-key"),
        ("normalize", "wrong-partition"),
    ]
    assert set(documents(broker)["articles"]) == {str(id_of("a")), str(id_of("d"))}
    values = {record.value for record in broker.records(DEAD_LETTERS)}
    assert {b"{", b"[]", b"\xff\xfe"} <= values, "the original bytes are kept"


def broker_partition(broker: Broker, record: Record) -> int:
    probe = Broker(broker.settings)
    probe.append(record)
    ((_, partition),) = probe.logs
    return partition


def test_a_record_read_is_decoded_under_its_own_key_only() -> None:
    event = raw_article("a")
    key = str(id_of("a")).encode()
    assert ARTICLES_RAW.decode(ConsumedRecord(ARTICLES_RAW, 0, 0, key, event.to_json())) == event


def test_the_loop_has_its_turn_while_a_batch_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is applied: what a stage has in memory of its rows takes seconds to read."""
    broker = broker_with("chained", [raw_article("a", text=f"Text {n}.", at=n) for n in range(4)])
    (revise,) = [stage for stage in worker_stages(broker.settings) if stage.name == "revise"]
    seen: list[str] = []

    class Reads(Batch):
        def read(self, values: Iterable[Any]) -> Iterator[None]:
            for _ in values:
                seen.append("read")
                yield

        def apply(self, value: Any, now: Any) -> Outcome:
            seen.append("applied")
            return Outcome.APPLIED

    async def turn(self: object) -> None:
        seen.append("turn")

    monkeypatch.setattr("pipeline.streams.runner._Pause.__call__", turn)
    stage = Stage("revise", revise.inputs, revise.outputs, lambda config: lambda tables: Reads(), revise.tables)
    Worker(broker, [stage]).run(batch=500)
    assert "".join(one[0] for one in seen).lstrip("t").startswith("rtrtrtrtatat")
