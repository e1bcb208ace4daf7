"""What breaks is told once, and once more when it is over: a worker that dies in a loop, a provider that falls silent, a
flood of dead letters, an index that lost its data; measured minute by minute, with a clock of the test's own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import Fatal
from pipeline.index.families import ALIASES
from pipeline.operations.notify.changes import Told, delivered, news, step
from pipeline.operations.watch.facts import Facts
from pipeline.operations.watch.index_state import Indices
from pipeline.operations.watch.measure import freshness, judged
from pipeline.operations.watch.memory import Memory
from pipeline.operations.watch.processes import read_processes
from pipeline.operations.watch.refusals import rate
from pipeline.operations.watch.rhythm import WEEK, slot
from pipeline.process.registry import registered
from pipeline.settings import load_settings
from schemas.report import Kind, ProcessCondition, ProcessState
from tests.unit.operations.watch.test_findings import facts, stage
from tests.unit.operations.watch.test_losses import kafka

MONDAY = datetime(2026, 3, 16, tzinfo=UTC)


class Watch:
    """The flow `watch` without its server: what it remembers, and what its one channel was told."""

    def __init__(self, memory: Memory | None = None) -> None:
        self.memory = memory or Memory()
        self.told: tuple[Told, ...] = ()
        self.said: list[tuple[str, str]] = []

    def look(self, found: Facts) -> list[tuple[str, str]]:
        """Measure once; what is told by it."""
        report = judged(found, self.memory)
        self.memory = self.memory.after(report)
        self.told = step(self.told, report)
        fresh = news(self.told, "mail")
        self.told = delivered(self.told, "mail", fresh)
        said = [("began", one.key) for one in fresh.began] + [("over", one.key) for one in fresh.over]
        self.said += said
        return said


def times(begin: datetime, count: int, minutes: int = 1) -> Iterable[datetime]:
    return (begin + timedelta(minutes=minutes * number) for number in range(count))


def test_a_worker_that_dies_in_a_loop_with_its_last_reason(tmp_path: Path) -> None:
    settings = load_settings(local_dir=tmp_path, namespace="n")
    watch, now = Watch(), datetime.now(UTC)
    away = {name: stage(members=0, lag=3, oldest=now) for name in ("revise", "match")}
    for number in range(4):
        with pytest.raises(Fatal), registered(settings, "worker"):
            raise Fatal("topic articles.raw has 3 partitions, the settings say 12")
        watch.look(facts(at=now + timedelta(minutes=number), stages=away, processes=read_processes(settings)))
    assert watch.said[0] == ("began", f"{Kind.PROCESS_AWAY.value}/worker"), "the first death"
    assert ("began", f"{Kind.PROCESS_RESTARTS.value}/worker") in watch.said
    (loop,) = [one.finding for one in watch.told if one.finding.kind is Kind.PROCESS_RESTARTS]
    assert loop.what.endswith("topic articles.raw has 3 partitions, the settings say 12")
    before = len(watch.said)

    def up(at: datetime) -> Facts:
        return facts(at=at, processes=(ProcessState(
            name="worker", condition=ProcessCondition.READY, started=now + timedelta(minutes=4), starts_last_hour=5, last_exit="…",
        ),))  # fmt: skip

    for at in times(now + timedelta(minutes=5), 30):
        watch.look(up(at))
    ended = watch.said[before:]
    assert sorted(ended) == sorted({("over", key) for what, key in watch.said[:before] if what == "began"})


def rhythm_of(end: datetime) -> dict[int, int]:
    """An item in each ten minutes of the office hours of each workday, for five weeks."""
    counts: dict[int, int] = {}
    at = end - 5 * WEEK
    while at < end:
        if at.weekday() < 5 and 9 <= at.hour < 17:
            counts[slot(at)] = 1
        at += timedelta(minutes=10)
    return counts


def test_a_provider_that_falls_silent_is_told_at_an_hour_at_which_it_sends() -> None:
    watch = Watch(Memory(slots={"articles/wire": rhythm_of(MONDAY)}))
    friday = MONDAY - timedelta(days=3) + timedelta(hours=16, minutes=50)

    def measured(at: datetime, last: datetime) -> list[tuple[str, str]]:
        return watch.look(facts(at=at, freshness=freshness({"articles/wire": last}, watch.memory, at)))

    key = f"{Kind.PROVIDER_SILENT.value}/wire/articles"
    told = {at: said for at in times(friday, 4 * 24, minutes=60) if (said := measured(at, friday))}
    ((began, said),) = told.items()
    assert said == [("began", key)]
    assert began.date() == MONDAY.date(), "not in the night, and not on Sunday"
    assert 9 <= began.hour < 17
    last = MONDAY + timedelta(days=2, hours=10)
    assert measured(last, last) == [("over", key)]
    assert measured(last + timedelta(minutes=5), last) == []


def test_a_flood_of_dead_letters_by_its_reason() -> None:
    watch = Watch()
    usual = [2] * 100

    def measured(at: datetime, last_hour: int) -> list[tuple[str, str]]:
        found = () if not last_hour else (rate("normalize", "no-headline", usual, last_hour, ["wire"]),)
        return watch.look(facts(at=at, refusal_rates=found))

    counts = [0, 2, 9, 60, 4000, 4000, 4000, 9, 0, 0]
    said = [measured(MONDAY + timedelta(minutes=number), count) for number, count in enumerate(counts)]
    key = f"{Kind.REFUSALS.value}/normalize/no-headline"
    assert said == [[], [], [], [("began", key)], [], [], [], [("over", key)], [], []]


def test_an_index_that_lost_its_data_until_it_was_built_again() -> None:
    full, empty = dict.fromkeys(ALIASES, 30), dict.fromkeys(ALIASES, 0)
    busy: Any = {"lag": 40}
    found = [
        (kafka(200), Indices(documents=full)),
        (kafka(200), Indices(uncounted=frozenset(ALIASES))),  # it is started again, on a new disk
        (kafka(200), Indices()),
        (kafka(200), Indices(documents=empty)),  # the indexer was started again, too
        (kafka(220, busy), Indices(documents={**empty, "articles": 7, "comments": 7})),  # news goes on
        (kafka(230, busy), Indices(documents={**empty, "articles": 9, "comments": 9})),
        (kafka(230), Indices(documents=full)),  # reindex
        (kafka(240), Indices(documents=full)),
    ]
    watch = Watch()
    said = [
        watch.look(facts(at=MONDAY + timedelta(minutes=number), kafka=state, index=index))
        for number, (state, index) in enumerate(found)
    ]
    lost = [("began", "index-lost/articles"), ("began", "index-lost/comments")]
    assert said[:3] == [[], [], [("began", "index-missing/articles")]]
    assert said[3] == [*lost, ("over", "index-missing/articles")]
    assert said[4:6] == [[], []]
    assert sorted(said[6]) == [("over", "index-lost/articles"), ("over", "index-lost/comments")]
    assert said[7] == []
