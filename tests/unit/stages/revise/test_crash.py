"""A process dies between two changelog records of one batch: what was written without the other is made whole."""

from __future__ import annotations

from contextlib import suppress

import pytest

from pipeline.stages.declared import TREND
from pipeline.stages.revise.tables import COMMENTS, THREADS
from pipeline.stages.rows import Rows
from pipeline.stages.term_log import GONE, TermLog, unpack_row
from pipeline.topics import ARTICLES_RAW
from pipeline.topology import worker_stages
from tests.support.broker import Broker, Died, Worker
from tests.support.builders import (
    article_event,
    comment_event,
    comment_notice,
    kill_event,
    minutes,
    raw_article,
    raw_kill,
)
from tests.support.index import Indices
from tests.support.memory import REVISE, revise
from tests.support.streams import broker_with


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


def names_of(broker: Broker) -> list[str]:
    """Names and topics that are counted for some article."""
    rows = Rows(dict(broker.changelogs["trend"]), TREND.tables["trend"])
    log, found = TermLog.of(rows), []
    for term in {one.term for name, row in rows.items() for one in unpack_row(name, row)}:
        known = log.mentions(term)
        if any(known["hour"] < GONE):
            found.append((log.name(term, known) or ("", ""))[0])
    return found


@pytest.mark.parametrize("killed", [False, True])
def test_what_a_story_names_is_counted_once_readers_see_it_and_forgotten_with_it(killed: bool) -> None:
    """Wherever the process dies between the story and its kill."""
    story = raw_article("story")
    story = story.model_copy(update={"data": story.data.model_copy(update={"topics": ("Secret affair",)})})
    for dies_at in range(1, 30):
        broker = broker_with("chained", [story])
        with suppress(Died):
            Worker(broker, worker_stages(broker.settings), dies_at=dies_at).run()
        if killed:
            broker.append(ARTICLES_RAW.record(raw_kill("story", at=1)))
        Worker(broker, worker_stages(broker.settings)).run()
        assert names_of(broker) == ([] if killed else ["Secret affair"])
