"""The runner and what fails: one odd record costs one record, a fault of ours stops the stage before its topic is empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.errors import Fatal, Retry
from pipeline.outcomes import Outcome
from pipeline.stages.stage import Batch, Config, Stage, Step
from pipeline.topics import (
    ARTICLES_RAW,
    DEAD_LETTERS,
    TRANSFERS,
    Record,
)
from pipeline.topology import worker_stages
from schemas.transfer import Transfer
from tests.support.broker import Worker, run_to_the_end
from tests.support.builders import id_of, raw_article, raw_kill
from tests.support.streams import FORMS, Event, broker_with, documents, letters


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
