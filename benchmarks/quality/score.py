"""Counts of right, wrong and missing answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field


@dataclass
class Score:
    """Of one kind of answer on one set of texts. `wrong_ones` and `missed_ones` count the answers by their words."""

    right: int = 0
    wrong: int = 0
    missing: int = 0
    wrong_ones: Counter[str] = field(default_factory=Counter)
    missed_ones: Counter[str] = field(default_factory=Counter)

    def compare(self, wanted: Iterable[Hashable], found: Iterable[Hashable]) -> None:
        """Two sets: what is in both is right."""
        wanted, found = set(wanted), set(found)
        self.right += len(wanted & found)
        self.wrong += len(found - wanted)
        self.missing += len(wanted - found)
        self.wrong_ones.update(map(str, found - wanted))
        self.missed_ones.update(map(str, wanted - found))

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missing)

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)

    def row(self, label: str) -> str:
        """A line of a table: what, precision, recall, F1, how many were labelled."""
        return f"| {label} | {self.precision:.3f} | {self.recall:.3f} | {self.f1:.3f} | {self.right + self.missing:,} |"
