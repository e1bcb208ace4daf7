"""What becomes of comments that the machine or a moderator decided about."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.topics import COMMENTS_CURRENT
from schemas.enrichment import CommentEnrichment, Moderation
from tests.support.builders import article_event, comment_event, comment_notice, minutes
from tests.support.memory import of, revise, revise_tables


@pytest.mark.parametrize(
    ("machine", "moderator", "standing"),
    [
        ("approved", None, "public"), ("held", None, "held"), ("rejected", None, "rejected"),
        ("held", "approved", "public"), ("rejected", "approved", "public"), ("approved", "rejected", "rejected"), (None, None, "public"),
    ],
)  # fmt: skip
def test_a_moderator_wins_over_the_machine(machine: str | None, moderator: str | None, standing: str) -> None:
    event = comment_event()
    moderation = Moderation(decision=machine, phase="test") if machine else None
    event = event.model_copy(
        update={"data": event.data.model_copy(update={"enrichment": CommentEnrichment(moderation=moderation)})}
    )
    batch = revise(revise_tables())
    records: list[Any] = [article_event(), event, *([comment_notice(decision=moderator)] if moderator else [])]
    for record in records:
        batch.apply(record, minutes(1))
    (sent,) = of(batch.run_all(minutes(1)), COMMENTS_CURRENT)
    emitted = json.loads(sent.encoded() or b"")
    assert emitted["data"]["visibility"]["standing"] == standing
