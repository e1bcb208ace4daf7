"""erase: removes every comment of an author, as data-protection law asks, with a receipt."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from uuid import UUID

from prefect import get_client
from prefect.runtime import flow_run

from flows.support.artifacts import show_table
from flows.support.operation import io_task, operation, who
from flows.support.parameters import By, Name, Seconds
from flows.support.states import failed, finished
from pipeline.errors import Fatal
from pipeline.local.resolve import settings
from pipeline.operations.erase import TIMEOUT, erase_author

SCHEDULE = None
"""An operator starts it."""
_FORGOTTEN = re.compile(r"erased \([0-9a-f]{16}\)")
"""What stands in place of a name that was taken out. A run that Prefect starts again has it: nobody's comments would be
removed, and the receipt would say done."""


@io_task("erase")
def remove(author: str, publisher: str | None, wait: float, by: str) -> dict[str, Any]:
    """Repeating it goes on with what is left, and makes the receipt again."""
    return erase_author(settings(), author, publisher, by, wait)


@operation("erase", minutes=30)
def erase(
    author: Name, confirm: bool = False, publisher: Name | None = None, wait: Seconds = TIMEOUT, by: By | None = None
) -> dict[str, Any]:
    """Removes every comment of an author from topics, tables and indices. Its receipt is a table. However it ends, the
    author's name is taken out of this run's own parameters: to repeat it, start a new run with the name.

    Args:
        author: The author's name as it is shown.
        confirm: Yes, remove them. It can't be undone.
        publisher: Only on this publisher's articles.
        wait: Seconds to wait for worker and indexer.
        by: Name for the audit trail. By default the run's.
    """
    if _FORGOTTEN.fullmatch(author):
        raise Fatal("nothing was removed: this run no longer has the author's name; start a new run with the name")
    try:
        if not confirm:
            raise Fatal("nothing was removed: `confirm` is off; start a new run with the name and `confirm` on")
        done = remove(author, publisher, wait, who(by))
        show_table("erase-receipt", done["receipt"], f"Receipt: {int(done['comments'])} comments removed")
    finally:
        _forget(author)
    if not done["done"]:
        return failed(
            done,
            f"{done['comments']} comments removed, but it is not done yet: it goes on when worker and indexer run. Start a "
            "new run with the same name and publisher for a receipt that says done; this run no longer has the name.",
        )
    return finished(done, f"{done['comments']} comments removed, in every place.", done=1, refused=0)


def _forget(author: str) -> None:
    """Replace the name in the parameters of this run, which Prefect stores, by its hash."""
    if own := flow_run.get_id():
        shown = f"erased ({hashlib.sha256(author.strip().casefold().encode()).hexdigest()[:16]})"
        parameters = {**flow_run.get_parameters(), "author": shown}
        with get_client(sync_client=True) as client:
            client.update_flow_run(UUID(own), parameters=parameters)
