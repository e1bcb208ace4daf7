"""dateline kill: withdraw an article for good."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from pipeline.commands.options import AsJson, By
from pipeline.commands.shared import Exit, err, out, print_json, reports, settings
from pipeline.commands.tables import print_receipt
from pipeline.operations.kill import TIMEOUT, kill_article


@reports
def kill(
    article_id: Annotated[UUID, typer.Argument(metavar="ID", help="The article's id.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; stored with the kill and in the audit trail.")],
    by: By = None,
    reinstate: Annotated[bool, typer.Option("--reinstate", help="End a kill instead. The story has to be published again.")] = False,
    wait: Annotated[float, typer.Option(min=0, max=600, help="Seconds to wait for the indices.")] = TIMEOUT,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Withdraw an article for good, with a receipt: every place where its text was, and that it is gone, or by when."""
    done = kill_article(settings(), article_id, reason, by, reinstate=reinstate, wait=wait)
    if json:
        print_json(done)
    elif reinstate:
        out.print(f"The kill of {article_id} has ended. Its text was removed: publish the story again.")
    else:
        out.print(f"Kill of {article_id}")
        print_receipt(done["receipt"])
    if not done["done"]:
        err.print(
            "[yellow]The kill is in Kafka, but the indices still have the article.[/] It takes effect when worker and indexer run; "
            "`dateline status` shows them.",
            soft_wrap=True,
        )
        raise typer.Exit(Exit.REFUSED)
