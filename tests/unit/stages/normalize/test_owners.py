"""Whose an article or a comment is: nobody speaks for another, by push or by Kafka."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.errors import Reject
from pipeline.identity import article_id, comment_id, comment_name
from pipeline.ingest.submissions import read_push
from pipeline.settings import Settings
from pipeline.stages.normalize import normalize_article, normalize_comment
from schemas.comment import Comment, CommentNotice
from schemas.event import EventType
from schemas.events import RawCommentEvent
from tests.support.builders import PUBLISHER, claim, id_of, raw_article, raw_comment, raw_kill, raw_patch

THIEF = "thief.example"
SETTINGS = Settings.model_validate({"providers": {"thief": {"publisher": THIEF}}})
VICTIM = raw_comment("story", 1)


def notice(kind: str, **more: Any) -> RawCommentEvent:
    data = VICTIM.data.model_dump(include={"article_id", "comment_id", "provider", "publisher", "claims", "name"})
    decision = "approved" if kind == "comment-moderation" else None
    type_ = EventType.COMMENT_MODERATED if decision else EventType.COMMENT_REMOVED
    made = CommentNotice.model_validate(data | {"kind": kind, "decision": decision} | more)
    return VICTIM.model_copy(update={"type": type_, "data": made})


EVENTS = [VICTIM, notice("comment-removal"), notice("comment-moderation")]
THEFTS: list[dict[str, Any]] = [
    {"provider": "thief", "publisher": THIEF},
    {"provider": "thief", "publisher": THIEF, "claims": ()},
    {"provider": "thief", "publisher": THIEF, "claims": (claim("own"),)},
    # an article of its own, with the other's comment in it
    {"provider": "thief", "publisher": THIEF, "claims": (claim("own"),), "article_id": article_id(THIEF, [claim("own")])},
    {"provider": "thief", "publisher": THIEF, "claims": (claim("own"),), "article_id": article_id(THIEF, [claim("own")]), "name": None},
]  # fmt: skip


@pytest.mark.parametrize("theft", THEFTS)
@pytest.mark.parametrize("event", EVENTS)
def test_a_comment_of_anothers_is_refused(event: RawCommentEvent, theft: dict[str, Any]) -> None:
    normalize_comment(event)
    stolen = event.model_copy(update={"data": event.data.model_copy(update=theft)})
    with pytest.raises(Reject, match="identity"):
        normalize_comment(stolen)


@pytest.mark.parametrize("theft", THEFTS)
@pytest.mark.parametrize("event", EVENTS)
def test_nor_does_it_pass_by_push(event: RawCommentEvent, theft: dict[str, Any]) -> None:
    stolen = event.model_copy(update={"data": event.data.model_copy(update=theft), "source": "/operator"})
    read = read_push(stolen.to_json(), "application/x-ndjson", "thief", None, SETTINGS)
    for passed in read.events:
        assert isinstance(passed, RawCommentEvent)
        with pytest.raises(Reject, match="identity"):
            normalize_comment(passed)


@pytest.mark.parametrize("event", [raw_article("story"), raw_patch("story", at=1, slug="x"), raw_kill("story", at=1)])
def test_an_article_of_anothers_is_refused(event: Any) -> None:
    for theft in ({"publisher": THIEF}, {"publisher": THIEF, "claims": (claim("own"),)}):
        stolen = event.model_copy(update={"data": event.data.model_copy(update=theft)})
        with pytest.raises(Reject, match="identity"):
            normalize_article(stolen)


def test_an_answer_to_anothers_comment_is_a_comment_of_its_own() -> None:
    own = raw_comment("own", 1)
    for name in (None, comment_name("1"), "x"):
        data = own.data.model_copy(update={"parent_id": VICTIM.data.comment_id, "parent_name": name})
        comment = normalize_comment(own.model_copy(update={"data": data})).data
        assert isinstance(comment, Comment)
        assert comment.parent_id is None


def test_answers_of_one_article_stay_answers() -> None:
    body = {"article": {"id": "story"}, "comments": [
        {"id": "1", "author": "A", "text": "First."}, {"id": "2", "author": "B", "text": "Second.", "parent": "1"},
        {"id": "3", "author": "C", "text": "Third.", "parent": "elsewhere"},
    ]}  # fmt: skip
    settings = Settings.model_validate({"providers": {"herald": {"publisher": PUBLISHER}}})
    read = read_push(json.dumps(body).encode(), None, "herald", None, settings)
    parents = []
    for event in read.events:
        assert isinstance(event, RawCommentEvent)
        comment = normalize_comment(event).data
        assert isinstance(comment, Comment)
        parents.append(comment.parent_id)
    article = id_of("story")
    assert parents == [None, comment_id(article, comment_name("1")), comment_id(article, comment_name("elsewhere"))]


def test_what_shows_whose_a_comment_is_goes_no_further() -> None:
    for event in EVENTS[1:]:
        made = normalize_comment(event).data
        assert isinstance(made, CommentNotice)
        assert (made.claims, made.name) == ((), None)


def test_an_operator_removes_any_comment() -> None:
    bare = notice("comment-removal", claims=(), name=None).model_copy(update={"source": "/operator"})
    assert normalize_comment(bare).data.comment_id == VICTIM.data.comment_id
