"""dateline trace: where is my story?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from pipeline.commands.options import AsJson, moment
from pipeline.commands.shared import Exit, err, out, print_json, reports, settings
from pipeline.commands.tables import ProgressBar, table
from pipeline.errors import Fatal

if TYPE_CHECKING:
    from schemas.funnel import Funnel

_COLOURS = {"refused": "red", "waiting": "yellow", "hidden": "yellow", "indexed": "green", "current": "green"}


@reports
def trace(
    wanted: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID|URL|GUID]",
            help="An article's or comment's id, an article's address, or its provider's own id.",
        ),
    ] = None,
    provider: Annotated[
        str | None, typer.Option("--provider", help="What became of all that came from this provider.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="With --provider or alone: from then on (default: 24 hours ago).")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="And until then (default: now).")] = None,
    json: AsJson = False,
) -> None:
    """Where is my story? Each step with its time, worker, offset and outcome, and the index that has it.

    Without a story: how many items of a provider, or of all, were received, refused (and why), unchanged, indexed and
    hidden, with examples. It ends with 1 where nothing is found, with 3 where it can't look, as with another number of
    partitions than the topics have.
    """
    if wanted is None:
        if provider is None and since is None:
            raise Fatal("say which story (an id, an address, a provider's id), or --provider, or --since")
        _funnel(provider, since, until, json)
        return
    if provider or since or until:
        raise Fatal("--provider, --since and --until are for all items, not for one story")
    from pipeline.operations.outcomes_of_steps import explained
    from pipeline.operations.trace import trace_item

    current = settings()
    with err.status("Reading"):
        found = trace_item(current, wanted)
        found["steps"] = explained(current, found["steps"])
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
    steps = table("at", "topic", "event", "offset", "bytes", "outcome")
    for step in found["steps"]:
        place = f"{step['partition']}-{step['offset']}" if step.get("offset") is not None else ""
        steps.add_row(
            step["at"][11:23],
            step["topic"],
            step.get("refused") or step["type"] or "",
            place,
            f"{step['bytes']:,}" if "bytes" in step else "",
            Text(step["outcome"] or "", _COLOURS.get(step["outcome"] or "", "")),
        )
        for name, at in step.get("times", {}).items():
            steps.add_row(Text(at[11:23], "dim"), Text(f"  {name}", "dim"), "", "", "", "")
    out.print(steps)
    for worker in dict.fromkeys(step["worker"] for step in found["steps"] if step.get("worker")):
        out.print(Text(f"its partition is read by {worker}", "dim"), soft_wrap=True)
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


def _funnel(provider: str | None, since: str | None, until: str | None, json: bool) -> None:
    from pipeline.operations.funnel import read_funnel

    now = datetime.now(UTC)
    begin, end = moment("--since", since) or now - timedelta(days=1), moment("--until", until) or now
    if begin >= end:
        raise Fatal("--since has to be before --until")
    with ProgressBar("Reading", quiet=json) as progress:
        found = read_funnel(settings(), provider, begin, end, progress)
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        show_funnel(found)
    if not any(one.count for one in found.fates):
        raise typer.Exit(Exit.REFUSED)


def show_funnel(found: Funnel) -> None:
    """For a terminal."""
    out.print(f"{found.provider or 'All providers'}, {found.begin:%Y-%m-%d %H:%M} to {found.end:%Y-%m-%d %H:%M} UTC")
    rows = table("", "items", "", "for example")
    for one in found.fates:
        rows.add_row(Text(one.fate, _COLOURS.get(one.fate, "")), f"{one.count:,}", one.why, "\n".join(one.examples))
    out.print(rows)
    refused = next((one for one in found.fates if one.fate == "refused" and one.examples), None)
    if refused:
        out.print(f"`dateline dead-letters show {refused.examples[0]}` says what is wrong with it.")
