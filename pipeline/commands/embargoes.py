"""dateline embargoes: what is withheld from readers for now."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from pipeline.commands.options import AsJson
from pipeline.commands.shared import out, print_json, reports, settings
from pipeline.commands.tables import table, time_of


@reports
def embargoes(
    size: Annotated[int, typer.Option(min=1, max=10_000, help="Maximum number of articles.")] = 50,
    json: AsJson = False,
) -> None:
    """Articles withheld from readers: under embargo, the next to end first; then those withheld by their provider."""
    from pipeline.operations.embargoes import withheld_articles

    found = withheld_articles(settings(), size)
    if json:
        print_json(found)
        return
    if not found["total"]:
        out.print("No article is withheld.")
        return
    shown = table("until (UTC)", "publisher", "headline")
    shown.add_column("id", no_wrap=True, min_width=36)
    for one in found["articles"]:
        until = time_of(one.get("until")) or "its provider releases it"
        shown.add_row(until, one.get("publisher", ""), Text(one.get("headline", "")), one["article_id"])
    out.print(shown)
    if found["total"] > len(found["articles"]):
        out.print(f"{len(found['articles']):,} of {found['total']:,}")
