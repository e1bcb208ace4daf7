"""The rows of revise: long threads in chunks, timers, and rows that the version before has written."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID, uuid5

import pytest

from pipeline.stages.revise.state import ArticleState, CommentState
from pipeline.stages.revise.states import CHUNK, States
from pipeline.stages.revise.tables import ARTICLES, COMMENTS, THREADS
from pipeline.topics import ARTICLES_CURRENT
from pipeline.topology import worker_stages
from tests.support.broker import run_to_the_end
from tests.support.builders import article_event, comment_event, id_of, kill_event, minutes, raw_article, raw_kill
from tests.support.memory import due, revise, revise_tables
from tests.support.streams import broker_with, documents, letters

STORY = id_of("story")


def comment_ids(count: int) -> list[UUID]:
    return [uuid5(STORY, str(n)) for n in range(count)]


@pytest.mark.parametrize("count", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 3])
def test_a_long_thread_is_read_as_it_was_written(count: int) -> None:
    tables = revise_tables()
    ids = comment_ids(count)
    for at in range(0, count, 7):
        States(tables).extend_thread(STORY, ids[at : at + 7])
    assert [one for row in States(tables).thread(STORY) for one in row] == ids
    assert list(States(tables).thread(id_of("another"))) == []
    chunks = [name for name, _ in tables[THREADS].items() if "/" in name]
    assert len(chunks) == -(-count // CHUNK)
    assert all(len(json.loads(value)) <= CHUNK for name, value in tables[THREADS].items() if "/" in name)


def test_ids_that_come_again_are_not_doubled() -> None:
    states = States(revise_tables())
    ids = comment_ids(CHUNK + 4)
    states.extend_thread(STORY, ids)
    states.extend_thread(STORY, ids[-3:])
    assert [one for row in states.thread(STORY) for one in row] == ids


def test_a_timer_is_due_once_it_has_ended_and_gone_when_it_is_cleared() -> None:
    tables = revise_tables()
    states = States(tables)
    states.put_due(STORY, minutes(10))
    assert due(tables, minutes(9)) == []
    assert [timer.article_id for timer in due(tables, minutes(10))] == [STORY]
    states.put_due(STORY, None)
    states.put_due(STORY, None)
    assert due(tables, minutes(99)) == []


def test_rows_keep_the_names_that_the_version_before_gave_them() -> None:
    tables = revise_tables()
    states = States(tables)
    article, comment = article_event(), comment_event(n=1)
    states.put_article(ArticleState(article_id=STORY, current=article))
    own = comment.data.comment_id
    states.put_comment(CommentState(article_id=STORY, comment_id=own, current=comment))
    for table, name in ((ARTICLES, str(STORY)), (COMMENTS, f"{STORY}/{own}")):
        stored = json.loads(tables[table].get(name) or b"")
        assert "standing" in stored
        assert "current" not in stored
    found = states.article(STORY)
    assert found is not None
    assert found.current == article


def test_a_question_that_the_version_before_asked_is_no_obstacle() -> None:
    tables = revise_tables()
    States(tables).put_article(ArticleState(article_id=STORY, current=article_event()))
    stored = json.loads(tables[ARTICLES].get(str(STORY)) or b"")
    stored["enriched"] = {"merge": "0" * 32, "enrichment": {"language": "en"}, "at": "2026-03-01T12:00:00Z"}
    tables[ARTICLES].put(str(STORY), json.dumps(stored).encode())
    found = States(tables).article(STORY)
    assert found is not None
    assert found.enriched is not None
    assert found.enriched.enrichment.language == "en"
    assert '"merge"' in found.model_dump_json(), "a worker of the version before asks for it"


NEVER = "9999-12-31T23:59:59Z"


def row_of_before(odd: str) -> bytes:
    """A row as the version before wrote it, of what it took and this one doesn't."""
    state = ArticleState(article_id=STORY, current=article_event(expires=minutes(9)))
    stored = json.loads(state.model_dump_json(exclude_none=True))
    event = stored["standing"]
    article = event["data"]["article"]
    if odd == "never":
        article["expires"]["utc"] = NEVER
    elif odd == "version":
        article["revision"]["version"] = 10**30
    elif odd == "history":
        stored["history"] = ["1000.0.tab\tin"]
    else:
        event[odd] = "tab\tin, and long: " + "x" * 600
    return json.dumps(stored).encode()


ODD = ["never", "version", "history", "id", "source", "subject"]


@pytest.mark.parametrize("odd", ODD)
def test_a_kill_reaches_what_the_version_before_let_in(odd: str) -> None:
    broker = broker_with("chained", [raw_kill("story", at=20)])
    broker.changelogs[ARTICLES][str(STORY).encode()] = row_of_before(odd)
    run_to_the_end(broker, worker_stages(broker.settings))
    found = documents(broker)
    assert letters(broker) == []
    assert found["articles-hidden"][str(STORY)]["status"] == "killed"
    assert all("headline" not in one for one in found["history"].values())


def test_a_current_record_of_the_version_before_is_read() -> None:
    """An article that never expires: the reindex has to find it."""
    broker = broker_with("chained", [raw_article("story")])
    run_to_the_end(broker, worker_stages(broker.settings))
    (record,) = broker.records(ARTICLES_CURRENT)
    stored = json.loads(record.value or b"")
    stored["data"]["visibility"]["until"] = NEVER
    stored["id"] = stored["source"] = "tab\tin" + "x" * 600
    read = ARTICLES_CURRENT.decode(replace(record, value=json.dumps(stored).encode()))
    assert read.data.visibility.until.year == 2999


def test_an_article_is_saved_once_a_batch_unless_comments_follow_it() -> None:
    tables = revise_tables()
    saved: list[str] = []
    tables[ARTICLES].changed = lambda name, row: saved.append(name)

    def run(*values: object) -> int:
        saved.clear()
        batch = revise(tables)
        for value in values:
            batch.apply(value, minutes(5))
        batch.run_all(minutes(5))
        return len(saved)

    assert run(article_event("story", at=1)) == 1
    assert run(article_event("story", at=2, text="Corrected.")) == 1
    assert run(article_event("other", at=1), comment_event("other", n=1, at=1)) == 1, "the comment goes with this batch"
    assert run(kill_event("other", at=3)) == 2, "its comment was sent again, and that is noted"
    state = States(tables).article(id_of("story"))
    assert state is not None
    assert not state.comments_pending
