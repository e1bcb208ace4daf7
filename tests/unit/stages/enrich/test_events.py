"""The enrichers of an article together: one that is switched off, one that is unknown, one that fails."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from pipeline.errors import Fatal
from pipeline.settings import Settings, load_settings
from pipeline.stages.clustering.sign import sign
from pipeline.stages.enrich import Choices, choices, enrich_article, load
from pipeline.stages.enrich.copies import READ_BY_ENRICHERS
from pipeline.stages.enrich.enricher import READ_BY_ENRICH
from pipeline.stages.enrich.events import ARTICLE_ENRICHERS
from schemas.article import Article
from schemas.enriched import EnrichedArticle
from schemas.patch import PATCHABLE
from tests.support.memory import normalized


def test_an_enricher_that_is_switched_off_leaves_its_field_empty_and_the_others_alone() -> None:
    event = normalized("The council of Oslo, Norway, was very happy on Monday, said Ann Lee, the mayor of the town.")
    every, some = (
        enrich_article(event, Choices(off=off)).data for off in (frozenset[str](), frozenset({"sentiment", "entities"}))
    )
    assert isinstance(every, EnrichedArticle)
    assert isinstance(some, EnrichedArticle)
    assert every.enrichment.sentiment is not None
    assert every.enrichment.entities
    assert (some.enrichment.sentiment, some.enrichment.entities, some.enrichment.missing) == (None, (), ())
    assert some.enrichment.keywords == every.enrichment.keywords


def test_by_default_those_run_whose_fields_a_page_or_a_facet_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATELINE_ENRICHERS_OFF", raising=False)
    event = normalized(
        "The council of Oslo, Norway, was very happy on Monday, said Ann Lee, the mayor of the town. " * 3
    )
    made = enrich_article(event, choices(Settings(_env_file=None))).data
    assert isinstance(made, EnrichedArticle)
    shown = made.enrichment
    assert (shown.sentiment, shown.readability, shown.keywords, shown.missing) == (None, None, (), ())
    assert shown.language == "en"
    assert shown.direction == "ltr"
    assert shown.reading_seconds > 0
    assert {one.name for one in shown.entities if one.sure} >= {"Oslo", "Ann Lee"}


def test_one_that_does_not_run_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    for name in ("sentiment", "language"):
        watched = replace(ARTICLE_ENRICHERS[name], load=partial(loaded.append, name))
        monkeypatch.setitem(ARTICLE_ENRICHERS, name, watched)
    load(Choices(off=frozenset({"sentiment"})))
    assert loaded == ["language"]


def test_an_enricher_that_there_is_none_of_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_ENRICHERS_OFF", '["sentiments"]')
    with pytest.raises(Fatal, match="DATELINE_ENRICHERS_OFF names sentiments; there are .*sentiment"):
        choices(load_settings())


def test_one_that_fails_is_named_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ValueError("on purpose")

    monkeypatch.setitem(ARTICLE_ENRICHERS, "keywords", fails)
    made = enrich_article(normalized("The council met in Oslo.")).data
    assert isinstance(made, EnrichedArticle)
    assert made.enrichment.missing == ("keywords",)
    assert made.enrichment.language == "en"


READ_FIELDS: set[str] = set()


class WatchedArticle(Article):
    """Notes which of its fields are read."""

    def __getattribute__(self, name: str) -> object:
        if name in Article.model_fields:
            READ_FIELDS.add(name)
        return super().__getattribute__(name)


def test_copies_are_known_by_all_that_enrichers_read() -> None:
    event = normalized("PARIS (AFP) - The mayor of Paris, Ann Lee, said on Monday: “It was 3.5 million euros in 2024.”")
    watched = WatchedArticle.model_construct(**dict(event.data))
    READ_FIELDS.clear()
    made: dict[str, object] = {}
    for name, enricher in ARTICLE_ENRICHERS.items():
        made[name] = enricher(watched, made, Choices())
    assert made["entities"]
    assert set(READ_BY_ENRICHERS) == READ_FIELDS


def test_what_enrichment_is_made_from_is_listed() -> None:
    """A partial update of such a field enriches again, one of another field does not."""
    event = normalized("PARIS (AFP) - The mayor of Paris, Ann Lee, said on Monday: “It was 3.5 million euros in 2024.”")
    assert isinstance(event.data, Article)
    watched = WatchedArticle.model_construct(**dict(event.data))
    READ_FIELDS.clear()
    enriched = enrich_article(event.model_copy(update={"data": watched})).data
    assert isinstance(enriched, EnrichedArticle)
    assert enriched.enrichment.missing == ()
    sign(enriched.model_copy(update={"article": watched}), event.id)
    assert READ_FIELDS.intersection(PATCHABLE) == READ_BY_ENRICH
