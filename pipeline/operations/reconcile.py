"""Compares the compacted topics with the indices, and mends what differs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from pipeline.errors import Retry
from pipeline.index.bulk import Bulk
from pipeline.index.client import elasticsearch_client
from pipeline.index.families import COMPARED, PUBLIC
from pipeline.index.generations import Targets, live_indices
from pipeline.index.requests import Operation, operations
from pipeline.operations import audit
from pipeline.operations.expected import ExpectedDocuments, Key, Progress, digest, places
from pipeline.operations.status import passed
from pipeline.settings import Settings
from pipeline.topology import INDEX

PATIENCE = 60.0
_PAGE = 1000
_KEEP_ALIVE = "2m"


@dataclass
class Differences:
    """What differs: (alias, id) of each."""

    compared: int = 0
    missing: list[Key] = field(default_factory=list)
    """Should be there, and is not."""
    stale: list[Key] = field(default_factory=list)
    """Another version is there, or another content under the same one."""
    extra: list[Key] = field(default_factory=list)
    """Nothing says that it should be there, in an index that readers can't see."""
    visible: list[Key] = field(default_factory=list)
    """Readers can see it, and should not."""

    unmended: int = 0
    """Left as they are: a version above the topics' is there, which nothing but a reindex gets past."""

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.extra or self.visible)

    def as_json(self) -> dict[str, Any]:
        kinds = {"missing": self.missing, "stale": self.stale, "extra": self.extra, "wrongly_visible": self.visible}
        return {
            "compared": self.compared,
            "unmended": self.unmended,
            **{name: {"count": len(keys), "ids": [f"{alias}/{id_}" for alias, id_ in keys[:100]]} for name, keys in kinds.items()},
        }  # fmt: skip


def reconcile(
    settings: Settings, *, mend: bool = False, by: str | None = None, targets: Targets | None = None, progress: Progress = lambda *_: None
) -> Differences:  # fmt: skip
    """Compare, and with `mend` write what is missing or stale and remove what should not be there.

    Of what came while it compared nothing is said. `targets`: other indices than those behind the
    aliases. Raises Retry where an engine doesn't answer.
    """
    should = ExpectedDocuments(settings, progress)
    if targets is None:
        _wait_for_the_indexer(settings, should)
    client = elasticsearch_client(settings)
    try:
        found, where = compare(client, settings, should, targets or live_indices(client, settings))
        if mend and found:
            _mend(client, settings, should, found, where)
    except (TransportError, ApiError) as e:
        raise Retry(f"Elasticsearch does not answer ({type(e).__name__}: {e})") from e
    finally:
        client.close()
    if mend and found and targets is None:
        counts = {name: part["count"] for name, part in found.as_json().items() if isinstance(part, dict)}
        audit.record(settings, [audit.deed("reconcile", "indices", by, None, **counts)])
    return found


def compare(
    client: Elasticsearch, settings: Settings, should: ExpectedDocuments, targets: Targets
) -> tuple[Differences, Targets]:
    """What differs between the topics' last word and these indices. Of what the topics speak meanwhile nothing is said."""
    documents = dict(should.documents)
    found = Differences(compared=len(documents))
    missing = dict(documents)
    client.indices.refresh(index=[targets[alias] for alias in COMPARED])
    for alias in COMPARED:
        for id_, version, source in _scan(client, targets[alias]):
            key = _key(alias, id_)
            one = documents.get(key)
            if one is not None and one.index == alias:
                missing.pop(key, None)
                if version != one.version or digest(source) != one.digest:
                    found.stale.append((alias, id_))
            else:
                (found.visible if alias in PUBLIC else found.extra).append((alias, id_))
    found.missing = [(one.index, id_) for (_, id_), one in missing.items()]
    spoken = should.catch_up()
    for keys in (found.missing, found.stale, found.extra, found.visible):
        keys[:] = [(alias, id_) for alias, id_ in keys if _key(alias, id_) not in spoken]
    return found, targets


def _key(alias: str, id_: str) -> Key:
    """Of what a document is: a pointer stands for an article."""
    return ("articles" if alias == "redirects" else alias.removesuffix("-hidden"), id_)


def _wait_for_the_indexer(settings: Settings, should: ExpectedDocuments) -> None:
    """Until the indexer has done what is compared; what it hasn't is not missing, but on its way."""
    until = time.monotonic() + PATIENCE
    while not passed(settings, INDEX, should.positions):
        if time.monotonic() > until:
            raise Retry(
                f"the indexer is behind what is in Kafka and was not there within {PATIENCE:.0f} s; is it running?"
            )
        time.sleep(0.5)


def _mend(
    client: Elasticsearch, settings: Settings, should: ExpectedDocuments, found: Differences, targets: Targets
) -> None:
    """First what readers should not see, then all the rest."""

    def wait(seconds: float) -> None:
        raise Retry("Elasticsearch is busy; running it again goes on")

    bulk = Bulk(client, targets.__getitem__, settings.bulk_size, wait, alias=False)
    try:
        bulk.write([Operation(alias, id_, None, None) for alias, id_ in (*found.visible, *found.extra)])
        writes = [should.documents[_key(alias, id_)] for alias, id_ in (*found.missing, *found.stale)]
        first, second = operations(places(settings, writes))
        for phase in (first, second):
            settled = bulk.write([replace(operation, again=operation.document is not None) for operation in phase])
            found.unmended += settled.stale + len(settled.refused)
    finally:
        bulk.close()
    client.indices.refresh(index=[targets[alias] for alias in COMPARED])


def _scan(client: Elasticsearch, index: str) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(id, version, source) of every document, as of one moment."""
    pit = client.open_point_in_time(index=index, keep_alive=_KEEP_ALIVE)["id"]
    after: Any = None
    try:
        while True:
            answer = client.search(
                pit={"id": pit, "keep_alive": _KEEP_ALIVE}, size=_PAGE, sort=[{"_shard_doc": "asc"}], version=True,
                search_after=after, track_total_hits=False,
            )  # fmt: skip
            hits = answer["hits"]["hits"]
            if not hits:
                return
            for hit in hits:
                yield hit["_id"], int(hit.get("_version", 0)), hit["_source"]
            after, pit = hits[-1]["sort"], answer.get("pit_id", pit)
    finally:
        client.options(ignore_status=404).close_point_in_time(id=pit)
