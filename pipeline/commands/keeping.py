"""Commands that keep the index right: history, audit, reconcile, reindex, snapshots, erasure."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pipeline.commands.shared import Exit, err, out, print_json, reports, settings
from pipeline.errors import Fatal
from pipeline.operations import erase as erasing
from pipeline.operations import history as past
from pipeline.operations import kill as killing
from pipeline.operations import reconcile as comparing
from pipeline.operations import reindex as building
from pipeline.operations import snapshots
from pipeline.operations.lookup import search

AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON.")]
By = Annotated[str | None, typer.Option("--by", help="Who does it, for the audit trail; your login where not said.")]

snapshot = typer.Typer(no_args_is_help=True, help="Copies of the indices, and their restoration with the kills since.")
erase = typer.Typer(no_args_is_help=True, help="Remove somebody's personal data everywhere, with a receipt.")


@reports
def kill(
    article_id: Annotated[UUID, typer.Argument(metavar="ID", help="The article's id.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the kill.")],
    by: By = None,
    reinstate: Annotated[bool, typer.Option("--reinstate", help="End a kill instead; the story has to be sent again.")] = False,
    wait: Annotated[float, typer.Option(min=0, max=600, help="Seconds to wait for the indices.")] = killing.PATIENCE,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Withdraw an article for good, with a receipt: each place where it was, and that it is gone, or by when."""
    done = killing.kill(settings(), article_id, reason, by, reinstate=reinstate, wait=wait)
    if json:
        print_json(done)
    elif reinstate:
        out.print(f"The kill of {article_id} is ended. Its text was dropped: the story has to be sent again.")
    else:
        out.print(f"Kill of {article_id}")
        _receipt(done["receipt"])
    if not done["done"]:
        err.print(
            "[yellow]The kill is with Kafka, but the indices still have the article.[/] It takes effect when worker and indexer run; "
            "`dateline status` shows them.",
            soft_wrap=True,
        )
        raise typer.Exit(Exit.REFUSED)


