"""publish, preview, kill: what goes in."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipeline.commands.shared import Exit, err, out, print_json, reports, settings
from pipeline.errors import Fatal
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import count_items, read_items
from pipeline.ingest.publisher import Publisher
from pipeline.operations.preview import preview as preview_rows
from pipeline.settings import settings as configured
from schemas.events import RawArticleEvent

Where = Annotated[
    str, typer.Argument(metavar="PATH|URL|-", help="A file, a folder, an address, or - for standard input.")
]
ProviderName = Annotated[
    str | None, typer.Option("--provider", help="Who sends it; by default the page's own domain, or 'local'.")
]
Zone = Annotated[
    str | None, typer.Option("--timezone", help="IANA zone of times that name none; by default the provider's, or UTC.")
]
Url = Annotated[str | None, typer.Option("--url", help="The page's address, where the item doesn't say it.")]
Guid = Annotated[str | None, typer.Option("--id", help="The provider's own id of the item.")]
Private = Annotated[bool, typer.Option("--private-networks", help="Let an address lead into a private network.")]
AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON.")]


def _said(provider: str | None, timezone: str | None, url: str | None, guid: str | None) -> Hints:
    if timezone:
        check_zone(timezone)
    return Hints(provider, timezone, url, guid)


_COUNTED = {"article": "articles", "comment": "comments", "patch": "partial_updates"}
"""Kind of an event to the name that it is counted under; the others are notices."""


def check_zone(timezone: str) -> None:
    """Raise Fatal where `--timezone` names no zone."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Fatal(f"--timezone {timezone!r} is no IANA time zone (try 'Europe/Paris' or 'UTC')") from None


@reports
def publish(
    where: Where, provider: ProviderName = None, timezone: Zone = None, url: Url = None, guid: Guid = None,
    private_networks: Private = False, json: AsJson = False,
) -> None:  # fmt: skip
    """Publish news in any known format: articles and their readers' comments, acknowledged by Kafka."""
    said = _said(provider, timezone, url, guid)
    counts = {"items": 0, "articles": 0, "comments": 0, "partial_updates": 0, "notices": 0, "refused": 0}
    ids: list[str] = []
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    total = count_items(where) if where != "-" else 1
    with Progress(*columns, console=err, transient=True, disable=json) as bar, Publisher(settings()) as publisher:
        task = bar.add_task("Publishing", total=total)
        for read in read_items(where, said, settings(), private_networks=private_networks):
            counts["items"] += 1
            for event in read.events:
                if publisher.publish(event, read.item.source) is not None:
                    counts["refused"] += 1
                    continue
                kind = event.data.kind
                counts[_COUNTED.get(kind, "notices")] += 1
                if isinstance(event, RawArticleEvent):
                    ids.append(str(event.data.article_id))
            if read.reject is not None:
                counts["refused"] += 1
                publisher.refuse(read, provider)
                bar.console.print(f"[yellow]refused[/] {read.item.source}: {read.reject}", soft_wrap=True)
            bar.advance(task)
        bar.update(task, description="Waiting for Kafka")
    if json:
        print_json({**counts, "article_ids": list(dict.fromkeys(ids))})
    else:
        shown = ["articles", "comments", *(name for name in ("partial_updates", "notices") if counts[name])]
        parts = [_number(counts[name], name.replace("_", " ")) for name in shown]
        refused = f"; [yellow]{counts['refused']} refused[/], kept in dead-letters" if counts["refused"] else ""
        out.print(f"Published {', '.join(parts)} from {_number(counts['items'], 'items')}{refused}.")
    if counts["refused"]:
        raise typer.Exit(Exit.REFUSED)


@reports
def preview(
    where: Where, provider: ProviderName = None, timezone: Zone = None, url: Url = None, guid: Guid = None,
    private_networks: Private = False, json: AsJson = False,
) -> None:  # fmt: skip
    """Show what every stage would make of an item, up to the Elasticsearch document. No engine is needed."""
    refused = False
    current, hints = configured(), _said(provider, timezone, url, guid)
    for read in read_items(where, hints, current, private_networks=private_networks):
        for row in preview_rows(read, current):
            refused = refused or "rejected" in row
            if json:
                print_json(row, line=True)
            else:
                _show(row)
    if refused:
        raise typer.Exit(Exit.REFUSED)


def _number(count: int, plural: str) -> str:
    return f"{count:,} {plural.removesuffix('s') if count == 1 else plural}"


def _show(row: dict[str, object]) -> None:
    from rich.pretty import Pretty

    if "rejected" in row:
        out.print(f"[bold red]{row['source']}: refused[/]", soft_wrap=True)
        out.print(Pretty(row["rejected"]))
        return
    out.rule(f"{row['source']} ({row['kind']})")
    for part in ("normalized", "enriched", "document"):
        out.print(f"[bold]{part}[/]")
        out.print(Pretty(row[part], max_string=300, max_length=12))
