"""JSON that is put together from parts that were written before is byte for byte that of the whole."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from pydantic import BaseModel

from pipeline import written_once
from pipeline.kafka.partitions import partition_of
from pipeline.stages.clustering.sign import bands
from pipeline.stages.enrich import enrich_article
from pipeline.stages.normalize import normalize_article
from pipeline.stages.revise.articles import apply_article
from pipeline.stages.revise.current import article_event as current_event
from pipeline.stages.revise.history import history_key, superseded
from pipeline.stages.revise.state import ArticleState
from pipeline.written_once import as_json
from schemas.enriched import EnrichedArticle
from schemas.events import EnrichedArticleEvent
from schemas.story import Band
from tests.support.builders import article_event, kill_event, minutes, raw_article

TEXT = 'Ministers met in “Lisbon” – and 東京, to talk about \u2028 "tariffs" \\ 🙂 with Anna Lind on Friday.'


def enriched() -> EnrichedArticleEvent:
    return enrich_article(normalize_article(raw_article("story", text=TEXT)))


def whole(value: BaseModel, **options: Any) -> bytes:
    return value.model_dump_json(exclude_none=True, **options).encode()


def state() -> ArticleState:
    made = ArticleState(article_id=enriched().data.article_id)
    apply_article(made, enriched())
    made.stubs["100.1.a"] = None
    return made


@pytest.mark.parametrize(
    "event", [enriched(), article_event("other", at=3), kill_event("story", at=4)], ids=["own", "other", "kill"]
)
def test_an_event_is_written_as_pydantic_does(event: EnrichedArticleEvent) -> None:
    assert as_json(event) == as_json(event) == whole(event)
    assert as_json(event.data) == whole(event.data)


def test_current_and_superseded_records_are_too() -> None:
    made = state()
    assert made.current is not None
    current = current_event(made, None, minutes(5))
    old = superseded(made.current, history_key(made.current))
    without = {"version", "moved"}
    assert as_json(current) == whole(current)
    assert as_json(old) == whole(old)
    assert as_json(current.data, without=without) == whole(current.data, exclude=without)


def test_bands_of_one_signature_are_too() -> None:
    made = bands(enriched(), lambda key: partition_of(key.encode(), 12))
    assert len(made) > 1, "only then is anything written once"
    for record in made:
        assert isinstance(record.value, Band)
        assert record.encoded() == whole(record.value)


@pytest.mark.parametrize("empty", [False, True])
def test_a_state_is_too_with_its_text_and_without(empty: bool) -> None:
    made = state() if not empty else ArticleState(article_id=enriched().data.article_id)
    assert as_json(made, parts={"current"}) == whole(made)


def test_a_changed_copy_is_written_anew() -> None:
    event = enriched()
    before = as_json(event)
    assert isinstance(event.data, EnrichedArticle)
    changed = event.data.article.model_copy(update={"headline": "Another one"})
    copy = event.model_copy(update={"data": event.data.model_copy(update={"article": changed})})
    assert as_json(copy) == whole(copy) != before


def test_what_is_gone_is_forgotten() -> None:
    gc.collect()
    before = len(written_once._written)
    event = enriched()
    as_json(event)
    assert len(written_once._written) == before + 3
    del event
    gc.collect()
    assert len(written_once._written) == before


def test_what_is_very_large_is_not_held() -> None:
    small = enriched()
    assert isinstance(small.data, EnrichedArticle)
    article = small.data.article.model_copy(update={"paragraphs": ("Word. " * 20_000,) * 10})
    event = small.model_copy(update={"data": small.data.model_copy(update={"article": article})})
    gc.collect()
    before = len(written_once._written)
    assert as_json(event) == whole(event)
    assert len(written_once._written) == before + 1, "what was found in it is small"
