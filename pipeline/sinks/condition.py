"""Why a sink isn't working at the moment, for `/readyz`. The loop's thread sets it, another one asks."""

from __future__ import annotations

import time

from pipeline.process.health import NotReady

LONGEST = 60.0
"""Seconds without any sign of the loop, after which it is called not ready. It may still be at work: a process that hangs
is found by the StallGuard."""


class Condition:
    """Ready where nothing is waited for, the group has assigned partitions, and the loop has given a sign lately."""

    def __init__(self) -> None:
        self._waiting = "starting"
        self._kafka = ""
        self._seen = time.monotonic()

    def sign(self) -> None:
        """The loop goes round."""
        self._seen = time.monotonic()

    def waits(self, why: str) -> None:
        """It waits for something; `works` ends that."""
        self._waiting = why or "waiting"
        self.sign()

    def works(self) -> None:
        self._waiting = ""
        self.sign()

    def kafka(self, problem: str = "") -> None:
        """What is wrong with Kafka; nothing, by default."""
        self._kafka = problem
        self.sign()

    def check(self, assigned: bool) -> bool:
        """True. Raises NotReady with the reason."""
        if problem := self._kafka or self._waiting:
            raise NotReady(problem)
        if not assigned:
            raise NotReady("the consumer group has not assigned partitions yet")
        silent = time.monotonic() - self._seen
        if silent > LONGEST:
            raise NotReady(f"no progress for {silent:.0f} s")
        return True
