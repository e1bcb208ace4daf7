"""Long work behind a page: done once for all who ask for the same, remembered for a moment, bounded in number and in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_KEPT_FOR = 120.0
"""Seconds after which an answer is forgotten, once something else is asked."""
_ERRORS_FOR = 2.0
"""Seconds that an error is remembered at most: whoever repairs something looks at once whether it helped."""


class Busy(Exception):
    """As much as may be is being worked on."""


class StillWorking(Exception):
    """There was no answer in time; the work goes on, and the next one who asks may have its answer."""


@dataclass(frozen=True)
class Answer(Generic[T]):
    value: T
    age: float
    """Seconds since it was made."""


class _Work:
    def __init__(self, before: Answer[Any] | None, before_at: float) -> None:
        self.future: Future[Any] = Future()
        self.before, self.before_at = before, before_at
        """The answer of the time before, and when that was."""
        self.done_at = 0.0
        self.failed = False


class Bounded:
    """Answers by their key. Threads are daemons: none keeps the process from ending."""

    def __init__(self, *, at_once: int = 6, kept: int = 100, now: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._kept, self._now = at_once, kept, now
        self._works: dict[Hashable, _Work] = {}
        self._lock = threading.Lock()

    def ask(
        self, key: Hashable, work: Callable[[], T], *, fresh: float, patience: float, old: bool = False
    ) -> Answer[T]:
        """The answer, at most `fresh` seconds old. After `patience` seconds the one before it where an `old` one will do,
        else StillWorking. Raises Busy, and what `work` raises."""
        with self._lock:
            found = self._works.get(key)
            if found is None or self._is_stale(found, fresh):
                if sum(not one.future.done() for one in self._works.values()) >= self._at_once:
                    if not (old and found is not None and not found.failed):
                        raise Busy
                else:
                    found = self._begin(key, work, found)
        wait([found.future], timeout=patience)
        now = self._now()
        if found.future.done():
            return Answer(found.future.result(), max(0.0, now - found.done_at))
        if old and found.before is not None:
            return Answer(found.before.value, now - found.before_at)
        raise StillWorking

    def _is_stale(self, work: _Work, fresh: float) -> bool:
        if not work.future.done():
            return False
        limit = min(fresh, _ERRORS_FOR) if work.failed else fresh
        return self._now() - work.done_at > limit

    def _begin(self, key: Hashable, work: Callable[[], Any], last: _Work | None) -> _Work:
        before, before_at = (last.before, last.before_at) if last is not None else (None, 0.0)
        if last is not None and not last.failed:
            before, before_at = Answer(last.future.result(), 0.0), last.done_at
        made = _Work(before, before_at)
        self._works.pop(key, None)
        done = [one for one, its in self._works.items() if its.future.done()]
        surplus = max(0, len(self._works) + 1 - self._kept)
        for n, one in enumerate(done):
            # an answer may be large: a dead letter has its original
            if n < surplus or self._now() - self._works[one].done_at > _KEPT_FOR:
                del self._works[one]
        self._works[key] = made
        threading.Thread(target=self._run, args=(made, work), name="page-work", daemon=True).start()
        return made

    def _run(self, made: _Work, work: Callable[[], Any]) -> None:
        try:
            value = work()
        except BaseException as e:  # whoever asked gets it
            made.done_at, made.failed = self._now(), True
            made.future.set_exception(e)
        else:
            made.done_at = self._now()
            made.future.set_result(value)
