"""replay-dead-letters: sends refused records and items again, by id or all that a filter finds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from flows.support.artifacts import Progress, show_table
from flows.support.operation import io_task, operation, who
from flows.support.parameters import By, DeadLetterId, Name, RefusedBy
from flows.support.states import failed, finished
from pipeline.local.resolve import settings
from pipeline.operations.dead_letters import MAX_FOUND, Filter, choose, replay

SCHEDULE = None
"""An operator starts it, once what refused them is repaired."""
CONCURRENCY = 1
_BATCH = 200


@io_task("find")
def chosen(ids: list[str], wanted: Filter, handled: bool, most: int) -> tuple[list[str], int]:
    """The letters, and how many there are in all."""
    return choose(settings(), ids, wanted, handled=handled, most=most)


@io_task("replay")
def send_again(ids: list[str], by: str) -> dict[str, Any]:
    """Repeating it after a failure changes nothing: the stages recognise what they have."""
    return replay(settings(), ids, by)


@operation("replay-dead-letters", minutes=120)
def replay_dead_letters(
    stage: RefusedBy | None = None, reason: Name | None = None, provider: Name | None = None,
    since: datetime | None = None, ids: Annotated[list[DeadLetterId], Field(max_length=MAX_FOUND)] = [],  # noqa: B006 - never changed
    most: Annotated[int, Field(ge=1, le=MAX_FOUND)] = 1000, handled: bool = False, by: By | None = None,
) -> dict[str, int]:  # fmt: skip
    """Sends dead letters again: those with these ids, or all that match the other fields. Repeating it changes nothing.
    What is refused again is in the run's state and its table. A run that is cancelled has sent whole batches.

    Args:
        stage: Only what this stage refused.
        reason: Only this reason, as `dateline dead-letters list` shows them.
        provider: Only this provider's.
        since: Only what was refused since then.
        ids: These letters, and no others (like 0-17).
        most: At most so many, the newest first.
        handled: Also those that were replayed, edited or discarded before.
        by: Name for the audit trail. By default the run's.
    """
    letters, total = chosen(list(ids), Filter(stage, reason, provider, since), handled, most)
    progress, by = Progress("replay-progress", "Dead letters that were sent again"), who(by)
    counts = {"chosen": len(letters), "left": total - len(letters), "replayed": 0, "events": 0, "refused": 0}
    refused: list[dict[str, str]] = []
    for start in range(0, len(letters), _BATCH):
        done = send_again(letters[start : start + _BATCH], by)
        counts["replayed"] += done["replayed"]
        counts["events"] += done["events"]
        refused += done["refused"]
        progress(start + _BATCH, len(letters))
    counts["refused"] = len({one["id"] for one in refused})
    show_table("replay-refused", refused, f"{counts['refused']} dead letters were refused again")
    if not letters:
        return finished(counts, "No dead letter matches.", done=0, refused=0)
    more = f"; {counts['left']} more match: run it again" if counts["left"] > 0 else ""
    message = f"{counts['replayed']} of {len(letters)} replayed, {counts['refused']} refused again{more}."
    if counts["refused"] and not counts["replayed"]:
        return failed(counts, f"{message} {refused[0]['reason']}: {refused[0]['detail']}")
    return finished(counts, message, done=counts["replayed"], refused=counts["refused"])
