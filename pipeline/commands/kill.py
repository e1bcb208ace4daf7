"""dateline kill: withdraw an article for good."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from pipeline.commands.options import AsJson, By
from pipeline.commands.shared import Exit, err, out, print_json, reports, settings
from pipeline.commands.tables import print_receipt, print_waiting
from pipeline.operations.patience import KILL

_UNKNOWN = (
    "Unknown: no article has the id {id}; nothing was removed. This stays in force: should the article arrive, it is never "
    "shown. Where the id is mistyped, kill the right one, and take this back with --reinstate."
)
_LATER = "It takes effect when worker and indexer run; `dateline status` shows them. Run it again for a receipt that says done."


@reports
def kill(
    article_id: Annotated[UUID, typer.Argument(metavar="ID", help="The article's id.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; stored with the kill and in the audit trail.")],
    by: By = None,
    reinstate: Annotated[bool, typer.Option("--reinstate", help="End a kill instead. The story has to be published again.")] = False,
    wait: Annotated[float, typer.Option(min=0, max=600, help="Seconds to wait for worker and indexer.")] = KILL,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Withdraw an article for good, with a receipt: every place where its text was, and that it is gone, or by when.

    Ends with 1 where no article has this id, with 4 where it isn't done yet: worker or indexer have not processed it.
    """
    from pipeline.operations.kill import kill_article

    done = kill_article(settings(), article_id, reason, by, reinstate=reinstate, wait=wait, waiting=print_waiting)
    if json:
        print_json(done.as_json())
    elif reinstate and done.done:
        out.print(f"The kill of {article_id} has ended. Its text was removed: publish the story again.")
    elif done.receipt:
        out.print(f"Kill of {article_id}")
        print_receipt(done.as_json()["receipt"])
    if done.unknown:
        err.print(_UNKNOWN.format(id=article_id), soft_wrap=True)
        raise typer.Exit(Exit.REFUSED)
    if not done.done:
        behind = f"{done.behind.name} has not processed it" if done.behind else "the indices still have the article"
        err.print(f"Not done yet: it is in Kafka, but {behind}. {_LATER}", soft_wrap=True)
        raise typer.Exit(Exit.AWAY)
