"""dateline snapshot: copies of the indices, and restoring one."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import AsJson, By
from pipeline.commands.shared import out, print_json, reports, settings
from pipeline.commands.tables import ProgressBar, table, time_of

snapshot = typer.Typer(no_args_is_help=True, help="Copies of the indices; a restore applies all kills since then.")


@snapshot.command("create")
@reports
def snapshot_create(by: By = None, json: AsJson = False) -> None:
    """Copy the live indices."""
    from pipeline.operations.snapshots import create_snapshot

    done = create_snapshot(settings(), by)
    if json:
        print_json(done)
    else:
        out.print(f"Snapshot {done['name']}: {len(done['indices'])} indices in {done['seconds']:.1f} s.")


@snapshot.command("list")
@reports
def snapshot_list(json: AsJson = False) -> None:
    """List the snapshots, the oldest first."""
    from pipeline.operations.snapshots import list_snapshots

    found = list_snapshots(settings())
    if json:
        print_json(found)
        return
    if not found:
        out.print("There are no snapshots. `dateline snapshot create` makes one.")
        return
    shown = table("name", "at (UTC)", "state", "indices")
    for one in found:
        shown.add_row(one["name"], time_of(one["at"]), one["state"], str(len(one["indices"])))
    out.print(shown)


@snapshot.command("restore")
@reports
def snapshot_restore(
    name: Annotated[str, typer.Argument(help="Its name, as `list` shows it.")],
    by: By = None,
    json: AsJson = False,
) -> None:
    """Restore a snapshot as new indices, apply all changes since (kills first), and only then move the aliases."""
    from pipeline.operations.reconcile import reconcile_indices
    from pipeline.operations.snapshots import open_restored, prepare_restore

    before, after = prepare_restore(settings(), name)
    with ProgressBar("Applying changes since", json) as progress:
        found = reconcile_indices(settings(), repair=True, targets=after, progress=progress)
    open_restored(settings(), name, before, after, by)
    with ProgressBar("Comparing once more", json) as progress:
        again = reconcile_indices(settings(), repair=True, by=by, progress=progress)
    if json:
        print_json({"name": name, "applied": found.as_json(), "after": again.as_json()})
        return
    out.print(
        f"{name} is live. Of {found.compared:,} documents {len(found.missing):,} were missing in it, {len(found.stale):,} out of date, "
        f"{len(found.visible):,} no longer public. `dateline reindex --finish` deletes the previous indices."
    )
