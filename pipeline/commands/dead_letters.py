"""dead-letters: what was refused, why, the original, and sending it again."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from pipeline.commands.shared import Exit, err, out, print_json, reports
from pipeline.errors import Fatal
from pipeline.operations import dead_letters as letters
from pipeline.operations.dead_letters import Filter
from pipeline.processors.normalize.dates import parse
from pipeline.settings import settings

dead_letters = typer.Typer(no_args_is_help=True, help="What was refused, and why; sent again once the cause is mended.")
AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON.")]
Stage = Annotated[
    str | None, typer.Option(help="Only what this stage refused: publish, normalize, enrich, revise, index.")
]
Reason = Annotated[str | None, typer.Option(help="Only this reason, as `list` shows them.")]
Provider = Annotated[str | None, typer.Option(help="Only this provider's.")]
Since = Annotated[str | None, typer.Option(help="Refused since then: 2026-03-14, '3 days ago', …")]


@dead_letters.command("list")
@reports
def letters_list(
    stage: Stage = None, reason: Reason = None, provider: Provider = None, since: Since = None,
    size: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")] = 20,
    json: AsJson = False,
) -> None:  # fmt: skip
    """What was refused, the newest first, and how much of it for which reason."""
    found = letters.find(settings(), _filter(stage, reason, provider, since), size)
    if json:
        print_json(found)
        return
    if not found["total"]:
        out.print("Nothing was refused.")
        return
    table = Table("id", "at", "stage", "reason", "provider", "what is wrong", box=None, pad_edge=False)
    for one in found["letters"]:
        table.add_row(
            one["id"], one["at"][:19].replace("T", " "), one["stage"], one["reason"], one.get("provider", ""), Text(one["detail"][:120]),
        )  # fmt: skip
    out.print(table)
    counts = ", ".join(f"{reason} {count:,}" for reason, count in found["reasons"].items())
    out.print(f"{len(found['letters']):,} of {found['total']:,}: {counts}")


@dead_letters.command("show")
@reports
def letters_show(
    letter: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")],
    raw: Annotated[bool, typer.Option("--raw", help="Only the original bytes, for a file or a pipe.")] = False,
    json: AsJson = False,
) -> None:
    """One dead letter: the exact complaint, and the original as it came."""
    found = letters.read(settings(), letter)
    value = found.value or b""
    if raw:
        sys.stdout.buffer.write(value)
        return
    facts = found.header.model_dump(mode="json", exclude_none=True)
    if json:
        print_json({"id": found.id, **facts, "original": value.decode("utf-8", "replace")})
        return
    for name, fact in facts.items():
        out.print(f"[bold]{name:<10}[/] ", end="")
        out.print(str(fact), markup=False, soft_wrap=True)
    out.print(f"[bold]original[/]   {len(value):,} bytes" + (", the first of them" if found.header.truncated else ""))
    out.print(value[:4000].decode("utf-8", "replace"), markup=False, soft_wrap=True)


@dead_letters.command("replay")
@reports
def letters_replay(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="As `list` shows them.")] = None,
    stage: Stage = None, reason: Reason = None, provider: Provider = None, since: Since = None,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Send dead letters again, by id or all that a filter finds. Doing it twice changes nothing."""
    wanted = _filter(stage, reason, provider, since)
    if bool(ids) == (wanted != Filter()):
        raise Fatal("say which: ids, or --stage, --reason, --provider or --since")
    if not ids:
        found = letters.find(settings(), wanted, 10_000)
        ids = [one["id"] for one in found["letters"]]
        if found["total"] > len(ids):
            err.print(f"{found['total']:,} match; these are the newest {len(ids):,}")
    done = letters.replay(settings(), ids)
    if json:
        print_json(done)
    else:
        for one in done["refused"]:
            err.print(f"[yellow]refused again[/] {one['id']} {one['reason']}: ", end="")
            err.print(one["detail"], markup=False, soft_wrap=True)
        out.print(f"Replayed {done['replayed']:,} of {len(ids):,}.")
    if done["refused"]:
        raise typer.Exit(Exit.REFUSED)


def _filter(stage: str | None, reason: str | None, provider: str | None, since: str | None) -> Filter:
    moment = parse(since, "UTC", datetime.now(UTC)) if since else None
    if since and moment is None:
        raise Fatal(f"--since {since!r} can't be read as a time (try 2026-03-14, or '3 days ago')")
    return Filter(stage, reason, provider, moment.utc if moment else None)
