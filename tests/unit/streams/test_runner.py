"""The runner: nothing is lost or doubled wherever the process dies, and one odd record costs one record.

Every test of delivery runs in both forms: the stages chained in one pass, and apart with topics between them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from pipeline.errors import Fatal, Retry
from pipeline.outcomes import Outcome
from pipeline.settings import Settings
from pipeline.stages.stage import Batch, Config, Stage, Step
from pipeline.topics import (
    ARTICLES_ENRICHED,
    ARTICLES_NORMALIZED,
    ARTICLES_RAW,
    DEAD_LETTERS,
    TRANSFERS,
    ConsumedRecord,
    Record,
)
from pipeline.topology import worker_stages
from schemas.transfer import Transfer
from tests.support.broker import Broker, Died, Worker, run_to_the_end
from tests.support.builders import id_of, raw_article, raw_comment, raw_kill, raw_patch
from tests.support.streams import Event, broker_with, documents, letters

FORMS = pytest.mark.parametrize("form", ["chained", "apart"])


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


def failing(stage: Stage, fails: Callable[[Any], bool], where: str) -> Stage:
    """The stage with a fault of ours in it: in a function in front of it, in its batch, or in what is decided at the end."""

    def make(config: Config) -> Callable[[Any], Any]:
        def run(value: Any) -> Any:
            if fails(value):
                raise KeyError("not foreseen")
            return value

        return run

    if where == "function":
        inputs = {topic: (*steps, Step("enrich", make)) for topic, steps in stage.inputs.items()}
        return Stage(stage.name, inputs, stage.outputs, stage.reduce, stage.tables, side_outputs=stage.side_outputs)

    def reduce(config: Config) -> Callable[[Any], Any]:
        assert stage.reduce is not None
        new_batch = stage.reduce(config)

        def made(tables: Any) -> Any:
            batch = new_batch(tables)
            seen: list[Any] = []
            apply, before = batch.apply, batch.before

            def fail_apply(value: Any, now: Any) -> Any:
                outcome = apply(value, now)  # half of it is done when it fails
                seen.append(value)
                if where == "apply" and fails(value):
                    raise KeyError("not foreseen")
                return outcome

            def fail_before(now: Any) -> Any:
                if where == "before" and any(fails(value) for value in seen):
                    raise KeyError("not foreseen")
                return before(now)

            return _Changed(fail_apply, fail_before, batch)

        return made

    return Stage(stage.name, stage.inputs, stage.outputs, reduce, stage.tables, side_outputs=stage.side_outputs)


class _Changed(Batch):
    def __init__(self, apply: Any, before: Any, batch: Batch) -> None:
        self.apply, self.before = apply, before  # type: ignore[method-assign]
        self.hiding, self.after = batch.hiding, batch.after  # type: ignore[method-assign]
        self.checkpoint, self.confirm = batch.checkpoint, batch.confirm  # type: ignore[method-assign]


def is_poison(value: Any) -> bool:
    return "poison" in str(value)


@pytest.mark.parametrize("where", ["function", "apply", "before"])
def test_one_record_that_fails_costs_one_record(where: str) -> None:
    good: list[Event] = [raw_article(f"a{n}", text=f"Text {n}.") for n in range(12)]
    bad: list[Event] = [raw_article("bad", text="poison"), raw_article("a3", at=5, text="more poison")]
    broker = broker_with("chained", [*good[:5], bad[0], *good[5:9], bad[1], *good[9:]])
    (revise,) = [stage for stage in worker_stages(broker.settings) if stage.name == "revise"]
    run_to_the_end(broker, [failing(revise, is_poison, where)])
    assert [reason for _, reason in letters(broker)] == ["failed", "failed"]
    straight = broker_with("chained", good)
    run_to_the_end(straight, [revise])
    assert documents(broker) == documents(straight), "nothing of a record that failed is left in the state"


def test_a_transfer_that_no_worker_of_ours_sends_costs_one_record() -> None:
    """Its history can't be read: it stopped its partition for good."""
    broker = broker_with("chained", [raw_article("a"), raw_kill("a", at=5)])
    stages = worker_stages(broker.settings)
    run_to_the_end(broker, stages)
    for entry in ("x", "not-a-uuid/1.2.3", "a.b.c"):
        broker.append(TRANSFERS.record(Transfer(article_id=id_of("a"), history=(entry,))))
    broker.append(ARTICLES_RAW.record(raw_article("b")))
    run_to_the_end(broker, stages)
    assert letters(broker) == [("revise", "failed")] * 3
    assert str(id_of("b")) in documents(broker)["articles"]


@pytest.mark.parametrize("where", ["function", "apply", "before"])
def test_a_stage_that_fails_on_everything_stops_before_it_empties_its_topic(where: str) -> None:
    events: list[Event] = [raw_article(f"a{n}", text="poison") for n in range(60)]
    broker = broker_with("chained", events, max_failed_run=10)
    (revise,) = [stage for stage in worker_stages(broker.settings) if stage.name == "revise"]
    broken = failing(revise, lambda _: True, where)
    for _ in range(3):  # a supervisor starts it again and again
        with pytest.raises(Fatal, match="in a row"):
            Worker(broker, [broken]).run(batch=500)
    assert not broker.records(DEAD_LETTERS)
    assert not any(broker.committed.values())
    run_to_the_end(broker, [revise])
    assert len(documents(broker)["articles"]) == 60


