"""Senders' clocks and orders, by the real normalize and revise: a wrong clock outranks nothing for good, and of a request
without times the last word counts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.ingest.submissions import read_push
from pipeline.settings import Settings
from pipeline.stages.rows import Tables
from pipeline.topics import ARTICLES_RAW, COMMENTS_RAW, ConsumedRecord
from schemas.base import LARGEST_NUMBER
from schemas.comment import CommentNotice
from schemas.current import Status
from schemas.event import EventType
from schemas.events import RawArticleEvent, RawCommentEvent
from tests.support.builders import PUBLISHER, id_of, minutes, raw_article, raw_comment, raw_kill, raw_patch
from tests.support.index import Indices
from tests.support.memory import REVISE, config, revise, revise_tables

SETTINGS = Settings.model_validate({"providers": {"herald": {"publisher": PUBLISHER}}})
FAR = datetime(2099, 1, 1, tzinfo=UTC)
STEPS = {topic: [step.bind(config()) for step in REVISE.inputs[topic]] for topic in (ARTICLES_RAW, COMMENTS_RAW)}


class Flow:
    """Raw events as Kafka has them, through every step of the worker."""

    def __init__(self) -> None:
        self.tables: Tables = revise_tables()
        self.index = Indices()

    def take(self, event: RawArticleEvent | RawCommentEvent, at: datetime) -> None:
        """`at` is the broker's time."""
        topic = ARTICLES_RAW if isinstance(event, RawArticleEvent) else COMMENTS_RAW
        key = str(event.data.article_id).encode()
        value: Any = topic.decode(ConsumedRecord(topic, 0, 0, key, event.to_json(), timestamp=at))
        for step in STEPS[topic]:
            value, _ = step(value)
        batch = revise(self.tables)
        batch.apply(value, at)
        self.index.take(batch.run_all(at), at)

    def headline(self, name: str = "story") -> str | None:
        article = self.index.current[str(id_of(name))].article
        return article.headline if article else None

    def status(self, key: str) -> Status:
        status: Status = self.index.current[key].visibility.status
        return status


def said(event: RawArticleEvent, **fields: Any) -> RawArticleEvent:
    return event.model_copy(update={"data": event.data.model_copy(update=fields)})


@pytest.mark.parametrize("version", [0, LARGEST_NUMBER])
def test_a_revision_from_the_future_is_corrected_by_a_right_clock(version: int) -> None:
    flow = Flow()
    wrong = said(raw_article("story", text="Wrong."), modified=FAR.isoformat(), version=version, headline="Wrong")
    flow.take(wrong.model_copy(update={"time": FAR}), minutes(0))
    assert flow.headline() == "Wrong"
    right = said(raw_article("story", at=11, text="Right."), headline="Right")
    flow.take(right, minutes(11))
    assert flow.headline() == "Right"


def test_a_reinstatement_ends_a_kill_from_the_future() -> None:
    flow = Flow()
    flow.take(raw_article("story"), minutes(0))
    flow.take(said(raw_kill("story", at=1), at=FAR).model_copy(update={"time": FAR}), minutes(1))
    assert flow.status(str(id_of("story"))) is Status.KILLED
    again = raw_kill("story", at=12)
    notice = again.data.model_copy(update={"kind": "reinstatement"})
    flow.take(again.model_copy(update={"type": EventType.ARTICLE_REINSTATED, "data": notice}), minutes(12))
    assert flow.status(str(id_of("story"))) is Status.REINSTATED


def test_a_kill_with_a_right_clock_reaches_a_story_from_the_future() -> None:
    flow = Flow()
    flow.take(said(raw_article("story"), modified=FAR.isoformat()).model_copy(update={"time": FAR}), minutes(0))
    flow.take(raw_kill("story", at=1), minutes(1))
    assert flow.status(str(id_of("story"))) is Status.KILLED


