"""The limit of failures, at its edges."""

from __future__ import annotations

import pytest

from pipeline.errors import Fatal
from pipeline.settings import Settings
from pipeline.streams.limit import MIN_FAILED, WINDOW, FailureLimit, Result


def limit(run: int = 0, share: float = 1.0, fails_on_samples: bool = True) -> FailureLimit:
    settings = Settings(_env_file=None, max_failed_run=run, max_failed_share=share)
    return FailureLimit("revise", settings, lambda: fails_on_samples)


def of(results: list[bool], provider: str | None = "herald") -> list[Result]:
    return [(failed, provider if failed else None) for failed in results]


def test_a_run_is_counted_over_batches_and_ends_with_a_record_that_passes() -> None:
    counted = limit(run=3)
    counted.check(of([True, True]))
    counted.check(of([False]))
    counted.check(of([True, True]))
    with pytest.raises(Fatal, match="revise failed on 3 records in a row"):
        counted.check(of([True]))


def test_a_share_counts_from_fifty_failures_on_and_has_to_be_exceeded() -> None:
    counted = limit(share=0.5)
    counted.check(of([True] * (MIN_FAILED - 1)))
    counted.check(of([False] * (MIN_FAILED + 1)))
    counted.check(of([True]))
    counted.check(of([True, False]))
    with pytest.raises(Fatal, match="of the last"):
        counted.check(of([True, True]))


def test_the_share_is_of_the_latest_records() -> None:
    counted = limit(share=0.09)
    counted.check(of([False] * 10 * WINDOW))
    counted.check(of([True] * 90))
    with pytest.raises(Fatal, match=f"91 of the last {WINDOW}"):
        counted.check(of([True]))


def test_without_a_limit_nothing_stops() -> None:
    limit().check(of([True] * 5000))


def test_one_sender_does_not_stop_it() -> None:
    """Two senders don't either; three are everybody's fault."""
    counted = limit(run=3, fails_on_samples=False)
    for provider in ("a", "b"):
        counted.check(of([True] * 50, provider))
    with pytest.raises(Fatal, match="in a row"):
        counted.check([(True, "a"), (True, "b"), (True, "c")] * 2)


def test_records_that_name_nobody_are_judged_by_the_samples() -> None:
    limit(run=3, fails_on_samples=False).check(of([True] * 50, None))
    with pytest.raises(Fatal, match="in a row"):
        limit(run=3).check(of([True] * 50, None))
