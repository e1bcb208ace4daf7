"""Builds the next physical indices from Kafka, compares them with the topics, moves the aliases to them; and back.

A second sink with a consumer group of its own reads from offset 0. Searches and writes go on the whole time: the indexer
writes to the aliases, whichever indices those are. Stopped anywhere it goes on where it was, by its group's offsets.
"""

from __future__ import annotations

from typing import Any

from pipeline.errors import Fatal
from pipeline.index.client import open_client
from pipeline.index.elastic import Elasticsearch
from pipeline.index.generations import build_name, create, existing, generation, live_indices, swap_aliases
from pipeline.index.sink import Indexer
from pipeline.index.templates import install
from pipeline.operations import audit
from pipeline.operations.expected import ExpectedDocuments, Progress
from pipeline.operations.kill import remove_killed_letters
from pipeline.operations.reconcile import Differences, compare
from pipeline.settings import Settings

_NOTE = "running it again goes on"


def build_next(settings: Settings, by: str | None, progress: Progress = lambda *_: None) -> dict[str, Any]:
    """Build the next generation, or go on building it, and move the aliases to it. `{from, to, compared}`.

    Raises Fatal where the new indices differ from the topics: the aliases stay then. Retry where an engine is away.
    """
    with open_client(settings, note=_NOTE) as client:
        install(client, settings)  # the mappings and settings as they are now
        before = live_indices(client, settings)
        number = generation(before["articles"])
        others = [n for n in existing(client, settings) if n > number]
        target = max(others, default=number + 1)
        return _take_over(client, settings, target, by, progress)


def roll_back(settings: Settings, by: str | None, progress: Progress = lambda *_: None) -> dict[str, Any]:
    """Bring the previous generation up to date, and move the aliases back to it. `{from, to, compared}`. Raises Fatal
    where there is none (any more), Retry."""
    with open_client(settings, note=_NOTE) as client:
        number = generation(live_indices(client, settings)["articles"])
        earlier = [n for n in existing(client, settings) if n < number]
        if not earlier:
            raise Fatal(f"there is no generation before {number}: it was deleted, or never was")
        return _take_over(client, settings, max(earlier), by, progress)


def delete_previous(settings: Settings, by: str | None) -> list[str]:
    """Delete every generation but the live one, which can't be undone; returns the names of the indices. Raises Retry."""
    with open_client(settings) as client:
        live = set(live_indices(client, settings).values())
        gone = sorted(
            name for targets in existing(client, settings).values() for name in targets.values() if name not in live
        )
        if gone:
            client.indices.delete(index=gone)
            audit.record(settings, [audit.entry("reindex", "finish", by, None, removed=gone)])
        return gone


def _take_over(
    client: Elasticsearch, settings: Settings, number: int, by: str | None, progress: Progress
) -> dict[str, Any]:
    before = live_indices(client, settings)
    after = create(client, settings, number)
    # numbers come back; the offsets of a group count for the indices that were written under it alone
    sink = Indexer(settings, targets=after, group=f"reindex-{number}-{build_name(client, after)}")
    sink.catch_up(progress)
    expected = ExpectedDocuments(settings)
    sink.catch_up(lambda *_: None)  # now the indices have all that is compared
    remove_killed_letters(client, settings, after)
    differences = compare(client, settings, expected, after)
    if differences:
        raise Fatal(
            f"generation {number} differs from the topics ({_counts(differences)}); the aliases were not moved. "
            "Running it again goes on building it; `dateline reindex --finish` deletes it"
        )
    swap_aliases(client, settings, before, after)
    # what the indexer wrote to the old indices just before the aliases moved; who asked the new ones for it found nothing
    sink.is_live()
    sink.catch_up(lambda *_: None)
    audit.record(
        settings, [audit.entry("reindex", f"generation {number}", by, None, before=generation(before["articles"]))]
    )
    return {"from": generation(before["articles"]), "to": number, "compared": differences.compared}


def _counts(differences: Differences) -> str:
    return ", ".join(f"{len(keys)} {name}" for name, keys in differences.kinds().items())
