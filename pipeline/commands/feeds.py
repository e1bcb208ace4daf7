"""feeds: follow feeds, list them, poll them now."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from pipeline.commands.options import check_zone
from pipeline.commands.shared import Exit, err, out, print_json, reports, settings
from pipeline.errors import Fatal

if TYPE_CHECKING:
    from schemas.subscription import Subscription

feeds = typer.Typer(no_args_is_help=True, help="Follow feeds (RSS, Atom, JSON Feed, news sitemaps).")
AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON.")]


@feeds.command("add")
@reports
def feeds_add(
    url: Annotated[str, typer.Argument(help="The feed's address.")],
    provider: Annotated[
        str | None, typer.Option(help="The provider of its items; by default the address's domain.")
    ] = None,
    timezone: Annotated[str, typer.Option(help="IANA time zone for times without one.")] = "UTC",
    full_text: Annotated[
        bool, typer.Option("--full-text", help="Fetch the page of an item that has only a summary.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Follow a feed (RSS, Atom, JSON Feed, or a news sitemap). Adding it again changes its options, and enables it."""
    from pipeline.feeds.subscriptions import open_subscriptions, subscription

    check_zone(timezone)
    wanted = subscription(
        url, datetime.now(UTC), provider=provider, timezone=timezone, full_text=full_text
    )  # fmt: skip
    with open_subscriptions(settings()) as known:
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
    """Every feed: polled or delivered by its hub, when it is polled next, and its last problem."""
    from pipeline.feeds.subscriptions import open_subscriptions

    with open_subscriptions(settings()) as known:
        several = known.all()
    rows = [_feed_row(feed) for feed in sorted(several, key=lambda feed: feed.url)]
    if json:
        print_json(rows)
    elif not rows:
        out.print("No feed is followed yet. `dateline feeds add URL` follows one; `feeds import FILE` reads OPML.")
    else:
        table = Table("feed", "provider", "how", "last polled", "next", "problem", box=None, pad_edge=False)
        for row in rows:
            table.add_row(
                row["url"], row["provider"], row["how"], _moment(row["polled"]),
                "–" if row["disabled"] else _moment(row["next_poll"]) or "now", row["problem"] or "",
            )  # fmt: skip
        out.print(table)


@feeds.command("remove")
@reports
def feeds_remove(wanted: Annotated[str, typer.Argument(metavar="ID|URL", help="A feed's id or address.")]) -> None:
    """Stop following a feed. What was published from it stays."""
    from pipeline.feeds.subscriptions import find, open_subscriptions

    with open_subscriptions(settings()) as known:
        feed = find(known, wanted)
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
    """Follow every feed of an OPML list. Feeds that are followed already don't change."""
    from pipeline.feeds.subscriptions import open_subscriptions, subscription
    from pipeline.formats import opml

    try:
        content = file.read_bytes()
    except OSError as e:
        raise Fatal(f"can't read {file}: {e.strerror}") from e
    now = datetime.now(UTC)
    several = [
        subscription(one.url, now, title=one.title, category=one.category, full_text=full_text)
        for one in opml.outlines(content)
    ]
    if not several:
        raise Fatal(f"{file} lists no feeds (outline elements with xmlUrl)")
    with open_subscriptions(settings()) as known:
        fresh = [feed for feed in several if known.get(str(feed.feed_id)) is None]
        known.put([(str(feed.feed_id), feed) for feed in fresh])
    if json:
        print_json({"listed": len(several), "added": len(fresh)})
    else:
        out.print(f"{len(fresh)} feeds added, {len(several) - len(fresh)} were followed already.")


@feeds.command("poll")
@reports
def feeds_poll(
    wanted: Annotated[str | None, typer.Argument(metavar="ID|URL", help="Only this feed, due or not.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All feeds, due or not.")] = False,
    json: AsJson = False,
) -> None:
    """Poll feeds now, as the flow `poll-feeds` does every minute."""
    from pipeline.feeds.rounds import poll_feeds

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=json) as bar:
        task = bar.add_task("Polling", total=None)
        finished = poll_feeds(
            settings(), wanted, every=every,
            on_start=lambda number: bar.update(task, total=number), on_result=lambda _: bar.advance(task),
        )  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"url": one.url, "outcome": one.outcome, "events": one.events, "refused": one.refused, "problem": one.problem}
        for one in finished
    ]  # fmt: skip
    if json:
        print_json(rows)
    else:
        for row in rows:
            out.print(
                Text.assemble(
                    f"{row['outcome']:<10} {row['url']}  {row['events']} events",
                    f", {row['refused']} refused" if row["refused"] else "",
                    (f"  {row['problem']}" if row["problem"] else "", "yellow"),
                ),
                soft_wrap=True,
            )
        out.print(f"{len(rows)} feeds polled, {sum(row['events'] for row in rows)} events are in Kafka.")
    if any(row["outcome"] in ("failed", "disabled") for row in rows):
        raise typer.Exit(Exit.REFUSED)


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
