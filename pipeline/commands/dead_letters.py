"""dead-letters: what was refused, why, the original, and sending it again."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import click
import typer
from rich.table import Table
from rich.text import Text

from pipeline.commands.shared import Exit, err, out, print_json, reports, settings
from pipeline.dates import parse
from pipeline.errors import Fatal
from pipeline.operations import dead_letters as letters
from pipeline.operations.dead_letters import Filter

dead_letters = typer.Typer(no_args_is_help=True, help="What was refused, and why; sent again once the cause is mended.")
AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON.")]
Stage = Annotated[
    str | None, typer.Option(help="Only what this stage refused: publish, normalize, enrich, revise, index.")
]
Reason = Annotated[str | None, typer.Option(help="Only this reason, as `list` shows them.")]
Provider = Annotated[str | None, typer.Option(help="Only this provider's.")]
By = Annotated[str | None, typer.Option("--by", help="Who does it, for the audit trail; your login where not said.")]
Since = Annotated[str | None, typer.Option(help="Refused since then: 2026-03-14, '3 days ago', …")]


@dead_letters.command("list")
@reports
def letters_list(
    stage: Stage = None, reason: Reason = None, provider: Provider = None, since: Since = None,
    size: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")] = 20,
    handled: Annotated[bool, typer.Option("--handled", help="Also those that were replayed, edited or discarded.")] = False,
    json: AsJson = False,
) -> None:  # fmt: skip
    """What was refused, the newest first, and how much of it for which reason."""
    found = letters.find(settings(), _filter(stage, reason, provider, since), size, handled=handled)
    if json:
        print_json(found)
        return
    if not found["total"]:
        out.print("Nothing was refused.")
        return
    table = Table("id", "at", "stage", "reason", "provider", "what is wrong", box=None, pad_edge=False)
    for one in found["letters"]:
        table.add_row(
            one["id"], one["at"][:19].replace("T", " "), one["stage"], one["reason"], one.get("provider", ""), Text(one.get("handled") or one["detail"][:120]),
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
    handled: Annotated[bool, typer.Option("--handled", help="By filter: also those that were handled before.")] = False,
    by: By = None, json: AsJson = False,
) -> None:  # fmt: skip
    """Send dead letters again, by id or all that a filter finds. Doing it twice changes nothing."""
    chosen = _chosen(ids, _filter(stage, reason, provider, since), handled=handled)
    _say(letters.replay(settings(), chosen, by), len(chosen), json)


@dead_letters.command("edit")
@reports
def letters_edit(
    letter: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")],
    file: Annotated[Path | None, typer.Option(help="The mended text; without it your $EDITOR is opened.")] = None,
    by: By = None, json: AsJson = False,
) -> None:  # fmt: skip
    """Mend a dead letter and send it again, where it came from. What was changed is in the audit trail by its hashes."""
    if file is not None:
        try:
            value = file.read_bytes()
        except OSError as e:
            raise Fatal(f"--file {file}: {e.strerror}") from e
    else:
        original = (letters.read(settings(), letter).value or b"").decode("utf-8", "replace")
        edited = click.edit(original, extension=".json" if original.lstrip()[:1] in ("{", "[") else ".txt")
        if edited is None:
            raise Fatal("nothing was saved in the editor; nothing was sent")
        value = edited.encode()
    _say(letters.edit(settings(), letter, value, by), 1, json)


@dead_letters.command("discard")
@reports
def letters_discard(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="As `list` shows them.")] = None,
    *,
    why: Annotated[str, typer.Option("--why", help="Kept in the audit trail.")],
    stage: Stage = None, reason: Reason = None, provider: Provider = None, since: Since = None,
    by: By = None, json: AsJson = False,
) -> None:  # fmt: skip
    """Say that nothing will be done about these: `list` leaves them out. Their bytes stay for the topic's retention."""
    chosen = _chosen(ids, _filter(stage, reason, provider, since))
    count = letters.discard(settings(), chosen, why, by)
    if json:
        print_json({"discarded": count})
    else:
        out.print(f"Discarded {count:,}.")


def _chosen(ids: list[str] | None, wanted: Filter, *, handled: bool = False) -> list[str]:
    if bool(ids) == (wanted != Filter()):
        raise Fatal("say which: ids, or --stage, --reason, --provider or --since")
    if ids:
        return ids
    found = letters.find(settings(), wanted, 10_000, handled=handled)
    if found["total"] > len(found["letters"]):
        err.print(f"{found['total']:,} match; these are the newest {len(found['letters']):,}")
    return [one["id"] for one in found["letters"]]


def _say(done: dict[str, Any], asked: int, json: bool) -> None:
    if json:
        print_json(done)
    else:
        for one in done["refused"]:
            err.print(f"[yellow]refused again[/] {one['id']} {one['reason']}: ", end="")
            err.print(one["detail"], markup=False, soft_wrap=True)
        out.print(f"Replayed {done['replayed']:,} of {asked:,}.")
    if done["refused"]:
        raise typer.Exit(Exit.REFUSED)


def _filter(stage: str | None, reason: str | None, provider: str | None, since: str | None) -> Filter:
    moment = parse(since, "UTC", datetime.now(UTC)) if since else None
    if since and moment is None:
        raise Fatal(f"--since {since!r} can't be read as a time (try 2026-03-14, or '3 days ago')")
    return Filter(stage, reason, provider, moment.utc if moment else None)