def of_provider(event: Any, provider: str) -> Any:
    return event.model_copy(update={"data": event.data.model_copy(update={"provider": provider})})


@pytest.mark.parametrize("where", ["function", "apply", "before"])
def test_one_sender_who_found_a_fault_of_ours_does_not_stop_the_others(where: str) -> None:
    """A run of records of one provider on which our code fails, as it doesn't on our own samples: they are dead letters."""
    events: list[Event] = [raw_article(f"a{n}", text="poison") for n in range(60)]
    broker = broker_with("chained", [*events, raw_article("good")], max_failed_run=10, max_failed_share=0.01)
    (revise,) = [stage for stage in worker_stages(broker.settings) if stage.name == "revise"]
    run_to_the_end(broker, [failing(revise, is_poison, where)])
    assert letters(broker) == [("enrich" if where == "function" else "revise", "failed")] * 60
    assert list(documents(broker)["articles"]) == [str(id_of("good"))]


@FORMS
def test_a_fault_that_several_providers_meet_stops_it(form: str) -> None:
    """In both forms: an enriched event names its provider elsewhere."""
    events = [of_provider(raw_article(f"a{n}", text="poison"), f"provider{n % 3}") for n in range(60)]
    broker = broker_with(form, events, max_failed_run=10)
    (revise,) = [stage for stage in worker_stages(broker.settings) if stage.name == "revise"]
    Worker(broker, [stage for stage in worker_stages(broker.settings) if stage.name in ("normalize", "enrich")]).run()
    where = "function" if form == "chained" else "apply"
    with pytest.raises(Fatal, match="in a row"):
        Worker(broker, [failing(revise, is_poison, where)]).run(batch=500)
    assert not broker.records(DEAD_LETTERS)


def test_a_large_share_that_fails_stops_it_too_and_a_small_one_does_not() -> None:
    def events(every: int) -> list[Event]:
        made = [raw_article(f"a{n}", text="poison" if n % every == 0 else "Text.") for n in range(200)]
        return [of_provider(event, f"provider{n % 7}") for n, event in enumerate(made)]

    for every, stops in ((2, True), (10, False)):
        broker = broker_with("chained", events(every), max_failed_share=0.3)
        (revise,) = [stage for stage in worker_stages(broker.settings) if stage.name == "revise"]
        worker = Worker(broker, [failing(revise, is_poison, "function")])
        if stops:
            with pytest.raises(Fatal, match="of the last"):
                worker.run(batch=500)
        else:
            worker.run(batch=500)
            assert len(broker.records(DEAD_LETTERS)) == 20


def test_what_senders_do_wrong_never_stops_a_stage() -> None:
    broker = broker_with("chained", [], max_failed_run=5, max_failed_share=0.01)
    for n in range(300):
        broker.append(Record(ARTICLES_RAW, str(id_of(f"a{n}")).encode(), b"garbage"))
    run_to_the_end(broker, worker_stages(broker.settings))
    assert len(broker.records(DEAD_LETTERS)) == 300


@pytest.mark.parametrize("error", [Fatal("the store is gone"), Retry("away")])
def test_what_is_no_fault_of_a_record_is_none_of_its_dead_letters(error: Exception) -> None:
    def fail(value: Any) -> Any:
        raise error

    broker = broker_with("chained", [raw_article("a")])
    (revise,) = [stage for stage in worker_stages(broker.settings) if stage.name == "revise"]
    inputs = {ARTICLES_RAW: (Step("normalize", lambda config: fail),)}
    with pytest.raises(type(error)):
        Worker(broker, [Stage("revise", inputs, revise.outputs, revise.reduce, revise.tables)]).run()
    assert not broker.records(DEAD_LETTERS)
    assert not any(broker.committed.values())


def test_a_record_read_is_decoded_under_its_own_key_only() -> None:
    event = raw_article("a")
    key = str(id_of("a")).encode()
    assert ARTICLES_RAW.decode(ConsumedRecord(ARTICLES_RAW, 0, 0, key, event.to_json())) == event


def test_a_store_that_is_gone_while_a_fault_is_narrowed_down_is_no_records_fault() -> None:
    broker = broker_with("chained", [raw_article("a", text=f"Text {n}.", at=n) for n in range(4)])
    (revise,) = [stage for stage in worker_stages(broker.settings) if stage.name == "revise"]
    assert revise.reduce is not None

    class Fails(Batch):
        def __init__(self) -> None:
            self.seen = 0

        def apply(self, value: Any, now: Any) -> Outcome:
            self.seen += 1
            return Outcome.APPLIED

        def before(self, now: Any) -> list[Record]:
            if self.seen:
                raise KeyError("together") if self.seen > 1 else Fatal("the store is gone")
            return []

    broken = Stage("revise", revise.inputs, revise.outputs, lambda config: lambda tables: Fails(), revise.tables)
    with pytest.raises(Fatal, match="the store is gone"):
        Worker(broker, [broken]).run(batch=500)
    assert not broker.records(DEAD_LETTERS)
    assert not any(broker.committed.values())


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
