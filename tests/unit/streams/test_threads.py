"""Large records go through their steps in threads; those that never end cost themselves, not the others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from pipeline.kafka.dead_letters import from_headers
from pipeline.stages.stage import Step
from pipeline.streams import runner as module
from pipeline.streams.threads import MOST, NoThread, Threads
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_RAW, DEAD_LETTERS
from tests.support.broker import Broker, Worker
from tests.support.builders import raw_article
from tests.support.memory import REVISE
from tests.support.streams import broker_with
from tests.support.waiting import PATIENCE


@pytest.fixture
def hanging() -> Iterator[Any]:
    """revise with a step in front that never ends for some."""
    over = threading.Event()

    def hangs(event: Any) -> Any:
        if "for ever" in str(event.data.paragraphs):
            over.wait()
        return event

    step = Step("hangs", lambda config: hangs)
    yield replace(REVISE, inputs={**REVISE.inputs, ARTICLES_RAW: (step, *REVISE.inputs[ARTICLES_RAW])})
    over.set()


def send(broker: Broker, *texts: str) -> None:
    for n, text in enumerate(texts):
        broker.append(ARTICLES_RAW.record(raw_article(f"{text}{n}", text=text)))


def test_a_record_that_never_ends_costs_no_other_large_one(hanging: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some of them had every thread of the pool: whatever was large waited for one, and was refused as too slow."""
    monkeypatch.setattr(module, "LARGE", 0)
    broker = broker_with("chained", [])
    worker = Worker(broker, [hanging])
    monkeypatch.setattr(module, "STEP_SECONDS", 0.3)
    send(broker, *["for ever"] * MOST)
    worker.run()
    letters = [from_headers(one.headers) for one in broker.records(DEAD_LETTERS)]
    assert [one.reason for one in letters] == ["too-slow"] * MOST
    monkeypatch.setattr(module, "STEP_SECONDS", PATIENCE)
    send(broker, "It rained.")
    with pytest.raises(NoThread):  # no record's fault: the process exits, and the next one has threads
        worker.run()
    assert len(broker.records(DEAD_LETTERS)) == MOST
    Worker(broker, [hanging]).run()
    assert len(broker.records(DEAD_LETTERS)) == MOST
    assert len(broker.records(ARTICLES_CURRENT)) == 1


def test_the_threads_that_never_end_do_not_keep_the_process(hanging: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGE", 0)
    monkeypatch.setattr(module, "STEP_SECONDS", 0.3)
    broker = broker_with("chained", [])
    send(broker, "for ever")
    Worker(broker, [hanging]).run()
    lost = [thread for thread in threading.enumerate() if thread.name == "step"]
    assert lost
    assert all(thread.daemon for thread in lost)


def test_what_a_step_raises_is_raised() -> None:
    def fails() -> None:
        raise KeyError("not foreseen")

    with pytest.raises(KeyError, match="not foreseen"):
        asyncio.run(Threads().run(fails, PATIENCE))
