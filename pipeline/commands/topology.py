"""dateline topology: the flow as a picture."""

from __future__ import annotations

import typer

from pipeline.commands.options import AsJson
from pipeline.commands.shared import configured, print_json, reports


@reports
def topology(json: AsJson = False) -> None:
    """The stages and the topics between them, as a Mermaid flowchart; with --json as data. Needs no engine."""
    from pipeline.operations.picture import as_data, mermaid

    if json:
        print_json(as_data(configured()))
    else:
        typer.echo(mermaid(configured()))
