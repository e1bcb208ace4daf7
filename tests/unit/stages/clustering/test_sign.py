from __future__ import annotations

from pipeline.stages.clustering.sign import bands as all_bands
from pipeline.topics import (
    Record,
)
from schemas.events import EnrichedArticleEvent
from tests.support.builders import article_event, kill_event
from tests.support.memory import config


def bands(event: EnrichedArticleEvent) -> list[Record]:
    return all_bands(event, config().partition_of)


def test_a_notice_and_a_text_that_says_too_little_meet_nobody() -> None:
    assert bands(kill_event()) == []
    assert bands(article_event(text="Rain.")) == []
