"""Compares the compacted topics with the indices, and repairs what differs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.errors import Retry
from pipeline.index.bulk import Bulk
from pipeline.index.client import open_client
from pipeline.index.elastic import Elasticsearch
from pipeline.index.families import COMPARED, PUBLIC
from pipeline.index.generations import Targets, live_indices
from pipeline.index.requests import Operation, operations
from pipeline.operations import audit
from pipeline.operations.expected import ExpectedDocument, ExpectedDocuments, Key, Progress, digest, index_requests
from pipeline.operations.lookup import scan
from pipeline.operations.waiting import passed
from pipeline.settings import Settings
from pipeline.topology import INDEX

TIMEOUT = 60.0
"""Seconds to wait for the indexer."""

Found = tuple[str, str, int, dict[str, Any]]
"""Alias, id, version and source of a document in an index."""


@dataclass
class Differences:
    """What differs: (alias, id) of each."""

    compared: int = 0
    missing: list[Key] = field(default_factory=list)
    """Missing in the index."""
    stale: list[Key] = field(default_factory=list)
    """Indexed with another version, or other content under the same version."""
    extra: list[Key] = field(default_factory=list)
    """In a hidden index without a record."""
    visible: list[Key] = field(default_factory=list)
    """In a readers' index, and should not be."""

    unrepaired: int = 0
    """Not repaired: the index has a higher version than the topics, which only a reindex replaces."""

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.extra or self.visible)

    def kinds(self) -> dict[str, list[Key]]:
        """The differences by the name of their kind."""
        return {"missing": self.missing, "stale": self.stale, "extra": self.extra, "wrongly_visible": self.visible}

    def as_json(self) -> dict[str, Any]:
        """`{compared, unrepaired, missing: {count, ids}, stale: …, extra: …, wrongly_visible: …}`, with the first hundred
        ids of each. `unmended` is `unrepaired` under its former name."""
        return {
            "compared": self.compared,
            "unrepaired": self.unrepaired,
            "unmended": self.unrepaired,
            **{name: {"count": len(keys), "ids": [f"{alias}/{id_}" for alias, id_ in keys[:100]]} for name, keys in self.kinds().items()},
        }  # fmt: skip


def reconcile_indices(
    settings: Settings, *, repair: bool = False, by: str | None = None, targets: Targets | None = None, progress: Progress = lambda *_: None
) -> Differences:  # fmt: skip
    """Compare, and with `repair` write what is missing or stale and remove what should not be there.

    Keys written while comparing are ignored. `targets`: other indices than the live ones. Raises Retry where an engine
    doesn't answer.
    """
    expected = ExpectedDocuments(settings, progress)
    if targets is None:
        _wait_for_indexer(settings, expected)
    with open_client(settings, note="running it again goes on" if repair else "") as client:
        indices = targets or live_indices(client, settings)
        found = compare(client, settings, expected, indices)
        if repair and found:
            _repair(client, settings, expected, found, indices)
    if repair and found and targets is None:
        counts = {name: len(keys) for name, keys in found.kinds().items()}
        audit.record(settings, [audit.entry("reconcile", "indices", by, None, **counts)])
    return found


def compare(client: Elasticsearch, settings: Settings, expected: ExpectedDocuments, targets: Targets) -> Differences:
    """What differs between the topics' latest records and these indices. Keys written meanwhile are ignored."""
    documents = dict(expected.documents)
    client.indices.refresh(index=[targets[alias] for alias in COMPARED])
    indexed = ((alias, *found) for alias in COMPARED for found in _versions(client, targets[alias]))
    return differences(documents, indexed, expected.catch_up)


def differences(
    expected: Mapping[Key, ExpectedDocument], indexed: Iterable[Found], written: Callable[[], Set[Key]]
) -> Differences:
    """What differs. `written` is called when all of `indexed` is read, for the keys to ignore. Pure but for that."""
    found = Differences(compared=len(expected))
    missing = dict(expected)
    for alias, id_, version, source in indexed:
        key = _key(alias, id_)
        wanted = expected.get(key)
        if wanted is not None and wanted.index == alias:
            missing.pop(key, None)
            if version != wanted.version or digest(source) != wanted.digest:
                found.stale.append((alias, id_))
        else:
            (found.visible if alias in PUBLIC else found.extra).append((alias, id_))
    found.missing = [(wanted.index, id_) for (_, id_), wanted in missing.items()]
    ignored = written()
    for keys in found.kinds().values():
        keys[:] = [(alias, id_) for alias, id_ in keys if _key(alias, id_) not in ignored]
    return found


def _key(alias: str, id_: str) -> Key:
    """The key of a document by where it is: a redirect has its article's place."""
    return ("articles" if alias == "redirects" else alias.removesuffix("-hidden"), id_)


def _wait_for_indexer(settings: Settings, expected: ExpectedDocuments) -> None:
    """Until the indexer has written what is compared; what it hasn't yet isn't missing."""
    deadline = time.monotonic() + TIMEOUT
    while not passed(settings, INDEX, expected.positions):
        if time.monotonic() > deadline:
            raise Retry(f"the indexer did not catch up with Kafka within {TIMEOUT:.0f} s; is it running?")
        time.sleep(0.5)


def _repair(
    client: Elasticsearch, settings: Settings, expected: ExpectedDocuments, found: Differences, targets: Targets
) -> None:
    """First what readers should not see, then all the rest."""

    def wait(seconds: float, why: str = "") -> None:
        raise Retry("Elasticsearch is busy; running it again goes on")

    bulk = Bulk(client, targets.__getitem__, settings.bulk_size, wait, alias=False)
    try:
        bulk.write([Operation(alias, id_, None, None) for alias, id_ in (*found.visible, *found.extra)])
        writes = [expected.documents[_key(alias, id_)] for alias, id_ in (*found.missing, *found.stale)]
        first, second = operations(index_requests(settings, writes))
        for phase in (first, second):
            settled = bulk.write([replace(operation, again=operation.document is not None) for operation in phase])
            found.unrepaired += settled.stale + len(settled.refused)
    finally:
        bulk.close()
    client.indices.refresh(index=[targets[alias] for alias in COMPARED])


def _versions(client: Elasticsearch, index: str) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(id, version, source) of every document, as of one moment."""
    for hit in scan(client, index, version=True):
        yield hit["_id"], int(hit.get("_version", 0)), hit["_source"]
