"""dateline demo: a story from the wire to the search box."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.shared import reports


@reports
def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the summary instead of staying up.")] = False,
) -> None:
    """Send real pages through Kafka to a searchable story, and show how long each stage took."""
    from pipeline.commands.demonstration import demonstrate

    demonstrate(stay=not once)
