"""The stages over tables in memory: the rows that production uses, above dictionaries instead of Faust's tables."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from pipeline.kafka.partitions import partition_of
from pipeline.settings import MIB, Settings
from pipeline.stages.chain import CHAINED
from pipeline.stages.normalize import normalize_article
from pipeline.stages.revise.tables import DUE, TIMERS
from pipeline.stages.rows import Rows, Tables
from pipeline.stages.stage import Batch, Config, Function, Stage
from pipeline.topics import Record, Topic
from schemas.events import NormalizedArticleEvent
from schemas.visibility_timer import VisibilityTimer
from tests.support.builders import raw_article

PARTITIONS = 4
(REVISE,) = CHAINED


def settings_with(**options: Any) -> Settings:
    """Settings of tests. They can't be changed, so that those with the same options are made once: it takes 10 ms."""
    try:
        return _settings_with(**options)
    except TypeError:  # an option that can be changed
        return Settings(_env_file=None, **options)


@lru_cache
def _settings_with(**options: Any) -> Settings:
    return Settings(_env_file=None, **options)


def config(**options: object) -> Config:
    """A stage's configuration, independent of the environment."""
    settings = settings_with(partitions=PARTITIONS, **options)
    return Config(settings, lambda key: partition_of(key.encode(), PARTITIONS))


def tables_of(stage: Stage) -> Tables:
    return {name: Rows({}, ttl) for name, ttl in stage.tables.items()}


def revise_tables() -> Tables:
    return tables_of(REVISE)


@lru_cache
def _revise(largest: int) -> Function:
    assert REVISE.reduce is not None
    return REVISE.reduce(config(largest_record=largest))


def revise(tables: Tables, largest: int = 64 * MIB) -> Batch:
    """A batch of revise, which enriches merged texts by the real enrich."""
    batch: Batch = _revise(largest)(tables)
    return batch


def due(tables: Tables, now: datetime) -> list[VisibilityTimer]:
    """The timers of revise that have ended by now."""
    return [
        VisibilityTimer(article_id=UUID(name), due=at)
        for name, row in tables[DUE].items()
        if (at := TIMERS.at(row)) <= now
    ]


def key_of(record: Record) -> str:
    return (record.key or b"").decode()


def of(records: list[Record], *topics: Topic) -> list[Record]:
    """Those of these topics."""
    return [record for record in records if record.topic in topics]


def normalized(text: str, headline: str = "Council meets") -> NormalizedArticleEvent:
    """An article as normalize sends it."""
    event = raw_article("mine", text=text)
    return normalize_article(event.model_copy(update={"data": event.data.model_copy(update={"headline": headline})}))
