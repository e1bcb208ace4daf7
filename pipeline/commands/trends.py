"""dateline trends: names and topics on the rise."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from pipeline.commands.options import AsJson
from pipeline.commands.shared import out, print_json, reports, settings
from pipeline.commands.tables import table


class TrendKind(StrEnum):
    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    TOPIC = "topic"


@reports
def trends(
    kind: Annotated[TrendKind | None, typer.Option(help="Only this kind.")] = None,
    size: Annotated[int, typer.Option(min=1, max=100, help="Maximum number of trends.")] = 10,
    json: AsJson = False,
) -> None:
    """Names and topics on the rise: in more stories of the last six hours than is usual for them."""
    from pipeline.index.client import open_client
    from pipeline.search.reader import Reader

    with open_client(settings(), timeout=10) as client:
        found = Reader(client, settings()).trends(datetime.now(UTC), kind.value if kind else None, size)
    if json:
        print_json(found)
        return
    if not found:
        out.print("No name or topic is on the rise.")
        return
    shown = table("name", "kind", "stories in 6 h", "usual", "score")
    for one in found:
        shown.add_row(
            Text(one["name"]), one["kind"], str(one["count"]), f"{one['expected']:.1f}", f"{one['score']:.1f}"
        )
    out.print(shown)
