"""dateline trace: where is my story?"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.text import Text

from pipeline.commands.options import AsJson
from pipeline.commands.shared import Exit, out, print_json, reports, settings
from pipeline.commands.tables import table
from pipeline.operations.trace import trace_item


@reports
def trace(
    wanted: Annotated[
        str, typer.Argument(metavar="ID|URL", help="An article's or comment's id, or an article's address.")
    ],
    json: AsJson = False,
) -> None:
    """Where is my story? Its way through the stages, and the index that has it."""
    found = trace_item(settings(), wanted)
    nothing = not found["steps"] and not found["documents"]
    if json:
        print_json(found)
    elif nothing:
        out.print(f"{wanted} is in no topic and no index.")
    else:
        _show(found)
    if nothing:
        raise typer.Exit(Exit.REFUSED)


def _show(found: dict[str, Any]) -> None:
    steps = table("at", "topic", "event", "partition", "offset", "bytes")
    for step in found["steps"]:
        steps.add_row(
            step["at"][11:23],
            step["topic"],
            step.get("refused") or step["type"] or "",
            str(step["partition"]),
            str(step["offset"]),
            f"{step['bytes']:,}",
        )
        for name, at in step.get("times", {}).items():
            steps.add_row(Text(at[11:23], "dim"), Text(f"  {name}", "dim"), "", "", "", "")
    out.print(steps)
    for document in found["documents"]:
        indexed = document.get("processed", {}).get("indexed", "")
        out.print(
            Text.assemble(
                f"{indexed[11:23]:<12} ",
                (document["index"], "bold"),
                f" {document['status']}",
                f" until {document['until']}" if document.get("until") else "",
                f", version {document['version']}",
            )
        )
    if found["waiting"]:
        out.print("Only partial updates have arrived; they are pending until the whole article arrives.")
