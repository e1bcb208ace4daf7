"""feeds: which are followed, and how that goes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from pipeline.commands.options import check_zone
from pipeline.commands.shared import Exit, err, out, print_json, reports, settings
from pipeline.errors import Fatal
from pipeline.feeds import polling as following
from pipeline.feeds import schedule
from pipeline.feeds.websub import WebSubHubs
from pipeline.formats import opml
from pipeline.ingest.fetching import Fetcher
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.clients import ensure_topics
from pipeline.kafka.compacted import StateTopic
from schemas.subscription import Subscription

feeds = typer.Typer(no_args_is_help=True, help="Feeds that are followed.")
AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON.")]


@feeds.command("add")
@reports
def feeds_add(
    url: Annotated[str, typer.Argument(help="The feed's address.")],
    provider: Annotated[str | None, typer.Option(help="Whose it is; by default the address's domain.")] = None,
    timezone: Annotated[str, typer.Option(help="IANA zone of times that name none.")] = "UTC",
    full_text: Annotated[
        bool, typer.Option("--full-text", help="Fetch the page of an item that has only a summary.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Follow a feed (RSS, Atom, JSON Feed, or a news sitemap). Adding it again changes its options, and enables it."""
    check_zone(timezone)
    wanted = following.subscription(
        url, datetime.now(UTC), provider=provider, timezone=timezone, full_text=full_text
    )  # fmt: skip
    with _feeds() as known:
        old = known.get(str(wanted.feed_id))
        if old is not None:
            changes = {"provider": wanted.provider, "timezone": timezone, "full_text": full_text}
            wanted = old.model_copy(
                update=changes | {"disabled": None, "failures": 0, "problem": None, "next_poll": None}
            )
        known.put([(str(wanted.feed_id), wanted)])
    if json:
        print_json(_feed_row(wanted))
    else:
        out.print(
            f"{'Following' if old is None else 'Still following'} {wanted.url} as {wanted.provider} ({wanted.feed_id}).",
            soft_wrap=True,
        )


@feeds.command("list")
@reports
def feeds_list(json: AsJson = False) -> None:
    """Every feed: how news of it comes (polled, or brought by its hub), when next, and what is wrong."""
    with _feeds() as known:
        several = known.all()
    rows = [_feed_row(feed) for feed in sorted(several, key=lambda feed: feed.url)]
    if json:
        print_json(rows)
    elif not rows:
        out.print("No feed is followed yet. `dateline feeds add URL` follows one; `feeds import FILE` takes OPML.")
    else:
        table = Table("feed", "provider", "how", "last asked", "next", "trouble", box=None, pad_edge=False)
        for row in rows:
            table.add_row(
                row["url"], row["provider"], row["how"], _moment(row["polled"]),
                "–" if row["disabled"] else _moment(row["next_poll"]) or "now", row["problem"] or "",
            )  # fmt: skip
        out.print(table)


@feeds.command("remove")
@reports
def feeds_remove(wanted: Annotated[str, typer.Argument(metavar="ID|URL", help="A feed's id or address.")]) -> None:
    """Follow a feed no more. What it brought stays."""
    with _feeds() as known:
        feed = following.find(known, wanted)
        known.put([(str(feed.feed_id), None)])
    out.print(f"{feed.url} is no longer followed.", soft_wrap=True)


@feeds.command("import")
@reports
def feeds_import(
    file: Annotated[Path, typer.Argument(help="An OPML file, as feed readers export it.")],
    full_text: Annotated[
        bool, typer.Option("--full-text", help="Fetch the page of an item that has only a summary.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Follow every feed of an OPML list; those that are followed already stay as they are."""
    try:
        content = file.read_bytes()
    except OSError as e:
        raise Fatal(f"can't read {file}: {e.strerror}") from e
    now = datetime.now(UTC)
    several = [
        following.subscription(one.url, now, title=one.title, category=one.category, full_text=full_text)
        for one in opml.outlines(content)
    ]
    if not several:
        raise Fatal(f"{file} lists no feeds (outline elements with xmlUrl)")
    with _feeds() as known:
        fresh = [feed for feed in several if known.get(str(feed.feed_id)) is None]
        known.put([(str(feed.feed_id), feed) for feed in fresh])
    if json:
        print_json({"listed": len(several), "added": len(fresh)})
    else:
        out.print(f"{len(fresh)} feeds added, {len(several) - len(fresh)} were followed already.")


@feeds.command("poll")
@reports
def feeds_poll(
    wanted: Annotated[str | None, typer.Argument(metavar="ID|URL", help="One feed, whether it is due or not.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All feeds, whether they are due or not.")] = False,
    json: AsJson = False,
) -> None:
    """Ask feeds now, as the flow `poll-feeds` does by itself every minute."""
    current = settings()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        _feeds() as known,
        Publisher(current) as publisher,
        Fetcher(current.largest_record, private_networks=current.private_networks) as fetcher,
        Progress(*columns, console=err, transient=True, disable=json) as bar,
    ):
        now = datetime.now(UTC)
        chosen = (
            [following.find(known, wanted)] if wanted else [f for f in known.all() if every or schedule.is_due(f, now)]
        )
        task = bar.add_task("Polling", total=len(chosen))
        hubs = WebSubHubs(current.public_url, fetcher) if current.public_url else None
        finished = following.poll_all(current, known, publisher, chosen, told=lambda _: bar.advance(task), hubs=hubs)
    rows: list[dict[str, Any]] = [
        {"url": p.feed.url, "outcome": p.outcome, "events": len(p.events), "refused": len(p.rejects), "problem": p.feed.problem}
        for p in finished
    ]  # fmt: skip
    if json:
        print_json(rows)
    else:
        for row in rows:
            out.print(
                f"{row['outcome']:<10} {row['url']}  {row['events']} events"
                + (f", {row['refused']} refused" if row["refused"] else "")
                + (f"  [yellow]{row['problem']}[/]" if row["problem"] else ""),
                soft_wrap=True,
            )
        out.print(f"{len(rows)} feeds asked, {sum(row['events'] for row in rows)} events are with Kafka.")
    if any(row["outcome"] in ("failed", "disabled") for row in rows):
        raise typer.Exit(Exit.REFUSED)


def _feeds() -> StateTopic[Subscription]:
    ensure_topics(settings())
    return following.open_feeds(settings())


def _feed_row(feed: Subscription) -> dict[str, Any]:
    row = feed.model_dump(mode="json", exclude={"seen", "hub", "etag", "last_modified"})
    hub = feed.hub
    how = "polled"
    if hub is not None:
        how = {"active": f"WebSub until {hub.lease_until:%Y-%m-%d}" if hub.lease_until else "WebSub", "asked": "polled (hub asked)"}.get(
            hub.state.value, f"polled (hub refused: {hub.problem})"
        )  # fmt: skip
    elif settings().public_url is None:
        how = "polled (DATELINE_PUBLIC_URL is not set)"
    return row | {"how": "disabled" if feed.disabled else how, "known_items": len(feed.seen)}


def _moment(text: str | None) -> str:
    return text[:16].replace("T", " ") if text else ""
