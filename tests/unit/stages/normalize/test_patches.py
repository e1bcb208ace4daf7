"""Partial updates, cleaned like whole articles."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.errors import Reject
from pipeline.stages.normalize import normalize_article
from schemas.events import (
    RawArticleEvent,
)
from schemas.patch import ArticlePatch, ReceivedPatch
from tests.support.builders import minutes, raw_patch


def test_what_normalize_refuses_in_a_whole_article_it_refuses_here() -> None:
    with pytest.raises(Reject, match="embargo_until"):
        normalize_article(raw_patch("story", at=0, embargo_until="next Tuesday or so"))
    with pytest.raises(Reject, match="headline"):
        normalize_article(raw_patch("story", at=0, headline="   "))


def test_nulls_and_names_survive_the_topic() -> None:
    event = raw_patch("story", at=0, byline=None, topics=[], withheld=False, paragraphs=["One.  "])
    again = RawArticleEvent.model_validate_json(event.to_json())
    assert again == event
    assert isinstance(again.data, ReceivedPatch)
    assert again.data.cleared == ("byline",)
    clean = normalize_article(again).data
    assert isinstance(clean, ArticlePatch)
    assert clean.cleared == ("authors", "body_html", "byline", "written_by")
    assert clean.set()["topics"] == []
    assert clean.set()["withheld"] is False
    assert clean.set()["paragraphs"] == ["One."]
    assert clean.revision.modified == minutes(0)
    assert timedelta(0) == clean.revision.received - minutes(0)
