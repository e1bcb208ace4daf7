"""dateline status: the state of the pipeline."""

from __future__ import annotations

import typer

from pipeline.commands.options import AsJson
from pipeline.commands.shared import Exit, out, print_json, reports, settings
from pipeline.commands.tables import table
from pipeline.operations.status import read_status


@reports
def status(json: AsJson = False) -> None:
    """Records received, lag of each stage, documents in the indices, dead letters."""
    found = read_status(settings())
    if json:
        print_json(found)
    else:
        for engine in ("kafka", "elasticsearch"):
            state = found[engine]
            out.print(
                f"{engine:<14} " + ("[green]up[/]" if state["up"] else f"[red]away[/]  {state.get('error', '')}"),
                soft_wrap=True,
            )
        if found["stages"]:
            stages = table("stage", "consumer group", "behind by")
            for name, stage in found["stages"].items():
                lag = f"{stage['lag']:,}" if stage["started"] else f"{stage['lag']:,} (not started)"
                stages.add_row(name, stage["group"], lag)
            out.print(stages)
        if found["topics"]:
            topics = table("topic", "records", "cleanup")
            for name, topic in found["topics"].items():
                topics.add_row(name, f"{topic['records']:,}", topic["cleanup"])
            out.print(topics)
        if found["documents"]:
            documents = table("index", "documents")
            for name, count in found["documents"].items():
                documents.add_row(name, f"{count:,}")
            out.print(documents)
    if not found["ok"]:
        raise typer.Exit(Exit.AWAY)
