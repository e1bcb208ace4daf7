"""dateline preview: what each stage would make of an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.pretty import Pretty
from rich.text import Text

from pipeline.commands.options import AsJson, PrivateNetworks, Provider, ProviderId, Source, Timezone, Url, hints
from pipeline.commands.shared import Exit, configured, out, print_json, print_left_out, reports

if TYPE_CHECKING:
    from pipeline.operations.preview import Row


@reports
def preview(
    where: Source, provider: Provider = None, timezone: Timezone = None, url: Url = None, guid: ProviderId = None,
    private_networks: PrivateNetworks = False, json: AsJson = False,
) -> None:  # fmt: skip
    """Show what each stage would make of an item, up to the Elasticsearch document. Needs no engine."""
    from pipeline.ingest.intake import read_items
    from pipeline.operations.preview import preview_item

    refused = False
    known = hints(provider, timezone, url, guid)
    for read in read_items(where, known, configured(), private_networks=private_networks):
        for row in preview_item(read, configured()):
            refused = refused or "rejected" in row
            if json:
                print_json(row, line=True)
            else:
                _show(row)
        print_left_out(read.item.source, read.left_out)
    if refused:
        raise typer.Exit(Exit.REFUSED)


def _show(row: Row) -> None:
    if "rejected" in row:
        out.print(Text(f"{row['source']}: refused", "bold red"), soft_wrap=True)
        out.print(Pretty(row["rejected"]))
        return
    out.rule(f"{row['source']} ({row['kind']})")
    for part in ("normalized", "enriched", "document"):
        out.print(Text(part, "bold"))
        out.print(Pretty(row[part], max_string=300, max_length=12))
