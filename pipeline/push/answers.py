"""The answers that are stored for requests with an Idempotency-Key: those of the last day, within bounds for each provider."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from pipeline.kafka.compacted import CompactedTable
from pipeline.settings import Settings
from pipeline.topics import PUSH_ANSWERS
from schemas.push_answer import PushAnswer

AGE = timedelta(days=1)
MOST = 20_000
"""Items in the stored answers of one provider (and one for each answer); the oldest answers are forgotten first."""


class StoredAnswers(CompactedTable[PushAnswer]):
    """By name, which begins with the provider. What a provider stores never removes another's answer."""

    def __init__(self, settings: Settings, most: int = MOST) -> None:
        super().__init__(settings, PUSH_ANSWERS, PushAnswer)
        self._most = most
        self._names: dict[str, dict[str, int]] = {}
        """The answers' names of each provider, the oldest first, and what each counts."""
        self._counts: Counter[str] = Counter()

    def _set(self, key: str, value: PushAnswer | None) -> None:
        with self._lock:
            self._forget(key)
            if value is None:
                return
            super()._set(key, value)
            cost = 1 + len(value.body.get("items", ()))
            self._names.setdefault(value.provider, {})[key] = cost
            self._counts[value.provider] += cost
            oldest = datetime.now(UTC) - AGE
            for name in list(self._names[value.provider]):
                if self._counts[value.provider] <= self._most and self._values[name].at > oldest:
                    break
                self._forget(name)

    def _forget(self, key: str) -> None:
        stored = self._values.get(key)
        if stored is not None:
            super()._set(key, None)
            self._counts[stored.provider] -= self._names[stored.provider].pop(key)
