"""dateline tap: records as they pass."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer
from rich.text import Text

from pipeline.commands.options import AsJson
from pipeline.commands.shared import out, print_json, reports, settings


@reports
def tap(
    topic: Annotated[str, typer.Argument(help="Such as articles.raw, articles.current, dead-letters.")],
    provider: Annotated[str | None, typer.Option("--provider", help="Only records of this provider.")] = None,
    last: Annotated[int, typer.Option("--last", min=0, help="Begin with about so many of each partition.")] = 0,
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=0.1, help="End after so long (default: Ctrl-C).")
    ] = None,
    json: AsJson = False,
) -> None:
    """Show the records of a topic as they pass, until Ctrl-C. Reading them changes nothing for anybody.

    With --json one object a line, with the whole record in `value`.
    """
    from pipeline.operations.tap import tap as passing
    from pipeline.operations.tap import tap_topic

    current = settings()
    chosen = tap_topic(current, topic)
    until = time.monotonic() + seconds if seconds is not None else None
    rows = passing(
        current, chosen, provider=provider, last=last, going_on=lambda: until is None or time.monotonic() < until
    )
    for one in rows:
        if json:
            print_json(one, line=True)
        else:
            out.print(_line(one), no_wrap=True, overflow="ellipsis", crop=True)


def _line(one: dict[str, Any]) -> Text:
    """One line of a terminal: the rest of a headline is cut off."""
    headline = " ".join(str(one["headline"] or one["key"]).split())
    place = f"{one['partition']}-{one['offset']}"
    return Text.assemble(
        (one["at"][11:23], "dim"), f" {place:<9} ", (str(one["provider"] or "–"), "cyan"), " ",
        (str(one["type"] or "").removeprefix("article.").removeprefix("comment."), "bold"), f" {headline}",
    )  # fmt: skip
