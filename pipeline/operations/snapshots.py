"""Snapshots of the indices, and their restoration: what was killed since is applied before anybody can see it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from pipeline.errors import Fatal, Retry
from pipeline.index.client import elasticsearch_client
from pipeline.index.generations import Targets, create, highest, live_indices, swap_aliases
from pipeline.operations import audit
from pipeline.operations.receipts import Line
from pipeline.settings import Settings

MOST = 1000


def repository(settings: Settings) -> str:
    return settings.named("dateline-snapshots")


def create_snapshot(settings: Settings, by: str | None) -> dict[str, Any]:
    """Snapshot what stands behind the aliases, and wait for it. `{name, indices, seconds}`. Raises Fatal where Elasticsearch
    has no folder for snapshots, Retry."""
    client = elasticsearch_client(settings, timeout=600)
    try:
        _ensure_repository(client, settings)
        targets = live_indices(client, settings)
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
        done = client.snapshot.create(
            repository=repository(settings), snapshot=name, indices=sorted(targets.values()), include_global_state=False,
            wait_for_completion=True, metadata={"aliases": targets},
        )["snapshot"]  # fmt: skip
        if done["state"] != "SUCCESS":
            raise Fatal(f"the snapshot {name} ended as {done['state']}: {done.get('failures')}")
        audit.record(settings, [audit.deed("snapshot", name, by)])
        return {"name": name, "indices": done["indices"], "seconds": done["duration_in_millis"] / 1000}
    except (TransportError, ApiError) as e:
        raise _trouble(e) from e
    finally:
        client.close()


def list_snapshots(settings: Settings) -> list[dict[str, Any]]:
    """`[{name, at, state, indices}]`, the oldest first; empty where none was ever made. Raises Retry."""
    client = elasticsearch_client(settings, timeout=30)
    try:
        return _snapshots(client, settings)
    except (TransportError, ApiError) as e:
        raise _trouble(e) from e
    finally:
        client.close()


def snapshot_lines(client: Elasticsearch, settings: Settings) -> list[Line]:
    """For a receipt: snapshots that may hold a copy."""
    found = _snapshots(client, settings)
    note = "restoring one applies what the topics say before the aliases open; delete it to be rid of it"
    return [Line(f"snapshot {one['name']}", "still in a copy", note=note) for one in found]


def prepare_restore(settings: Settings, name: str) -> tuple[Targets, Targets]:
    """Restore a snapshot beside what stands, as the next generation, without aliases. (what stands, what was restored).
    Raises Fatal where there is no such snapshot, Retry."""
    client = elasticsearch_client(settings, timeout=600)
    try:
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
        create(client, settings, number)  # what the snapshot knew nothing of
        return before, targets
    except (TransportError, ApiError) as e:
        raise _trouble(e) from e
    finally:
        client.close()


def open_restored(settings: Settings, name: str, before: Targets, after: Targets, by: str | None) -> None:
    """Let what was restored take over. Raises Retry."""
    client = elasticsearch_client(settings)
    try:
        swap_aliases(client, settings, before, after)
    except (TransportError, ApiError) as e:
        raise _trouble(e) from e
    finally:
        client.close()
    audit.record(settings, [audit.deed("restore", name, by)])


def _snapshots(client: Elasticsearch, settings: Settings) -> list[dict[str, Any]]:
    answer = client.options(ignore_status=404).snapshot.get(repository=repository(settings), snapshot="*", size=MOST)
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
            f"Elasticsearch has no place for snapshots ({e.message}): set path.repo in elasticsearch.yml, or register a "
            f"repository named {name} (S3, GCS, …) yourself"
        ) from e


def _trouble(error: TransportError | ApiError) -> Retry:
    return Retry(f"Elasticsearch does not answer ({type(error).__name__}: {error})")
