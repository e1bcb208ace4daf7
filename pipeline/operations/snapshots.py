"""Snapshots of the indices, and their restoration: kills since then are applied before readers see anything."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pipeline.errors import Fatal
from pipeline.index.client import open_client
from pipeline.index.elastic import ApiError, Elasticsearch
from pipeline.index.generations import Targets, create, highest, live_indices, swap_aliases
from pipeline.operations import audit
from pipeline.operations.receipts import Line
from pipeline.settings import Settings

MAX_SNAPSHOTS = 1000
_TRIED = "-tried"
"""Behind the name of an index that is only restored as a trial: no generation, so that no reindex takes it for one."""


def repository(settings: Settings) -> str:
    return settings.named("dateline-snapshots")


def create_snapshot(settings: Settings, by: str | None) -> dict[str, Any]:
    """Snapshot the live indices, and wait for it. `{name, indices, seconds}`. Raises Fatal where Elasticsearch has no
    folder for snapshots, Retry."""
    with open_client(settings, timeout=600) as client:
        _ensure_repository(client, settings)
        targets = live_indices(client, settings)
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
        done = client.snapshot.create(
            repository=repository(settings), snapshot=name, indices=sorted(targets.values()), include_global_state=False,
            wait_for_completion=True, metadata={"aliases": targets},
        )["snapshot"]  # fmt: skip
    if done["state"] != "SUCCESS":
        raise Fatal(f"the snapshot {name} ended as {done['state']}: {done.get('failures')}")
    audit.record(settings, [audit.entry("snapshot", name, by)])
    return {"name": name, "indices": done["indices"], "seconds": done["duration_in_millis"] / 1000}


def list_snapshots(settings: Settings) -> list[dict[str, Any]]:
    """`[{name, at, state, indices}]`, the oldest first; empty where there are none. Raises Retry."""
    with open_client(settings) as client:
        return _snapshots(client, settings)


def snapshot_lines(client: Elasticsearch, settings: Settings) -> list[Line]:
    """For a receipt: snapshots that may hold a copy. Raises what the client raises."""
    found = _snapshots(client, settings)
    note = "a restore applies kills and erasures before readers see it; delete the snapshot to remove the copy"
    return [Line(f"snapshot {one['name']}", "still in a copy", note=note) for one in found]


def prepare_restore(settings: Settings, name: str) -> tuple[Targets, Targets]:
    """Restore a snapshot as the next generation, without aliases. Returns the live indices and the restored ones.
    Raises Fatal where there is no such snapshot, Retry."""
    with open_client(settings, timeout=600) as client:
        held = {one["name"]: one for one in _snapshots(client, settings)}
        if name not in held:
            raise Fatal(f"there is no snapshot {name!r}; `dateline snapshot list` shows them")
        before = live_indices(client, settings)
        number = highest(client, settings) + 1
        targets = {alias: f"{settings.named(alias)}-{number}" for alias in before}
        for alias, index in held[name]["aliases"].items():
            client.snapshot.restore(
                repository=repository(settings), snapshot=name, indices=[index], include_aliases=False, include_global_state=False,
                rename_pattern=r".+", rename_replacement=targets[alias], wait_for_completion=True,
            )  # fmt: skip
        create(client, settings, number)  # indices that the snapshot doesn't have
        return before, targets


def open_restored(settings: Settings, name: str, before: Targets, after: Targets, by: str | None) -> None:
    """Move the aliases to the restored indices. Raises Retry."""
    with open_client(settings) as client:
        swap_aliases(client, settings, before, after)
    audit.record(settings, [audit.entry("restore", name, by)])


def try_restore(settings: Settings, name: str) -> dict[str, int]:
    """Restore a snapshot beside the live indices, count its documents by alias, and remove it again: a copy that nobody
    has restored is only a hope. Raises Fatal where it can't be restored whole, Retry."""
    with open_client(settings, timeout=600) as client:
        held = next((one for one in _snapshots(client, settings) if one["name"] == name), None)
        if held is None:
            raise Fatal(f"there is no snapshot {name!r}; `dateline snapshot list` shows them")
        tried = {alias: f"{settings.named(alias)}{_TRIED}" for alias in held["aliases"]}
        _remove(client, tried)  # of a trial that was killed
        try:
            return {
                alias: _restored(client, settings, name, index, tried[alias])
                for alias, index in held["aliases"].items()
            }
        finally:
            _remove(client, tried)


def _restored(client: Elasticsearch, settings: Settings, name: str, index: str, target: str) -> int:
    """Restore one index under another name. How many documents it has."""
    answer = client.snapshot.restore(
        repository=repository(settings), snapshot=name, indices=[index], include_aliases=False, include_global_state=False,
        rename_pattern=r".+", rename_replacement=target, index_settings={"index.number_of_replicas": 0},
        wait_for_completion=True,
    )  # fmt: skip
    shards = answer.get("snapshot", {}).get("shards", {})
    if not shards.get("total") or shards.get("failed"):
        raise Fatal(
            f"{index} of the snapshot {name} can't be restored: {shards.get('failed', 'all')} of its shards failed"
        )
    client.indices.refresh(index=target)
    return int(client.count(index=target)["count"])


def _remove(client: Elasticsearch, indices: Targets) -> None:
    client.indices.delete(index=sorted(indices.values()), ignore_unavailable=True)


def delete_old(settings: Settings, keep: int, by: str | None) -> list[str]:
    """Delete all snapshots but the newest `keep` that are whole; returns their names. Raises Retry."""
    with open_client(settings, timeout=600) as client:
        whole = [one["name"] for one in _snapshots(client, settings) if one["state"] == "SUCCESS"]
        gone = whole[:-keep] if keep else []
        for name in gone:
            client.snapshot.delete(repository=repository(settings), snapshot=name)
    if gone:
        audit.record(settings, [audit.entry("snapshot", name, by, None, deleted=True) for name in gone])
    return gone


def _snapshots(client: Elasticsearch, settings: Settings) -> list[dict[str, Any]]:
    answer = client.options(ignore_status=404).snapshot.get(
        repository=repository(settings), snapshot="*", size=MAX_SNAPSHOTS
    )
    return [
        {
            "name": one["snapshot"],
            "at": one["start_time"],
            "state": one["state"],
            "indices": one["indices"],
            "aliases": one.get("metadata", {}).get("aliases", {}),
        }
        for one in answer.get("snapshots", [])
    ]


def _ensure_repository(client: Elasticsearch, settings: Settings) -> None:
    name = repository(settings)
    found = client.options(ignore_status=404).snapshot.get_repository(name=name)
    if name in found.body:
        return
    try:
        client.snapshot.create_repository(
            name=name, repository={"type": "fs", "settings": {"location": settings.named("dateline")}}
        )
    except ApiError as e:
        raise Fatal(
            f"Elasticsearch has no folder for snapshots ({e.message}): set path.repo in elasticsearch.yml, or register a "
            f"repository named {name} (S3, GCS, …) yourself"
        ) from e
