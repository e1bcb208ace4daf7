"""What the measurements before this one are remembered for: trends, since when something is wrong, providers' rhythms.

A small file in the data folder; where it can't be read or written, a measurement begins without a past.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import Field, ValidationError

from pipeline.errors import Fatal
from pipeline.index.families import ITEMS
from pipeline.process.folders import data_folder
from pipeline.settings import Settings
from schemas.base import Instant, Model
from schemas.report import Report

KEPT = timedelta(minutes=15)
"""How long samples are kept."""
_APART = timedelta(seconds=2)
"""Between two samples."""


class StageSample(Model):
    lag: int
    finished: int


class Sample(Model):
    """One measurement, as far as the next ones need it."""

    at: Instant
    stages: dict[str, StageSample]


class Memory(Model):
    at: Instant | None = None
    """When the last measurement was."""
    samples: tuple[Sample, ...] = ()
    """Oldest first."""
    since: dict[str, Instant] = Field(default_factory=dict)
    """By a finding's key, when it was first seen; only of those that were there the last time."""
    learned: Instant | None = None
    """When the rhythms were learned."""
    slots: dict[str, dict[int, int]] = Field(default_factory=dict)
    """Items by slot, by `articles/PROVIDER` and `comments/PROVIDER`."""
    items: dict[str, int] = Field(default_factory=dict)
    """The most items of each topic that were indexed, by the topic's name, since the topic was made."""

    def after(self, report: Report) -> Memory:
        """With this measurement. Pure."""
        now = report.at
        samples = [one for one in self.samples if now - KEPT <= one.at < now - _APART]
        stages = {name: StageSample(lag=stage.lag, finished=stage.finished) for name, stage in report.stages.items()}
        if stages:
            samples.append(Sample(at=now, stages=stages))
        since = {one.key: one.since for one in report.findings if one.since is not None}
        update = {
            "at": now,
            "samples": tuple(samples),
            "since": since,
            "items": {**self.items, **dict(self._items(report))},
        }
        return self.model_copy(update=update)

    def first_seen(self, key: str, now: datetime) -> datetime:
        """Since when it is so, as far as that is known: after a longer pause, whether it was so in between is not."""
        if self.at is not None and now - self.at > KEPT:
            return now
        return self.since.get(key, now)

    def _items(self, report: Report) -> Iterator[tuple[str, int]]:
        for topic in ITEMS:
            count, state = counted(report.documents, topic), report.topics.get(topic)
            if count is None or state is None:
                continue
            before = self.items.get(topic, 0)
            # a topic with fewer records than it had items is another one
            yield topic, max(count, before) if state.records >= before else count


def counted(documents: Mapping[str, int], topic: str) -> int | None:
    """How many items of a topic are indexed; None where not all of its aliases could be counted."""
    counts = [documents.get(alias) for alias in ITEMS[topic]]
    return None if None in counts else sum(count or 0 for count in counts)


def path(settings: Settings) -> Path | None:
    """The file; None where this user has no data folder."""
    try:
        return data_folder(settings) / f"watch-{settings.namespace or 'dateline'}.json"
    except Fatal:
        return None


def is_kept(settings: Settings) -> bool:
    """Whether the file can be written: without it there is no trend, and nothing is ever known to last."""
    place = path(settings)
    if place is None:
        return False
    folder = next((one for one in place.parents if one.exists()), None)
    return folder is not None and folder.is_dir() and os.access(folder, os.W_OK)


def load(settings: Settings) -> Memory:
    """What is remembered; nothing where there is no file, or it is of another version."""
    place = path(settings)
    if place is None:
        return Memory()
    try:
        return Memory.model_validate_json(place.read_bytes())
    except (OSError, ValidationError):
        return Memory()


def store(settings: Settings, memory: Memory) -> None:
    """Replace the file in one step, so that two measurements at a time don't spoil it."""
    place = path(settings)
    if place is None:
        return
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
        try:
            with os.fdopen(handle, "w") as out:
                out.write(memory.model_dump_json())
            Path(name).replace(place)
        except OSError:
            Path(name).unlink(missing_ok=True)
