"""What is remembered of a text for its copies: the same enrichment, made once; another text, or one whose enricher failed, is made anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.stages.enrich import Choices, enrich_article
from pipeline.stages.enrich.copies import READ_BY_ENRICHERS, Copies, digest
from pipeline.stages.enrich.events import ARTICLE_ENRICHERS
from schemas.article import Article
from schemas.enriched import EnrichedArticle
from schemas.enrichment import ArticleEnrichment
from schemas.events import NormalizedArticleEvent
from tests.support.memory import normalized

TEXT = "OSLO (AP) - The mayor of Oslo, Ann Lee, said on Monday: “It was 3.5 million euros.”"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Headlines of the articles whose words were counted."""
    headlines: list[str] = []
    own = ARTICLE_ENRICHERS["words"]

    def watched(article: Any, made: Any, chosen: Any) -> Any:
        headlines.append(article.headline)
        return own(article, made, chosen)

    monkeypatch.setitem(ARTICLE_ENRICHERS, "words", replace(own, run=watched))
    return headlines


def changed(**fields: Any) -> NormalizedArticleEvent:
    event = normalized(TEXT)
    return event.model_copy(update={"data": event.data.model_copy(update=fields)})


def enrichment(event: NormalizedArticleEvent, copies: Copies | None) -> ArticleEnrichment:
    data = enrich_article(event, Choices(), copies).data
    assert isinstance(data, EnrichedArticle)
    assert data.article == event.data
    return data.enrichment


def test_a_copy_has_the_same_enrichment_and_it_is_made_once(made: list[str]) -> None:
    copies = Copies()
    first = enrichment(normalized(TEXT), copies)
    again = enrichment(changed(provider="another.example", section="World"), copies)
    assert len(made) == 1
    assert again == first == enrichment(normalized(TEXT), None)
    assert {one.name for one in again.entities} >= {"Oslo", "Ann Lee"}


@pytest.mark.parametrize(
    "fields",
    [
        {"headline": "Another headline"},
        {"paragraphs": ("The mayor of Oslo, Ann Lee, said nothing.",)},
        {"dateline": "BERGEN, Norway"},
        {"dateline": None},
        {"language": "no"},
    ],
    ids=str,
)
def test_another_text_is_enriched_anew(fields: dict[str, Any], made: list[str]) -> None:
    copies = Copies()
    enrichment(normalized(TEXT), copies)
    other = changed(**fields)
    assert enrichment(other, copies) == enrichment(other, None)
    assert len(made) == 3


def test_no_two_texts_have_one_digest() -> None:
    base = normalized(TEXT).data
    assert isinstance(base, Article)
    parts: list[dict[str, Any]] = [
        {"headline": "ab", "dateline": "c", "language": None, "paragraphs": ("d",)},
        {"headline": "a", "dateline": "bc", "language": None, "paragraphs": ("d",)},
        {"headline": "ab", "dateline": None, "language": "c", "paragraphs": ("d",)},
        {"headline": "ab", "dateline": "c", "language": "d", "paragraphs": ()},
        {"headline": "ab", "dateline": "c", "language": None, "paragraphs": ("", "d")},
        {"headline": "ab", "dateline": "c", "language": "", "paragraphs": ("d",)},
        {"headline": "ab", "dateline": "c", "language": None, "paragraphs": ("\ud800",)},
    ]
    assert all(set(one) == set(READ_BY_ENRICHERS) for one in parts)
    assert len({digest(base.model_copy(update=one)) for one in parts}) == len(parts)


def test_what_an_enricher_failed_on_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ValueError("on purpose")

    copies = Copies()
    with monkeypatch.context() as patched:
        patched.setitem(ARTICLE_ENRICHERS, "figures", fails)
        assert enrichment(normalized(TEXT), copies).missing == ("figures",)
    assert enrichment(normalized(TEXT), copies).missing == ()


def test_the_latest_are_remembered(made: list[str]) -> None:
    copies = Copies(most=2)
    for headline in ("one", "two", "one", "three", "one", "two"):
        enrichment(changed(headline=headline), copies)
    assert made == ["one", "two", "three", "two"]
