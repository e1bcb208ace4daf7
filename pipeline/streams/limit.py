"""Stops a stage before it turns a whole topic into dead letters.

A record on which our code fails becomes a dead letter. Many in a row, or a large share of all,
are a bad deployment or a missing model: the process then stops without acknowledging them. After Arroyo's
`DlqLimit` (https://github.com/getsentry/arroyo, `arroyo/dlq.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from pipeline.errors import Fatal
from pipeline.settings import Settings

WINDOW = 1000
"""The latest records of a stage, over which the share is computed."""
MIN_FAILED = 50
"""Minimum of failed records before the share counts."""


class FailureLimit:
    """Counts the records of one stage. Rejected ones don't count: their sender has to correct them."""

    def __init__(self, stage: str, settings: Settings) -> None:
        self._stage = stage
        self._max_run, self._max_share = settings.max_failed_run, settings.max_failed_share
        self._run = 0
        self._latest: deque[bool] = deque(maxlen=WINDOW)

    def check(self, failed: Iterable[bool]) -> None:
        """Count records in their order: whether each failed. Raises Fatal beyond the limit."""
        for one in failed:
            self._latest.append(one)
            self._run = self._run + 1 if one else 0
            if self._max_run and self._run >= self._max_run:
                raise Fatal(
                    f"{self._stage} failed on {self._run} records in a row: that is no odd record, but a fault of this version "
                    "or its configuration. Nothing of them was acknowledged. See the log, repair it and start again; "
                    "DATELINE_MAX_FAILED_RUN=0 lets them all go to dead-letters"
                )
        count = sum(self._latest)
        if count >= MIN_FAILED and count > self._max_share * len(self._latest):
            raise Fatal(
                f"{self._stage} failed on {count} of the last {len(self._latest)} records: that is a fault of this version or its "
                "configuration. Nothing of the last batch was acknowledged. See the log, repair it and start again; "
                "DATELINE_MAX_FAILED_SHARE=1 lets them all go to dead-letters"
            )
