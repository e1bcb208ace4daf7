"""Builds the next physical indices from Kafka beside those that stand, compares, and lets them take over; and back again.

A second sink with a consumer group of its own reads from offset 0. Searches and writes go on the whole time: the indexer
writes to the aliases, whichever indices those are. Stopped anywhere it goes on where it was, by its group's offsets.
"""

from __future__ import annotations

from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from pipeline.errors import Fatal, Retry
from pipeline.index.client import elasticsearch_client
from pipeline.index.generations import create, existing, generation, live_indices, swap_aliases
from pipeline.index.sink import Indexer
from pipeline.index.templates import install
from pipeline.operations import audit
from pipeline.operations.expected import ExpectedDocuments, Progress
from pipeline.operations.kill import forget_letters
from pipeline.operations.reconcile import compare
from pipeline.settings import Settings


def reindex(settings: Settings, by: str | None, progress: Progress = lambda *_: None) -> dict[str, Any]:
    """Build the next generation, or go on building it, and flip the aliases. `{from, to, compared}`.

    Raises Fatal where what was built differs from the topics: nothing is flipped then. Retry where an engine is away.
    """
    client = elasticsearch_client(settings)
    try:
        install(client, settings)  # the mappings and settings as they are now
        before = live_indices(client, settings)
        number = generation(before["articles"])
        others = [n for n in existing(client, settings) if n > number]
        target = max(others, default=number + 1)
        return _take_over(client, settings, target, by, progress)
    except (TransportError, ApiError) as e:
        raise Retry(f"Elasticsearch does not answer ({type(e).__name__}); running it again goes on") from e
    finally:
        client.close()


def roll_back(settings: Settings, by: str | None, progress: Progress = lambda *_: None) -> dict[str, Any]:
    """Bring the previous generation up to now, and flip back to it. Raises Fatal where there is none (any more)."""
    client = elasticsearch_client(settings)
    try:
        number = generation(live_indices(client, settings)["articles"])
        earlier = [n for n in existing(client, settings) if n < number]
        if not earlier:
            raise Fatal(f"there is no generation before {number}: it was finished, or never was")
        return _take_over(client, settings, max(earlier), by, progress)
    except (TransportError, ApiError) as e:
        raise Retry(f"Elasticsearch does not answer ({type(e).__name__}); running it again goes on") from e
    finally:
        client.close()


def finish(settings: Settings, by: str | None) -> list[str]:
    """Remove every generation but the one that stands; says which indices went. No way back after that."""
    client = elasticsearch_client(settings)
    try:
        kept = set(live_indices(client, settings).values())
        gone = sorted(
            name for targets in existing(client, settings).values() for name in targets.values() if name not in kept
        )
        if gone:
            client.indices.delete(index=gone)
            audit.record(settings, [audit.deed("reindex", "finish", by, None, removed=gone)])
        return gone
    except (TransportError, ApiError) as e:
        raise Retry(f"Elasticsearch does not answer ({type(e).__name__})") from e
    finally:
        client.close()


def _take_over(
    client: Elasticsearch, settings: Settings, number: int, by: str | None, progress: Progress
) -> dict[str, Any]:
    before = live_indices(client, settings)
    after = create(client, settings, number)
    sink = Indexer(settings, targets=after, group=f"reindex-{number}")
    sink.catch_up(progress)
    should = ExpectedDocuments(settings)
    sink.catch_up(lambda *_: None)  # now it has all that is compared
    forget_letters(client, settings, after)
    differences, _ = compare(client, settings, should, after)
    if differences:
        raise Fatal(
            f"generation {number} differs from the topics ({_counts(differences.as_json())}); nothing was flipped. "
            "Running it again builds on; `dateline reindex --finish` removes it"
        )
    swap_aliases(client, settings, before, after)
    # what the indexer wrote to the old indices just before the flip
    sink.catch_up(lambda *_: None)
    audit.record(
        settings, [audit.deed("reindex", f"generation {number}", by, None, before=generation(before["articles"]))]
    )
    return {"from": generation(before["articles"]), "to": number, "compared": differences.compared}


def _counts(found: dict[str, Any]) -> str:
    return ", ".join(f"{part['count']} {name}" for name, part in found.items() if isinstance(part, dict))
