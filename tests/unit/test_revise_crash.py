"""A process dies between two changelog records of one batch: what was written without the other is made whole."""

from __future__ import annotations

from uuid import UUID

import pytest

from pipeline.stages.revise.batch import ReviseBatch
from pipeline.stages.revise.state import CommentState, MemoryStates
from tests.build import article_event, comment_event, comment_notice, kill_event, minutes
from tests.indices import Indices


class DiesBefore(MemoryStates):
    """Loses the writes of one table, as a crash between two changelog topics does."""

    lost = ""

    def extend_thread(self, article_id: UUID, comment_ids: list[UUID]) -> None:
        if self.lost != "thread":
            super().extend_thread(article_id, comment_ids)

    def put_comment(self, state: CommentState) -> None:
        if self.lost != "comment":
            super().put_comment(state)


@pytest.mark.parametrize("lost", ["thread", "comment"])
@pytest.mark.parametrize("second", [comment_event(n=1, at=1), comment_notice(n=1, at=2, decision="approved")])
def test_a_comment_whose_thread_was_not_saved_is_hidden_with_its_article(lost: str, second: object) -> None:
    states, indices = DiesBefore(), Indices()
    posted = comment_event(n=1, at=1)
    for records, dies in (([article_event()], False), ([posted, second], True), ([posted, second], False)):
        states.lost = lost if dies else ""
        batch = ReviseBatch(states)
        for record in records:
            batch.apply(record, minutes(1))  # type: ignore[arg-type]
        emissions = batch.finish(minutes(1))
        if not dies:
            indices.take(emissions, minutes(1))
    assert len(indices.documents("comments")) == 1
    kill = ReviseBatch(states)
    kill.apply(kill_event(at=5), minutes(6))
    indices.take(kill.finish(minutes(6)), minutes(6))
    assert indices.documents("comments") == {}
    assert len(indices.documents("comments-hidden")) == 1
