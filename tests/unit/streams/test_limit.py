"""The limit of failures, at its edges."""

from __future__ import annotations

import pytest

from pipeline.errors import Fatal
from pipeline.settings import Settings
from pipeline.streams.limit import MIN_FAILED, WINDOW, FailureLimit


def limit(run: int = 0, share: float = 1.0) -> FailureLimit:
    return FailureLimit("revise", Settings(_env_file=None, max_failed_run=run, max_failed_share=share))


def test_a_run_is_counted_over_batches_and_ends_with_a_record_that_passes() -> None:
    counted = limit(run=3)
    counted.check([True, True])
    counted.check([False])
    counted.check([True, True])
    with pytest.raises(Fatal, match="revise failed on 3 records in a row"):
        counted.check([True])


def test_a_share_counts_from_fifty_failures_on_and_has_to_be_exceeded() -> None:
    counted = limit(share=0.5)
    counted.check([True] * (MIN_FAILED - 1))
    counted.check([False] * (MIN_FAILED + 1))
    counted.check([True])
    counted.check([True, False])
    with pytest.raises(Fatal, match="of the last"):
        counted.check([True, True])


def test_the_share_is_of_the_latest_records() -> None:
    counted = limit(share=0.09)
    counted.check([False] * 10 * WINDOW)
    counted.check([True] * 90)
    with pytest.raises(Fatal, match=f"91 of the last {WINDOW}"):
        counted.check([True])


def test_without_a_limit_nothing_stops() -> None:
    limit().check([True] * 5000)