def decision(at: datetime, decided: str, received: datetime) -> RawCommentEvent:
    posted = raw_comment("story", 1)
    notice = CommentNotice.model_validate(
        posted.data.model_dump(include={"article_id", "comment_id", "provider", "publisher", "claims", "name"})
        | {"kind": "comment-moderation", "decision": decided, "at": at}
    )
    return posted.model_copy(
        update={"type": EventType.COMMENT_MODERATED, "time": received, "data": notice, "id": decided}
    )


def test_a_moderators_decision_from_the_future_does_not_last() -> None:
    flow = Flow()
    flow.take(raw_article("story"), minutes(0))
    flow.take(raw_comment("story", 1), minutes(1))
    flow.take(decision(FAR, "approved", FAR), minutes(2))
    flow.take(decision(minutes(13), "rejected", minutes(13)), minutes(13))
    (key,) = [key for key in flow.index.current if key != str(id_of("story"))]
    assert flow.status(key) is Status.REJECTED


def test_an_edit_from_the_future_does_not_last() -> None:
    flow = Flow()
    flow.take(raw_article("story"), minutes(0))
    first, second = raw_comment("story", 1, text="Wrong."), raw_comment("story", 1, text="Right.")
    wrong = first.data.model_copy(update={"edited": FAR.isoformat()})
    flow.take(first.model_copy(update={"data": wrong, "time": FAR}), minutes(1))
    right = second.data.model_copy(update={"edited": minutes(12).isoformat()})
    flow.take(second.model_copy(update={"data": right, "time": minutes(12)}), minutes(12))
    (comment,) = [one for key, one in flow.index.current.items() if key != str(id_of("story"))]
    assert comment.comment.text == "Right."


def test_a_record_without_the_brokers_time_is_taken_as_it_is() -> None:
    event = raw_article("story").model_copy(update={"time": FAR})
    record = ConsumedRecord(ARTICLES_RAW, 0, 0, str(id_of("story")).encode(), event.to_json())
    assert ARTICLES_RAW.decode(record).time == FAR


def untimed(event: RawArticleEvent) -> dict[str, Any]:
    """As a provider pushes it."""
    loaded: dict[str, Any] = json.loads(event.to_json())
    loaded["data"].pop("modified", None)
    return loaded


@pytest.mark.parametrize("n", range(8))
def test_of_two_revisions_without_times_in_one_request_the_later_wins(n: int) -> None:
    flow = Flow()
    texts = [f"{n} first", f"{n} second", f"{n} third"]
    events = [untimed(said(raw_article("story", text=text), headline=text)) for text in texts]
    for event in _pushed(events):
        flow.take(event, event.time)
    assert flow.headline() == texts[-1]


@pytest.mark.parametrize("n", range(8))
def test_a_story_and_its_withholding_in_one_request_is_withheld(n: int) -> None:
    flow = Flow()
    story = untimed(raw_article("story", text=f"{n}"))
    for event in _pushed([story, untimed(raw_patch("story", at=0, withheld=True, slug=f"{n}"))]):
        flow.take(event, event.time)
    assert flow.status(str(id_of("story"))) is Status.WITHHELD


@pytest.mark.parametrize("n", range(8))
def test_of_two_decisions_about_a_comment_in_one_request_the_later_counts(n: int) -> None:
    flow = Flow()
    flow.take(raw_article("story"), minutes(0))
    decided = [
        decision(minutes(0), one, minutes(0)).model_dump(mode="json", exclude_none=True)
        for one in ("approved", "rejected")
    ]
    for one in decided:
        one["id"] = f"{one['id']}{n}"
        del one["data"]["at"]
    for event in _pushed([json.loads(raw_comment("story", 1).to_json()), *decided]):
        flow.take(event, event.time)
    (key,) = [key for key in flow.index.current if key != str(id_of("story"))]
    assert flow.status(key) is Status.REJECTED


def _pushed(events: list[dict[str, Any]]) -> Any:
    body = b"\n".join(json.dumps(one).encode() for one in events)
    read = read_push(body, "application/x-ndjson", "herald", None, SETTINGS)
    assert not read.rejects
    return read.events
