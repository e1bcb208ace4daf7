"""snapshot: every night, copies the live indices, and tries the copy by a restore."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from flows.support.artifacts import show_report
from flows.support.operation import io_task, operation, who
from flows.support.parameters import By
from pipeline.errors import Fatal
from pipeline.local.resolve import settings
from pipeline.operations import snapshots

SCHEDULE = "45 1 * * *"
CONCURRENCY = 1


@io_task("create")
def create(by: str) -> dict[str, Any]:
    """Repeating it makes another snapshot; what both have in common is stored once."""
    return snapshots.create_snapshot(settings(), by)


@io_task("try a restore", retries=2)
def try_restore(name: str) -> dict[str, int]:
    """Repeating it removes what was restored before."""
    return snapshots.try_restore(settings(), name)


@io_task("delete old ones")
def delete_old(keep: int, by: str) -> list[str]:
    return snapshots.delete_old(settings(), keep, by)


@operation("snapshot", minutes=6 * 60)
def snapshot(
    restore: bool = True, keep: Annotated[int, Field(ge=0, le=500)] = 14, by: By | None = None
) -> dict[str, Any]:
    """Copies the live indices, restores the copy beside them, counts its documents, and removes it again. Old copies are
    deleted only after a new one is whole. Needs a folder or repository for snapshots. A run that is cancelled leaves no
    restored index.

    Args:
        restore: Try the copy by a restore. Needs as much disk as the indices.
        keep: Copies to keep, the newest ones. 0 keeps all.
        by: Name for the audit trail. By default the run's.
    """
    by = who(by)
    made = create(by)
    documents = try_restore(made["name"]) if restore else {}
    if restore and not documents:
        raise Fatal(f"the snapshot {made['name']} has no index that could be restored")
    gone = delete_old(keep, by)
    facts = {
        "name": made["name"],
        "indices": len(made["indices"]),
        "seconds": made["seconds"],
        "tried by a restore": "yes" if restore else "no",
        "old ones deleted": len(gone),
    }
    show_report(
        "snapshot",
        "Snapshot of the indices",
        facts,
        {"Documents that were restored": [[a, f"{n}"] for a, n in documents.items()]},
    )
    return {**made, "restored": documents, "deleted": gone}
