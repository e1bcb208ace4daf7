"""Long work behind a page: once for all who ask, for a moment, and not without end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.status_page.bounded import Bounded, Busy, StillWorking
from tests.support.waiting import PATIENCE, until


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Slow:
    """Work that ends when it is let go; `begun` counts."""

    def __init__(self) -> None:
        self.begun = 0
        self.go = threading.Event()

    def __call__(self) -> int:
        self.begun += 1
        assert self.go.wait(PATIENCE)
        return self.begun


@pytest.fixture
def slow() -> Iterator[Slow]:
    made = Slow()
    yield made
    made.go.set()


def counted() -> Callable[[], int]:
    numbers = iter(range(1, 100))
    return lambda: next(numbers)


def test_an_answer_is_fresh_for_a_moment_and_says_its_age() -> None:
    clock, work = Clock(), counted()
    bounded = Bounded(now=clock)

    def ask() -> tuple[int, float]:
        found = bounded.ask("k", work, fresh=5, patience=PATIENCE)
        return found.value, found.age

    assert ask() == (1, 0.0)
    clock.now = 5.0
    assert ask() == (1, 5.0)
    clock.now = 5.1
    assert ask() == (2, 0.0)
    assert bounded.ask("other", work, fresh=5, patience=PATIENCE).value == 3


def test_all_who_ask_at_a_time_have_one_answer(slow: Slow) -> None:
    bounded = Bounded()
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(bounded.ask, "k", slow, fresh=PATIENCE, patience=PATIENCE) for _ in range(8)]
        until(lambda: slow.begun)
        slow.go.set()
        assert {one.result().value for one in asked} == {1}
    assert slow.begun == 1


def test_what_takes_too_long_goes_on_and_is_there_for_the_next_one(slow: Slow) -> None:
    bounded = Bounded()
    with pytest.raises(StillWorking):
        bounded.ask("k", slow, fresh=PATIENCE, patience=0)
    slow.go.set()
    assert bounded.ask("k", slow, fresh=PATIENCE, patience=PATIENCE).value == 1


def test_the_answer_before_stands_in_for_one_that_takes_too_long(slow: Slow) -> None:
    clock = Clock()
    bounded = Bounded(now=clock)
    bounded.ask("k", lambda: 7, fresh=5, patience=PATIENCE)
    clock.now = 30.0
    found = bounded.ask("k", slow, fresh=5, patience=0, old=True)
    assert (found.value, found.age) == (7, 30.0)
    with pytest.raises(StillWorking):
        bounded.ask("k", slow, fresh=5, patience=0)


def test_it_stands_in_after_an_error_too(slow: Slow) -> None:
    clock = Clock()
    bounded = Bounded(now=clock)
    bounded.ask("k", lambda: 7, fresh=5, patience=PATIENCE)
    clock.now = 10.0
    with pytest.raises(ZeroDivisionError):
        bounded.ask("k", lambda: 1 // 0, fresh=5, patience=PATIENCE)
    clock.now = 20.0
    assert bounded.ask("k", slow, fresh=5, patience=0, old=True).value == 7


def test_only_so_much_is_worked_on_at_a_time(slow: Slow) -> None:
    bounded = Bounded(at_once=2)
    for key in ("a", "b"):
        with pytest.raises(StillWorking):
            bounded.ask(key, slow, fresh=1, patience=0)
    with pytest.raises(Busy):
        bounded.ask("c", slow, fresh=1, patience=0)
    with pytest.raises(StillWorking):
        bounded.ask("a", slow, fresh=1, patience=0)
    slow.go.set()
    assert bounded.ask("a", slow, fresh=PATIENCE, patience=PATIENCE).value
    assert bounded.ask("b", slow, fresh=PATIENCE, patience=PATIENCE).value
    assert bounded.ask("c", lambda: 3, fresh=1, patience=PATIENCE).value == 3


def test_an_error_is_remembered_for_less_time() -> None:
    clock, errors = Clock(), counted()
    bounded = Bounded(now=clock)

    def fail() -> int:
        raise ValueError(errors())

    for now, expected in ((0.0, 1), (2.0, 1), (2.1, 2)):
        clock.now = now
        with pytest.raises(ValueError, match=str(expected)):
            bounded.ask("k", fail, fresh=60, patience=PATIENCE)


def test_no_more_than_so_many_answers_are_kept() -> None:
    bounded, work = Bounded(kept=3), counted()
    for key in range(5):
        bounded.ask(key, work, fresh=PATIENCE, patience=PATIENCE)
    assert bounded.ask(4, work, fresh=PATIENCE, patience=PATIENCE).value == 5
    assert bounded.ask(0, work, fresh=PATIENCE, patience=PATIENCE).value == 6