@erase.command("comment-author")
@reports
def comment_author(
    author: Annotated[str, typer.Argument(metavar="NAME", help="The name as it is shown.")],
    publisher: Annotated[str | None, typer.Option(help="Only on this publisher's articles.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    by: By = None,
    json: AsJson = False,
) -> None:
    """Remove every comment of an author, as data-protection law asks; the name doesn't go to the audit trail."""
    if not yes and not typer.confirm(f"Remove every comment of {author!r}? There is no way back", err=True):
        raise Fatal("nothing was done")
    done = erasing.erase_author(settings(), author, publisher, by)
    if json:
        print_json(done)
    else:
        out.print(f"{done['comments']:,} comment{'' if done['comments'] == 1 else 's'} removed")
        _receipt(done["receipt"])
    if not done["done"]:
        raise typer.Exit(Exit.REFUSED)


@reports
def history(
    article_id: Annotated[UUID, typer.Argument(metavar="ID", help="The article's id.")],
    diff: Annotated[tuple[int, int] | None, typer.Option("--diff", metavar="A B", help="What changed between two revisions, by their numbers.")] = None,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Every revision of an article that is kept, the oldest first; and what changed between any two."""
    found = past.history(settings(), str(article_id))
    if diff is not None:
        wrong = [n for n in diff if not 1 <= n <= len(found)]
        if wrong:
            raise Fatal(f"--diff {wrong[0]}: there are revisions 1 to {len(found)}")
        lines = list(past.difference(found[diff[0] - 1], found[diff[1] - 1]))
        if json:
            print_json({"from": diff[0], "to": diff[1], "lines": lines})
            return
        for line in lines:
            out.print(Text(line, {"-": "red", "+": "green"}.get(line[:1], "dim")), soft_wrap=True)
        return
    if json:
        print_json(found)
        return
    table = Table("", "modified (UTC)", "received (UTC)", "standing", "headline", box=None, pad_edge=False)
    for one in found:
        times = one.get("revision", {})
        table.add_row(
            str(one["number"]), _time(times, "modified"), _time(times, "received"), _standing(one), Text(one.get("headline", "(its text is gone)")),
        )  # fmt: skip
    out.print(table)


_MADE = frozenset({"modified", "body_html", "authors", "written_by", "agency"})
"""What changes with other fields of a partial update."""


def _standing(revision: dict[str, Any]) -> str:
    named = [name for name in revision.get("named_fields", []) if name not in _MADE]
    emptied = [f"no {name}" for name in revision.get("cleared", []) if name not in _MADE]
    standing = str(revision.get("standing", ""))
    return f"{standing}: {', '.join([*named, *emptied])}" if named or emptied else standing


@reports
def audit(
    action: Annotated[str | None, typer.Option(help="Only these deeds: kill, dead-letter-edit, …")] = None,
    subject: Annotated[str | None, typer.Option(help="Only what was done to this id.")] = None,
    size: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")] = 20,
    json: AsJson = False,
) -> None:
    """Who did what: kills, erasures, replays, reindexing; kept for a year."""
    filters = [{"term": {name: value}} for name, value in (("action", action), ("subject", subject)) if value]
    answer = search(settings(), "audit", query={"bool": {"filter": filters}}, sort=[{"at": "desc"}], size=size)
    found = [hit["_source"] for hit in answer["hits"]["hits"]]
    if json:
        print_json({"total": answer["hits"]["total"]["value"], "deeds": found})
        return
    if not found:
        out.print("Nothing was done yet.")
        return
    table = Table("at (UTC)", "by", "deed", "to", "reason", box=None, pad_edge=False)
    for one in found:
        table.add_row(
            one["at"][:19].replace("T", " "), one["by"], one["action"], one["subject"], Text(one.get("reason", ""))
        )
    out.print(table)


@reports
def reconcile(
    mend: Annotated[bool, typer.Option("--mend", help="Write what is missing or stale, remove what should not be there.")] = False,
    by: By = None,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Compare the compacted topics with the indices: missing, stale, extra, wrongly visible."""
    with _Bar("Reading the topics", json) as progress:
        found = comparing.reconcile(settings(), mend=mend, by=by, progress=progress)
    report = found.as_json()
    if json:
        print_json({**report, "mended": bool(mend and found)})
    else:
        out.print(f"{found.compared:,} documents should be there.")
        for name in ("missing", "stale", "extra", "wrongly_visible"):
            part = report[name]
            if part["count"]:
                out.print(
                    f"{part['count']:,} {name.replace('_', ' ')}: {', '.join(part['ids'][:3])}{' …' if part['count'] > 3 else ''}",
                    soft_wrap=True,
                )
        out.print("Everything is as it should be." if not found else "Mended." if mend else "`--mend` mends it.")
        if found.unmended:
            err.print(
                f"{found.unmended:,} could not be mended in place: versions above the topics' are there. `dateline reindex` builds anew.",
                soft_wrap=True,
            )
    if found.unmended or (found and not mend):
        raise typer.Exit(Exit.REFUSED)


@reports
def reindex(
    rollback: Annotated[bool, typer.Option("--rollback", help="Bring the previous indices up to now, and go back to them.")] = False,
    finish: Annotated[bool, typer.Option("--finish", help="Remove all indices but those that stand: no way back after that.")] = False,
    by: By = None,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Build the next indices from Kafka, compare, and let them take over at once; searches and writes go on meanwhile."""
    if rollback and finish:
        raise Fatal("--rollback and --finish exclude each other")
    if finish:
        gone = building.finish(settings(), by)
        if json:
            print_json({"removed": gone})
        else:
            out.print(f"Removed {', '.join(gone)}." if gone else "There is only one generation.", soft_wrap=True)
        return
    with _Bar("Going back" if rollback else "Building", json) as progress:
        done = (building.roll_back if rollback else building.reindex)(settings(), by, progress)
    if json:
        print_json(done)
    else:
        out.print(
            f"Generation {done['to']} has taken over from {done['from']}: {done['compared']:,} documents compared, none differs. "
            "`--rollback` goes back, `--finish` removes the other."
        )


@snapshot.command("create")
@reports
def snapshot_create(by: By = None, json: AsJson = False) -> None:
    """Copy what stands behind the aliases."""
    done = snapshots.create_snapshot(settings(), by)
    if json:
        print_json(done)
    else:
        out.print(f"Snapshot {done['name']}: {len(done['indices'])} indices in {done['seconds']:.1f} s.")


@snapshot.command("list")
@reports
def snapshot_list(json: AsJson = False) -> None:
    """The snapshots there are, the oldest first."""
    found = snapshots.list_snapshots(settings())
    if json:
        print_json(found)
        return
    if not found:
        out.print("There are no snapshots: dateline snapshot create")
        return
    table = Table("name", "at (UTC)", "state", "indices", box=None, pad_edge=False)
    for one in found:
        table.add_row(one["name"], one["at"][:19].replace("T", " "), one["state"], str(len(one["indices"])))
    out.print(table)


@snapshot.command("restore")
@reports
def snapshot_restore(
    name: Annotated[str, typer.Argument(help="As `list` shows it.")],
    by: By = None,
    json: AsJson = False,
) -> None:
    """Restore a snapshot beside what stands, apply all that the topics say since (kills first), and only then open it."""
    before, after = snapshots.prepare_restore(settings(), name)
    with _Bar("Applying what came since", json) as progress:
        found = comparing.reconcile(settings(), mend=True, targets=after, progress=progress)
    snapshots.open_restored(settings(), name, before, after, by)
    with _Bar("Once more", json) as progress:
        again = comparing.reconcile(settings(), mend=True, by=by, progress=progress)
    if json:
        print_json({"name": name, "applied": found.as_json(), "after": again.as_json()})
    else:
        counts = found.as_json()
        out.print(
            f"{name} is open: of {found.compared:,} documents {counts['missing']['count']:,} were missing in it, {counts['stale']['count']:,} out of date, "
            f"{counts['wrongly_visible']['count']:,} no longer for readers. `dateline reindex --finish` removes the indices before it."
        )


def _receipt(lines: list[dict[str, Any]]) -> None:
    table = Table("place", "", "", box=None, pad_edge=False)
    for line in lines:
        state = f"gone by {line['by'][:16].replace('T', ' ')} UTC" if line.get("by") else line["state"]
        style = "red" if line["state"] == "still there" else ""
        table.add_row(Text(line["place"]), Text(state, style), Text(line.get("note", ""), "dim"))
    out.print(table)


def _time(times: dict[str, Any], name: str) -> str:
    return str(times.get(name, ""))[:19].replace("T", " ")


class _Bar:
    """A progress bar that is called with how much of how much; nothing of it with --json."""

    def __init__(self, what: str, quiet: bool) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f}"), TimeElapsedColumn())  # fmt: skip
        self._progress = Progress(*columns, console=err, transient=True, disable=quiet)
        self._task = self._progress.add_task(what, total=1)

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=max(1, total))
