"""dateline audit: who changed what."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from pipeline.commands.options import AsJson
from pipeline.commands.shared import out, print_json, reports, settings
from pipeline.commands.tables import table, time_of


@reports
def audit(
    action: Annotated[str | None, typer.Option(help="Only this action: kill, dead-letter-edit, …")] = None,
    subject: Annotated[str | None, typer.Option(help="Only what was done to this id.")] = None,
    size: Annotated[int, typer.Option(min=1, max=10_000, help="Maximum number of entries, newest first.")] = 20,
    json: AsJson = False,
) -> None:
    """Who changed what: kills, erasures, replays, reindexing. Entries are stored for a year."""
    from pipeline.operations.audit import find_entries

    found = find_entries(settings(), action, subject, size)
    if json:
        print_json({**found, "deeds": found["entries"]})  # under its former name too
        return
    if not found["total"]:
        out.print("There are no audit entries.")
        return
    shown = table("at (UTC)", "by", "action", "subject", "reason")
    for one in found["entries"]:
        shown.add_row(time_of(one["at"]), one["by"], one["action"], one["subject"], Text(one.get("reason", "")))
    out.print(shown)
    if found["total"] > len(found["entries"]):
        out.print(f"{len(found['entries']):,} of {found['total']:,}")
