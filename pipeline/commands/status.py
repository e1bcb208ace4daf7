"""dateline status: the state of the pipeline."""

from __future__ import annotations

import typer
from rich.text import Text

from pipeline.commands.options import AsJson
from pipeline.commands.shared import Exit, out, print_json, reports, settings
from pipeline.commands.tables import table
from pipeline.operations.status import read_status


@reports
def status(json: AsJson = False) -> None:
    """Records received, lag of each stage and who reads for it, documents in the indices, dead letters.

    In red, and in the exit code: an engine that is away, or a stage with work that nobody reads for (4); records that our
    own code failed on in the last hour (1).
    """
    found = read_status(settings())
    if json:
        print_json(found)
    else:
        for engine in ("kafka", "elasticsearch"):
            state = found[engine]
            up = [("up", "green")] if state["up"] else [("away", "red"), f"  {state.get('error', '')}"]
            out.print(Text.assemble(f"{engine:<14} ", *up), soft_wrap=True)
        if found["stages"]:
            stages = table("stage", "consumer group", "read by", "behind by")
            for name, stage in found["stages"].items():
                lag = f"{stage['lag']:,}" if stage["started"] else f"{stage['lag']:,} (not started)"
                nobody = Text("nobody", "red" if stage["lag"] else "dim")
                stages.add_row(name, stage["group"], str(stage["members"]) if stage["members"] else nobody, lag)
            out.print(stages)
        if found["refusals"]:
            refusals = table("refused by", "records", "failed in the last hour")
            for name, one in found["refusals"].items():
                failed = Text(f"{one['failed_last_hour']:,}", "red" if one["failed_last_hour"] else "dim")
                refusals.add_row(name, f"{one['refused']:,}", failed)
            out.print(refusals)
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
    if not found["ok"] or any(stage["lag"] and not stage["members"] for stage in found["stages"].values()):
        raise typer.Exit(Exit.AWAY)
    if any(one["failed_last_hour"] for one in found["refusals"].values()):
        raise typer.Exit(Exit.REFUSED)
