"""Stops a stage before it turns a whole topic into dead letters.

A record on which our code fails becomes a dead letter. Many in a row, or a large share of all, may be a bad deployment or
a missing model: the process then stops without acknowledging them. They may also be the work of one sender, who has found a
fault of ours: that must not stop anybody else's news. So the stage stops where it fails on our own samples too, or on records
of several providers. After Arroyo's `DlqLimit` (https://github.com/getsentry/arroyo, `arroyo/dlq.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from pipeline import telemetry
from pipeline.errors import Fatal
from pipeline.settings import Settings

WINDOW = 1000
"""The latest records of a stage, over which the share is computed."""
MIN_FAILED = 50
"""Minimum of failed records before the share counts."""
MANY = 3
"""Providers on whose records it fails: no longer one sender's doing."""

Result = tuple[bool, str | None]
"""Whether our code failed on a record, and its provider where that is known."""


class FailureLimit:
    """Counts the records of one stage. Rejected ones don't count: their sender has to correct them."""

    def __init__(self, stage: str, settings: Settings, fails_on_samples: Callable[[], bool]) -> None:
        """`fails_on_samples`: whether the stage fails on records of our own."""
        self._stage, self._fails_on_samples = stage, fails_on_samples
        self._max_run, self._max_share = settings.max_failed_run, settings.max_failed_share
        self._run = self._unjudged = 0
        self._latest: deque[Result] = deque(maxlen=WINDOW)

    def check(self, results: Iterable[Result]) -> None:
        """Count records in their order. Raises Fatal beyond the limit, where it isn't one sender's doing."""
        for failed, provider in results:
            self._latest.append((failed, provider))
            self._run = self._run + 1 if failed else 0
            self._unjudged += failed
            if self._max_run and self._run >= self._max_run:
                self._stop_or_go_on(f"{self._run} records in a row", "DATELINE_MAX_FAILED_RUN=0")
        count = sum(failed for failed, _ in self._latest)
        if count >= MIN_FAILED and self._unjudged >= MIN_FAILED and count > self._max_share * len(self._latest):
            self._stop_or_go_on(f"{count} of the last {len(self._latest)} records", "DATELINE_MAX_FAILED_SHARE=1")

    def _stop_or_go_on(self, failed_on: str, lifted_by: str) -> None:
        providers = {provider for failed, provider in self._latest if failed and provider}
        if len(providers) >= MANY or self._fails_on_samples():
            raise Fatal(
                f"{self._stage} failed on {failed_on}: that is a fault of this version or its configuration. Nothing of the last "
                f"batch was acknowledged. See the log, repair it and start again; {lifted_by} lets them all go to dead-letters"
            )
        telemetry.FAILURES_GO_ON(stage=self._stage, failed_on=failed_on, providers=", ".join(sorted(providers)) or None)
        self._run = self._unjudged = 0
