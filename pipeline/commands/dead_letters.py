"""dateline dead-letters: what was refused and why, and how to send it again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer
from rich.text import Text

from pipeline.commands.options import AsJson, By, moment
from pipeline.commands.shared import Exit, err, out, print_json, reports, settings
from pipeline.commands.tables import table, time_of
from pipeline.errors import Fatal

if TYPE_CHECKING:
    from pipeline.operations.dead_letters import Filter

dead_letters = typer.Typer(no_args_is_help=True, help="Refused records and items: list, show, replay, edit, discard.")
Stage = Annotated[
    str | None, typer.Option(help="Only what this stage refused: publish, normalize, enrich, revise, index.")
]
Reason = Annotated[str | None, typer.Option(help="Only this reason, as `list` shows them.")]
Provider = Annotated[str | None, typer.Option(help="Only this provider's.")]
Since = Annotated[str | None, typer.Option(help="Refused since then: 2026-03-14, '3 days ago', …")]
LetterId = Annotated[str, typer.Argument(metavar="ID", help="A dead letter's id, as `list` shows it.")]
LetterIds = Annotated[
    list[str] | None, typer.Argument(metavar="[ID]…", help="Dead letters' ids, as `list` shows them.")
]


@dead_letters.command("list")
@reports
def letters_list(
    stage: Stage = None, reason: Reason = None, provider: Provider = None, since: Since = None,
    size: Annotated[int, typer.Option(min=1, max=10_000, help="Maximum number of dead letters, newest first.")] = 20,
    handled: Annotated[bool, typer.Option("--handled", help="Also those already replayed, edited or discarded.")] = False,
    json: AsJson = False,
) -> None:  # fmt: skip
    """List what was refused, the newest first, and count it by reason."""
    from pipeline.operations.dead_letters import find

    found = find(settings(), _filter(stage, reason, provider, since), size, handled=handled)
    if json:
        print_json(found)
        return
    if not found["total"]:
        out.print("Nothing was refused.")
        return
    shown = table("id", "at (UTC)", "stage", "reason", "provider", "what is wrong")
    for one in found["letters"]:
        shown.add_row(
            one["id"], time_of(one["at"]), one["stage"], one["reason"], one.get("provider", ""), Text(one.get("handled") or one["detail"][:120]),
        )  # fmt: skip
    out.print(shown)
    counts = ", ".join(f"{reason} {count:,}" for reason, count in found["reasons"].items())
    out.print(f"{len(found['letters']):,} of {found['total']:,}: {counts}")


@dead_letters.command("show")
@reports
def letters_show(
    letter: LetterId,
    raw: Annotated[bool, typer.Option("--raw", help="Only the original bytes, for a file or a pipe.")] = False,
    json: AsJson = False,
) -> None:
    """Show one dead letter: what exactly is wrong, and the original as received."""
    from pipeline.operations.dead_letters import read

    found = read(settings(), letter)
    value = found.value or b""
    if raw:
        sys.stdout.buffer.write(value)
        return
    facts = found.header.model_dump(mode="json", exclude_none=True)
    if json:
        print_json({"id": found.id, **facts, "original": value.decode("utf-8", "replace")})
        return
    for name, fact in facts.items():
        out.print(Text.assemble((f"{name:<10}", "bold"), f" {fact}"), soft_wrap=True)
    size = f"   {len(value):,} bytes" + (", the first of them" if found.header.truncated else "")
    out.print(Text.assemble(("original", "bold"), size))
    out.print(value[:4000].decode("utf-8", "replace"), soft_wrap=True)


@dead_letters.command("replay")
@reports
def letters_replay(
    ids: LetterIds = None,
    stage: Stage = None, reason: Reason = None, provider: Provider = None, since: Since = None,
    handled: Annotated[bool, typer.Option("--handled", help="With a filter: also those already handled.")] = False,
    by: By = None, json: AsJson = False,
) -> None:  # fmt: skip
    """Send dead letters again, by id or all that a filter finds. Repeating it changes nothing."""
    from pipeline.operations.dead_letters import replay

    chosen = _chosen(ids, _filter(stage, reason, provider, since), handled=handled)
    _report(replay(settings(), chosen, by), len(chosen), json)


@dead_letters.command("edit")
@reports
def letters_edit(
    letter: LetterId,
    file: Annotated[Path | None, typer.Option(help="The corrected text; without it your $EDITOR is opened.")] = None,
    by: By = None, json: AsJson = False,
) -> None:  # fmt: skip
    """Correct a dead letter and send it again. The audit trail gets the hashes of both texts."""
    from pipeline.operations.dead_letters import edit, read

    if file is not None:
        try:
            value = file.read_bytes()
        except OSError as e:
            raise Fatal(f"--file {file}: {e.strerror}") from e
    else:
        original = (read(settings(), letter).value or b"").decode("utf-8", "replace")
        edited = click.edit(original, extension=".json" if original.lstrip()[:1] in ("{", "[") else ".txt")
        if edited is None:
            raise Fatal("nothing was saved in the editor; nothing was sent")
        value = edited.encode()
    _report(edit(settings(), letter, value, by), 1, json)


@dead_letters.command("discard")
@reports
def letters_discard(
    ids: LetterIds = None,
    *,
    why: Annotated[str, typer.Option("--why", help="The reason, for the audit trail.")],
    stage: Stage = None, reason: Reason = None, provider: Provider = None, since: Since = None,
    by: By = None, json: AsJson = False,
) -> None:  # fmt: skip
    """Mark dead letters as handled without sending them again: `list` leaves them out."""
    from pipeline.operations.dead_letters import discard

    chosen = _chosen(ids, _filter(stage, reason, provider, since))
    count = discard(settings(), chosen, why, by)
    if json:
        print_json({"discarded": count})
    else:
        out.print(f"Discarded {count:,}.")


def _chosen(ids: list[str] | None, wanted: Filter, *, handled: bool = False) -> list[str]:
    from pipeline.operations.dead_letters import choose

    letters, total = choose(settings(), ids or [], wanted, handled=handled)
    if total > len(letters):
        err.print(f"{total:,} match; these are the newest {len(letters):,}")
    return letters


def _report(done: dict[str, Any], asked: int, json: bool) -> None:
    if json:
        print_json(done)
    else:
        for one in done["refused"]:
            why = f" {one['id']} {one['reason']}: {one['detail']}"
            err.print(Text.assemble(("refused again", "yellow"), why), soft_wrap=True)
        out.print(f"Replayed {done['replayed']:,} of {asked:,}.")
    if done["refused"]:
        raise typer.Exit(Exit.REFUSED)


def _filter(stage: str | None, reason: str | None, provider: str | None, since: str | None) -> Filter:
    from pipeline.operations.dead_letters import Filter

    return Filter(stage, reason, provider, moment("--since", since))
