"""reconcile: every night, compares Kafka with the indices, and repairs what differs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from flows.support.artifacts import Progress, show_report
from flows.support.operation import io_task, operation, who
from flows.support.parameters import By
from flows.support.states import failed, finished, repaired
from pipeline.local.resolve import settings
from pipeline.operations.reconcile import Differences, reconcile_indices

SCHEDULE = "30 2 * * *"
CONCURRENCY = 1


@io_task("compare")
def compare(repair: bool, by: str) -> Differences:
    """Repeating it goes on: what was repaired no longer differs."""
    progress = Progress("reconcile-progress", "Records that are read")
    found = reconcile_indices(settings(), repair=repair, by=by, progress=progress)
    progress.finish()
    return found


@operation("reconcile", minutes=6 * 60)
def reconcile(
    repair: bool = True, most: Annotated[int, Field(ge=0, le=10_000_000)] = 1000, by: By | None = None
) -> dict[str, Any]:
    """Compares the compacted topics with the indices, and repairs what is missing, stale, extra or wrongly visible. Where
    more differs than it may repair, it fails and changes nothing: then something larger is wrong.

    Args:
        repair: Repair what differs. Without it the run fails where something does.
        most: Repair at most so many documents.
        by: Name for the audit trail. By default the run's.
    """
    found = compare(False, who(by))
    count = _count(found)
    mend = repair and 0 < count <= most
    if mend:
        found = compare(True, who(by))
        count = _count(found)
    lists = {
        name.replace("_", " ").capitalize(): [["/".join(key)] for key in keys] for name, keys in found.kinds().items()
    }
    facts = {"compared": found.compared, "different": count, "not repaired": found.unrepaired if mend else count}
    show_report("reconcile", "Kafka and the indices", facts, lists)
    kinds = ", ".join(f"{len(keys)} {name.replace('_', ' ')}" for name, keys in found.kinds().items() if keys)
    report = {**found.as_json(), "repaired": mend}
    if not count:
        return finished(report, f"{found.compared} documents compared, no differences.", done=1, refused=0)
    if not mend:
        limit = f"more than the {most} that this run may repair; find out why first" if repair else "`repair` was off"
        return failed(report, f"{count} of {found.compared} documents differ ({kinds}): {limit}.")
    if found.unrepaired:
        return failed(
            report,
            f"{found.unrepaired} of {count} can't be repaired in place ({kinds}): the flow reindex builds new indices.",
        )
    return repaired(report, f"{count} of {found.compared} documents differed ({kinds}); all are repaired.")


def _count(found: Differences) -> int:
    return sum(map(len, found.kinds().values()))
