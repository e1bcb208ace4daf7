"""A desk that sends partial updates, and what stands after them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pipeline.outcomes import Outcome
from pipeline.stages.enrich import enrich_article
from pipeline.stages.normalize import normalize_article
from pipeline.stages.revise.states import States
from pipeline.topics import STORY_BANDS, Record
from schemas.events import (
    EnrichedArticleEvent,
    RawArticleEvent,
)
from tests.support.builders import id_of, minutes
from tests.support.index import Indices
from tests.support.memory import of, revise, revise_tables

KEY = str(id_of("story"))
LATER = minutes(600)


def enriched(event: RawArticleEvent) -> EnrichedArticleEvent:
    return enrich_article(normalize_article(event))


class Desk:
    """normalize, enrich, revise and the sink with memory for tables and indices."""

    def __init__(self) -> None:
        self.tables = revise_tables()
        self.indices = Indices()
        self.signed: list[Record] = []
        """Signatures of merged texts, for the stage `match`."""
        self.outcomes: list[Outcome] = []

    @property
    def states(self) -> States:
        return States(self.tables)

    def take(self, events: Iterable[Any], now: datetime = LATER, *, dies: bool = False) -> None:
        batch = revise(self.tables)
        self.outcomes += [batch.apply(event, now) for event in events]
        before = list(batch.before(now))
        self.signed += of(before, STORY_BANDS)
        self.indices.take(before, now)
        if dies:
            return
        batch.checkpoint()
        self.indices.take([*batch.hiding(), *batch.after()], now)
        batch.confirm()

    @property
    def article(self) -> Any:
        return self.indices.current[KEY].article

    def end(self) -> Any:
        """All records, without the steps of their versions, and all documents."""
        current = {k: d.model_dump(mode="json", exclude={"version", "moved"}) for k, d in self.indices.current.items()}
        return current, {k: d.model_dump(mode="json") for k, d in self.indices.history.items()}, self.indices.all()
