"""dateline erase: remove somebody's personal data."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import AsJson, By
from pipeline.commands.shared import Exit, err, out, print_json, reports, settings
from pipeline.commands.tables import print_receipt, print_waiting
from pipeline.errors import Fatal
from pipeline.operations.patience import ERASE

erase = typer.Typer(no_args_is_help=True, help="Remove somebody's personal data everywhere, with a receipt.")


@erase.command("comment-author")
@reports
def comment_author(
    author: Annotated[str, typer.Argument(metavar="NAME", help="The author's name as it is shown.")],
    publisher: Annotated[str | None, typer.Option(help="Only on this publisher's articles.")] = None,
    saved_searches: Annotated[
        bool, typer.Option("--saved-searches", help="Delete the saved searches that have the name, too.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    by: By = None,
    wait: Annotated[float, typer.Option(min=0, max=600, help="Seconds to wait for worker and indexer.")] = ERASE,
    json: AsJson = False,
) -> None:
    """Remove every comment of an author, as data-protection law asks. The name is not written to the audit trail."""
    also = ", and the saved searches that have the name" if saved_searches else ""
    if not yes and not typer.confirm(f"Remove every comment of {author!r}{also}? This cannot be undone", err=True):
        raise Fatal("nothing was removed")
    from pipeline.operations.erase import erase_author

    done = erase_author(settings(), author, publisher, by, wait, waiting=print_waiting, saved_searches=saved_searches)
    if json:
        print_json(done)
    else:
        out.print(f"{done['comments']:,} comment{'' if done['comments'] == 1 else 's'} removed")
        print_receipt(done["receipt"])
    if not done["done"]:
        err.print("Not done yet; it goes on when worker and indexer run. Run it again for a receipt that says done.")
        raise typer.Exit(Exit.AWAY)
