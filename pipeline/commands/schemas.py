"""schemas: the generated JSON Schemas of the contracts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.shared import Exit, err, out, reports

schemas = typer.Typer(
    no_args_is_help=True,
    help="JSON Schemas of events, records and of what commands print with --json, generated from the models in schemas/.",
)


@schemas.command("check")
@reports
def schemas_check() -> None:
    """Check that the generated schemas are the checked-in ones, and that no change breaks a reader of older events."""
    from pipeline.topics import CONTRACTS
    from schemas.generate import check

    faults = check(CONTRACTS)
    for fault in faults:
        err.print(fault, soft_wrap=True)
    if faults:
        raise typer.Exit(Exit.REFUSED)
    out.print("The schemas are as checked in.")


@schemas.command("export")
@reports
def schemas_export(
    folder: Annotated[Path | None, typer.Argument(help="Target folder (default: schemas/json).")] = None,
) -> None:
    """Write the JSON Schemas. A change that breaks older readers is refused."""
    from pipeline.topics import CONTRACTS
    from schemas.generate import export

    written, faults = export(CONTRACTS, folder)
    for fault in faults:
        err.print(fault, soft_wrap=True)
    if faults:
        raise typer.Exit(Exit.REFUSED)
    out.print(f"{len(written)} schemas written.")
