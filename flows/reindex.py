"""reindex: builds new indices from Kafka, and moves the aliases to them; back; or deletes what was before."""

from __future__ import annotations

from typing import Any, Literal

from flows.support.artifacts import Progress, show_report
from flows.support.operation import io_task, operation, who
from flows.support.parameters import By
from pipeline.local.resolve import settings
from pipeline.operations.reindex import build_next, delete_previous, roll_back

SCHEDULE = None
"""An operator starts it."""
CONCURRENCY = 1


@io_task("take over")
def take_over(action: Literal["build", "roll back"], by: str) -> dict[str, Any]:
    """Repeating it goes on where it was: its consumer group has the offsets. The aliases move at once, at the end."""
    progress = Progress("reindex-progress", "Records that are indexed")
    done = (build_next if action == "build" else roll_back)(settings(), by, progress)
    progress.finish()
    return done


@io_task("delete previous")
def delete(by: str) -> list[str]:
    return delete_previous(settings(), by)


@operation("reindex", minutes=24 * 60)
def reindex(action: Literal["build", "roll back", "delete previous"] = "build", by: By | None = None) -> dict[str, Any]:
    """Builds new indices from Kafka, compares them, and only then moves the aliases to them. Searches and writes go on
    meanwhile. A run that is cancelled leaves the aliases as they are; the next one goes on where it was.

    Args:
        action: `build` new indices; `roll back` to the ones before; `delete previous` ones, which can't be undone.
        by: Name for the audit trail. By default the run's.
    """
    if action == "delete previous":
        gone = delete(who(by))
        show_report("reindex", "Previous indices", {"deleted": len(gone)}, {"Deleted": [[name] for name in gone]})
        return {"deleted": gone}
    done = take_over(action, who(by))
    show_report("reindex", f"Generation {int(done['to'])} has replaced {int(done['from'])}", done)
    return done
