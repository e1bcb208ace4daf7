"""dateline reindex: build new indices from Kafka."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import AsJson, By
from pipeline.commands.shared import out, print_json, reports, settings
from pipeline.commands.tables import ProgressBar
from pipeline.errors import Fatal


@reports
def reindex(
    rollback: Annotated[bool, typer.Option("--rollback", help="Bring the previous indices up to date, and go back to them.")] = False,
    finish: Annotated[bool, typer.Option("--finish", help="Delete the previous indices. Cannot be undone.")] = False,
    by: By = None,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Build new indices from Kafka, compare them, and move the aliases to them. Searches and writes go on meanwhile."""
    from pipeline.operations.reindex import build_next, delete_previous, roll_back

    if rollback and finish:
        raise Fatal("--rollback and --finish exclude each other")
    if finish:
        gone = delete_previous(settings(), by)
        if json:
            print_json({"removed": gone})
        else:
            out.print(f"Deleted {', '.join(gone)}." if gone else "There are no previous indices.", soft_wrap=True)
        return
    with ProgressBar("Rolling back" if rollback else "Building", json) as progress:
        done = (roll_back if rollback else build_next)(settings(), by, progress)
    if json:
        print_json(done)
    else:
        out.print(
            f"Generation {done['to']} has replaced {done['from']}: {done['compared']:,} documents compared, no differences. "
            "`--rollback` goes back, `--finish` deletes the other generation."
        )
