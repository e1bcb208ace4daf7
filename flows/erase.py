"""erase: removes every comment of an author, as data-protection law asks, with a receipt."""

from __future__ import annotations

from typing import Any

from flows.support.artifacts import show_table
from flows.support.erased_names import is_taken_out, take_out_earlier, take_out_own
from flows.support.operation import io_task, operation, who
from flows.support.parameters import By, Name, Seconds
from flows.support.states import failed, finished
from pipeline.errors import Fatal
from pipeline.local.resolve import settings
from pipeline.operations.erase import TIMEOUT, erase_author
from pipeline.operations.receipts import Line

SCHEDULE = None
"""An operator starts it."""


@io_task("erase")
def remove(author: str, publisher: str | None, wait: float, by: str) -> dict[str, Any]:
    """Repeating it goes on with what is left, and makes the receipt again."""
    return erase_author(settings(), author, publisher, by, wait)


@io_task("take names out of earlier runs")
def forget_earlier() -> Line:
    """Repeating it goes on with what is left."""
    count = take_out_earlier()
    return Line(
        "earlier runs of erase",
        "removed" if count else "nothing there",
        count=count,
        note="the names in their parameters",
    )


@operation("erase", minutes=30)
def erase(
    author: Name, confirm: bool = False, publisher: Name | None = None, wait: Seconds = TIMEOUT, by: By | None = None
) -> dict[str, Any]:
    """Removes every comment of an author from topics, tables and indices. Its receipt is a table. However it ends, the
    author's name is taken out of this run's own parameters, and out of those of earlier runs that could not do so: to repeat
    it, start a new run with the name.

    Args:
        author: The author's name as it is shown.
        confirm: Yes, remove them. It can't be undone.
        publisher: Only on this publisher's articles.
        wait: Seconds to wait for worker and indexer.
        by: Name for the audit trail. By default the run's.
    """
    if is_taken_out(
        author
    ):  # of a run that was started again: nobody's comments would be removed, and it would say done
        raise Fatal("nothing was removed: this run no longer has the author's name; start a new run with the name")
    try:
        if not confirm:
            raise Fatal("nothing was removed: `confirm` is off; start a new run with the name and `confirm` on")
        done = remove(author, publisher, wait, who(by))
        done["receipt"] = [*done["receipt"], forget_earlier().as_json()]
        show_table("erase-receipt", done["receipt"], f"Receipt: {int(done['comments'])} comments removed")
    finally:
        take_out_own(author)
    if not done["done"]:
        return failed(
            done,
            f"{done['comments']} comments removed, but it is not done yet: it goes on when worker and indexer run. Start a "
            "new run with the same name and publisher for a receipt that says done; this run no longer has the name.",
        )
    return finished(done, f"{done['comments']} comments removed, in every place.", done=1, refused=0)
