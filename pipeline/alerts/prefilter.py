"""Which saved searches may find which articles of a batch, in memory: few enough to ask Elasticsearch for the rest. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from pipeline.saved.conditions import Atoms, Condition, guard, holds


class Prefilter:
    """Conditions of saved searches, each filed under the atoms of which an article needs one."""

    def __init__(self) -> None:
        self._conditions: dict[UUID, Condition] = {}
        self._guards: dict[UUID, Atoms | None] = {}
        self._filed: dict[str, set[UUID]] = defaultdict(set)
        self._unguarded: set[UUID] = set()

    def __len__(self) -> int:
        return len(self._conditions)

    def put(self, search_id: UUID, wanted: Condition) -> None:
        self.remove(search_id)
        self._conditions[search_id] = wanted
        self._guards[search_id] = atoms = guard(wanted)
        if atoms is None:
            self._unguarded.add(search_id)
        for atom in atoms or ():
            self._filed[atom].add(search_id)

    def remove(self, search_id: UUID) -> None:
        self._conditions.pop(search_id, None)
        self._unguarded.discard(search_id)
        for atom in self._guards.pop(search_id, None) or ():
            self._filed[atom].discard(search_id)
            if not self._filed[atom]:
                del self._filed[atom]

    def candidates(self, articles: Mapping[UUID, Atoms]) -> dict[UUID, list[UUID]]:
        """Of each search the articles that it may find; of all others it finds none."""
        found: dict[UUID, list[UUID]] = defaultdict(list)
        for article_id, atoms in articles.items():
            for search_id in self._filed_under(atoms):
                if holds(self._conditions[search_id], atoms):
                    found[search_id].append(article_id)
        return dict(found)

    def _filed_under(self, atoms: Iterable[str]) -> set[UUID]:
        filed = self._filed
        return self._unguarded.union(*[filed[atom] for atom in atoms if atom in filed])
