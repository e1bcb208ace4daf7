"""kill: withdraws an article for good, with a receipt."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flows.support.artifacts import show_table
from flows.support.operation import io_task, operation, who
from flows.support.parameters import By, Reason, Seconds
from flows.support.states import failed, finished
from pipeline.local.resolve import settings
from pipeline.operations.kill import TIMEOUT, Kill, kill_article

SCHEDULE = None
"""An operator starts it."""


@io_task("kill")
def withdraw(article_id: UUID, reason: str, reinstate: bool, wait: float, by: str) -> Kill:
    """Repeating it changes nothing, and makes the receipt again."""
    return kill_article(settings(), article_id, reason, by, reinstate=reinstate, wait=wait)


@operation("kill", minutes=20)
def kill(
    article_id: UUID, reason: Reason, reinstate: bool = False, wait: Seconds = TIMEOUT, by: By | None = None
) -> dict[str, Any]:
    """Withdraws an article for good. Its receipt is a table: every place where the text was, and that it is gone, or by
    when. Once the kill is in Kafka, cancelling the run doesn't end it.

    Args:
        article_id: The article's id, as `dateline search` and the page show it.
        reason: Why; stored with the kill and in the audit trail.
        reinstate: End a kill instead. The story has to be published again.
        wait: Seconds to wait for worker and indexer.
        by: Name for the audit trail. By default the run's.
    """
    done = withdraw(article_id, reason, reinstate, wait, who(by))
    found = done.as_json()
    show_table(
        "kill-receipt", found["receipt"], f"Receipt of {'the end of ' if reinstate else ''}the kill of {article_id}"
    )
    if done.unknown:
        return failed(
            found,
            f"No article has the id {article_id}; nothing was removed. The kill stays in force: where the id is mistyped, "
            "run this again with `reinstate`.",
        )
    if not done.done and not (reinstate and done.behind is None):
        behind = f"{done.behind.name} has not processed it" if done.behind else "the indices still have the article"
        return failed(
            found, f"Not done yet: it is in Kafka, but {behind}. It takes effect by itself; run it again for a receipt."
        )
    return finished(found, "Reinstated." if reinstate else "Withdrawn, in every place.", done=1, refused=0)
