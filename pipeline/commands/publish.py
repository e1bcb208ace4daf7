"""dateline publish: send news into the pipeline."""

from __future__ import annotations

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from pipeline.commands.options import AsJson, PrivateNetworks, Provider, ProviderId, Source, Timezone, Url, hints
from pipeline.commands.shared import Exit, err, out, print_json, print_left_out, reports, settings

_COUNTED_AS = {"article": "articles", "comment": "comments", "patch": "partial_updates"}
"""Kind of an event to the name of its count; all others are notices."""


@reports
def publish(
    where: Source, provider: Provider = None, timezone: Timezone = None, url: Url = None, guid: ProviderId = None,
    private_networks: PrivateNetworks = False, json: AsJson = False,
) -> None:  # fmt: skip
    """Publish news in any known format: articles and their readers' comments. Returns when Kafka has all of it."""
    from pipeline.ingest.intake import count_items, read_items
    from pipeline.ingest.publisher import Publisher
    from schemas.events import RawArticleEvent

    known = hints(provider, timezone, url, guid)
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
        for read in read_items(where, known, settings(), private_networks=private_networks):
            print_left_out(read.item.source, read.left_out)
            if read.left_out and not read.events and not read.rejects:
                continue  # it is about the folder
            counts["items"] += 1
            for event in read.events:
                if publisher.publish(event, read.item.source) is not None:
                    counts["refused"] += 1
                    continue
                counts[_COUNTED_AS.get(event.data.kind, "notices")] += 1
                if isinstance(event, RawArticleEvent):
                    ids.append(str(event.data.article_id))
            if read.reject is not None:
                counts["refused"] += 1
                publisher.refuse(read, provider)
                why = f" {read.item.source}: {read.reject}"
                bar.console.print(Text.assemble(("refused", "yellow"), why), soft_wrap=True)
            bar.advance(task)
        bar.update(task, description="Waiting for Kafka")
        publisher.flush()
        for event, _ in publisher.refused:
            counts[_COUNTED_AS.get(event.data.kind, "notices")] -= 1
            counts["refused"] += 1
    if json:
        print_json({**counts, "article_ids": list(dict.fromkeys(ids))})
    else:
        shown = ["articles", "comments", *(name for name in ("partial_updates", "notices") if counts[name])]
        parts = [_number(counts[name], name.replace("_", " ")) for name in shown]
        refused = f"; {counts['refused']} refused (dateline dead-letters list)" if counts["refused"] else ""
        out.print(f"Published {', '.join(parts)} from {_number(counts['items'], 'items')}{refused}.")
    if counts["refused"]:
        raise typer.Exit(Exit.REFUSED)


def _number(count: int, plural: str) -> str:
    return f"{count:,} {plural.removesuffix('s') if count == 1 else plural}"
