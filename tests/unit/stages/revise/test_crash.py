"""A process dies between two changelog records of one batch: what was written without the other is made whole."""

from __future__ import annotations

import pytest

from pipeline.stages.revise.states import COMMENTS, THREADS
from pipeline.stages.rows import Rows
from tests.support.builders import article_event, comment_event, comment_notice, kill_event, minutes
from tests.support.index import Indices
from tests.support.memory import REVISE, revise


class LosesWrites(dict[bytes, bytes]):
    """A table whose changelog had not what was written when the process died."""

    lost = False

    def __setitem__(self, key: bytes, value: bytes) -> None:
        if not self.lost:
            super().__setitem__(key, value)


@pytest.mark.parametrize("lost", [THREADS, COMMENTS])
@pytest.mark.parametrize("second", [comment_event(n=1, at=1), comment_notice(n=1, at=2, decision="approved")])
def test_a_comment_whose_thread_was_not_saved_is_hidden_with_its_article(lost: str, second: object) -> None:
    stores = {name: LosesWrites() for name in REVISE.tables}
    tables, indices = {name: Rows(store) for name, store in stores.items()}, Indices()
    posted = comment_event(n=1, at=1)
    for records, dies in (([article_event()], False), ([posted, second], True), ([posted, second], False)):
        stores[lost].lost = dies
        batch = revise(tables)
        for record in records:
            batch.apply(record, minutes(1))
        made = batch.run_all(minutes(1))
        if not dies:
            indices.take(made, minutes(1))
    assert len(indices.documents("comments")) == 1
    kill = revise(tables)
    kill.apply(kill_event(at=5), minutes(6))
    indices.take(kill.run_all(minutes(6)), minutes(6))
    assert indices.documents("comments") == {}
    assert len(indices.documents("comments-hidden")) == 1
