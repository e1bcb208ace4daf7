"""dateline reconcile: compare Kafka with the indices, and repair what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import AsJson, By
from pipeline.commands.shared import Exit, err, out, print_json, reports, settings
from pipeline.commands.tables import ProgressBar

if TYPE_CHECKING:
    from pipeline.operations.reconcile import Differences


@reports
def reconcile(
    repair: Annotated[bool, typer.Option("--repair", help="Write what is missing or stale, remove what should not be there.")] = False,
    mend: Annotated[bool, typer.Option("--mend", hidden=True, help="The former name of --repair.")] = False,
    by: By = None,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Compare the compacted topics with the indices: what is missing, stale, extra or wrongly visible."""
    from pipeline.operations.reconcile import reconcile_indices

    repair = repair or mend
    with ProgressBar("Reading the topics", json) as progress:
        found = reconcile_indices(settings(), repair=repair, by=by, progress=progress)
    if json:
        repaired = bool(repair and found)
        print_json({**found.as_json(), "repaired": repaired, "mended": repaired})  # under its former name too
    else:
        _show(found, repair)
    if found.unrepaired or (found and not repair):
        raise typer.Exit(Exit.REFUSED)


def _show(found: Differences, repair: bool) -> None:
    out.print(f"{found.compared:,} documents should be there.")
    for name, keys in found.kinds().items():
        if keys:
            some = ", ".join(f"{alias}/{id_}" for alias, id_ in keys[:3])
            out.print(
                f"{len(keys):,} {name.replace('_', ' ')}: {some}{' …' if len(keys) > 3 else ''}",
                soft_wrap=True,
            )
    if not found:
        out.print("The indices have exactly these.")
    elif not repair:
        out.print("`dateline reconcile --repair` repairs this.")
    elif not found.unrepaired:
        out.print("All repaired.")
    if found.unrepaired:
        err.print(
            f"{found.unrepaired:,} could not be repaired in place: the indices have higher versions than the topics. "
            "`dateline reindex` builds new indices.",
            soft_wrap=True,
        )
