"""Runs whose process is gone: noticed within a minute, and never one that is alive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from flows.support.lost_runs import Rounds, Run, Verdict, Waiting, superseded

HERE, OTHER = "host/1/0", "other/2/0"


def watched(rounds: Rounds, run: Run, alive: bool, seconds: int, start: int = 0) -> list[tuple[int, Verdict]]:
    """What is said of a run in each round of four seconds."""
    said = []
    for now in range(start, start + seconds + 1, 4):
        said += [(now, verdict) for _, verdict in rounds.judge([run], {run.id} if alive else set(), float(now))]
    return said


def run(place: str | None = None, *, cancelling: bool = False) -> Run:
    return Run(uuid4(), uuid4(), cancelling, place)


def first(said: list[tuple[int, Verdict]]) -> tuple[int, Verdict]:
    return said[0]


def test_a_run_whose_process_is_there_is_marked_once_and_left_alone() -> None:
    rounds = Rounds(HERE)
    assert first(watched(rounds, run(), True, 0)) == (0, Verdict.MARK)
    assert watched(rounds, run(f"{HERE}:17"), True, 600) == []


@pytest.mark.parametrize("place", [f"{HERE}:17", None])
def test_a_run_whose_process_is_gone_has_crashed_within_a_minute(place: str | None) -> None:
    after, verdict = first(watched(Rounds(HERE), run(place), False, 60))
    assert verdict is Verdict.CRASHED
    assert 0 < after <= 60, "not at once: its runner may be about to say so"


def test_a_process_that_is_seen_again_was_never_gone() -> None:
    rounds, one = Rounds(HERE), run(f"{HERE}:17")
    rounds.judge([one], set(), 0.0)
    rounds.judge([one], {one.id}, 4.0)
    assert rounds.judge([one], set(), 9.0) == []


def test_the_runs_of_a_lost_runner_are_lost_with_it() -> None:
    rounds, one = Rounds(HERE), run(f"{OTHER}:17")
    said: list[tuple[int, Verdict]] = []
    for now in range(0, 200, 4):
        rounds.signs({OTHER: min(now, 80)}, float(now))  # its last sign of life is at 80
        said += [(now, verdict) for _, verdict in rounds.judge([one], set(), float(now))]
    after, verdict = first(said)
    assert verdict is Verdict.CRASHED
    assert 80 < after <= 80 + 60


def test_a_runner_that_is_gone_for_good_is_forgotten_once() -> None:
    rounds = Rounds(HERE)
    for now in range(0, 3600, 4):
        rounds.signs({OTHER: 1, HERE: now}, float(now))
        assert rounds.silent(float(now), 3600.0) == []
    rounds.signs({OTHER: 1, HERE: 3600}, 3600.0)
    assert rounds.silent(3600.0, 3600.0) == [OTHER]
    assert rounds.silent(3604.0, 3600.0) == []


def test_a_slow_server_is_no_silence() -> None:
    rounds, theirs, new = Rounds(HERE), run(f"{OTHER}:17"), run()
    for number, now in enumerate(range(0, 420, 60)):  # a round takes a minute, here and there
        rounds.signs({OTHER: number // 2}, float(now))
        assert rounds.judge([theirs, new], set(), float(now)) == []


def test_runs_of_a_runner_that_is_alive_or_of_a_work_pool_are_left_alone() -> None:
    rounds, theirs, pool = Rounds(HERE), run(f"{OTHER}:17"), run("worker-host:99")
    for now in range(0, 600, 4):
        rounds.signs({OTHER: now}, float(now))
        assert rounds.judge([theirs, pool], set(), float(now)) == []


def test_a_cancel_does_not_stay_cancelling() -> None:
    gone = watched(Rounds(HERE), run(f"{HERE}:17", cancelling=True), False, 60)
    assert {verdict for _, verdict in gone} == {Verdict.CANCELLED}
    alive = [verdict for _, verdict in watched(Rounds(HERE), run(f"{HERE}:17", cancelling=True), True, 60)]
    assert alive[0] is Verdict.TERMINATE
    assert alive[-1] is Verdict.KILL
    assert watched(Rounds(HERE), run(f"{HERE}:17", cancelling=True), True, 4) == [], "its runner is quicker, as a rule"


def test_of_runs_that_are_due_one_of_each_schedule_is_enough() -> None:
    now = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    feeds, watch = uuid4(), uuid4()

    def due(deployment: UUID, minutes: int) -> Waiting:
        return Waiting(uuid4(), deployment, now - timedelta(minutes=minutes))

    late = [due(feeds, minutes) for minutes in (3, 1, 2)]
    only, future = due(watch, 500), due(feeds, -1)
    assert superseded([*late, only, future], now) == [late[0].id, late[2].id]
