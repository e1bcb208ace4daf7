"""Waiting until stages have gone through what is in their topics: what a receipt may say depends on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable

from kafka import TopicPartition

from pipeline.kafka.groups import committed_offsets, unread
from pipeline.kafka.reading import open_reader, partitions_of
from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.topics import Topic
from pipeline.topology import group

Positions = dict[TopicPartition, int]
Waiting = Callable[[Stage], None]
"""Is told which stage is waited for, once for each."""


def passed(settings: Settings, stage: Stage, positions: Positions) -> bool:
    """Whether the stage has committed every record before these positions. Raises Retry."""
    own = group(stage, settings)
    return not unread(settings, committed_offsets(settings, {own})[own], positions)


def gone_through(
    settings: Settings,
    chain: Iterable[Stage],
    deadline: float,
    partitions: Collection[int] | None = None,
    waiting: Waiting = lambda _: None,
) -> Stage | None:
    """Wait until all that is in the first stage's topics now, in these partitions or in all, has gone through every stage
    in turn. None where it has; the stage that it hasn't gone through before `deadline` (monotonic seconds). Raises Retry."""
    for stage in chain:
        own = set(stage.reads) & set(stage.writes)
        # then what it wrote to itself meanwhile
        for topics in ((*stage.reads, *stage.drains), *([own] if own else [])):
            positions = _ends(settings, topics, partitions)
            if passed(settings, stage, positions):
                continue
            waiting(stage)
            while not passed(settings, stage, positions):
                if time.monotonic() > deadline:
                    return stage
                time.sleep(0.5)
    return None


def _ends(settings: Settings, topics: Iterable[Topic], partitions: Collection[int] | None) -> Positions:
    with open_reader(settings) as reader:
        found = partitions_of(reader, settings, topics)
        wanted = [tp for tp in found if partitions is None or tp.partition in partitions]
        return dict(reader.end_offsets(wanted)) if wanted else {}
