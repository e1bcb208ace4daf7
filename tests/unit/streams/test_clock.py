"""A clock that jumps: nothing is let go early, nothing stays for good."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from pipeline.streams.clock import Clock, steady_time
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_RAW, VISIBILITY_TIMERS
from schemas.visibility_timer import VisibilityTimer
from tests.support.broker import Broker, Worker
from tests.support.builders import id_of, minutes, raw_article
from tests.support.memory import REVISE, config

HOUR = timedelta(hours=1)


class Machine:
    """Its clock can be set; the steady one can't."""

    def __init__(self) -> None:
        self.system, self.steady = minutes(0), 100.0
        self.clock = Clock(lambda: self.system, lambda: self.steady)

    def wait(self, seconds: float) -> datetime:
        self.steady += seconds
        self.system += timedelta(seconds=seconds)
        return self.clock.now()


def test_it_is_the_systems_clock_where_nobody_sets_it() -> None:
    machine = Machine()
    for _ in range(100):
        assert machine.wait(60) == machine.system
        machine.system += timedelta(seconds=0.5)  # corrected by small steps
        assert machine.clock.now() == machine.system
    before, now, after = datetime.now(UTC), Clock().now(), datetime.now(UTC)
    assert before - timedelta(seconds=1) < now < after + timedelta(seconds=1)
    before_, now_ = time.monotonic(), steady_time()
    assert now_ > before_ - 1, "what the machine slept counts too"


def test_a_jump_ahead_is_believed_once_kafka_shows_it() -> None:
    machine = Machine()
    machine.wait(10)
    machine.system += HOUR
    assert machine.wait(10) == minutes(0) + timedelta(seconds=20), "time goes on"
    machine.clock.seen(minutes(0) + timedelta(seconds=15))
    assert machine.wait(10) == minutes(0) + timedelta(seconds=30), "an older record says nothing"
    machine.clock.seen(machine.system)
    assert machine.wait(10) == machine.system


def test_a_jump_back_is_believed_and_its_correction_too() -> None:
    machine = Machine()
    machine.wait(10)
    machine.system -= HOUR
    assert machine.wait(10) == machine.system
    machine.system += HOUR
    assert machine.wait(10) == machine.system, "no more than time has passed"
    machine.system += HOUR
    assert machine.wait(10) == machine.system - HOUR


def test_a_clock_ahead_of_kafkas_alone_releases_nothing() -> None:
    """Kafka's clock may be ahead too: both have to be."""
    machine = Machine()
    machine.clock.seen(machine.system + HOUR)
    assert machine.wait(10) == machine.system


def test_no_embargo_ends_by_a_clock_that_was_set_ahead() -> None:
    """Whatever comes meanwhile: its timer, a partial update, a comment."""
    machine, broker = Machine(), Broker(config().settings)
    worker = Worker(broker, [REVISE], now=machine.clock.now)

    def public() -> bool:
        broker.append(VISIBILITY_TIMERS.record(VisibilityTimer(article_id=id_of("a"), due=minutes(60))))
        worker.run()
        last = broker.records(ARTICLES_CURRENT)[-1]
        return bool(ARTICLES_CURRENT.decode(last).data.visibility.public)

    broker.append(ARTICLES_RAW.record(raw_article("a", embargo=minutes(60))))
    assert not public()
    machine.system += 2 * HOUR
    machine.wait(60)
    assert not public()
    machine.wait(58 * 60)
    assert not public()
    machine.wait(60)
    assert public(), "it has ended by any clock"
