"""The texts under the article's own language, for other forms of a word."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.index.projections import index_request
from pipeline.topics import ARTICLES_CURRENT, ConsumedRecord
from schemas.current import CurrentArticle, Status, Visibility
from schemas.enriched import EnrichedArticle
from schemas.enrichment import ArticleEnrichment
from schemas.event import EventType
from schemas.events import CurrentArticleEvent
from tests.support.builders import NOON, article_event, id_of


def document(
    detected: str | None, declared: str | None, status: Status = Status.PUBLIC, **update: Any
) -> dict[str, Any]:
    made = article_event("story").data
    assert isinstance(made, EnrichedArticle)
    texts = {"headline": "Ferries", "summary": None, "paragraphs": ("One.", "Two."), "language": declared}
    article = None if status is Status.KILLED else made.article.model_copy(update=texts | update)
    enrichment = ArticleEnrichment(language=detected)
    data = CurrentArticle(
        article_id=id_of("story"),
        version=1,
        visibility=Visibility(status=status),
        article=article,
        enrichment=enrichment,
    )
    event = CurrentArticleEvent(
        id="1", source="/test", type=EventType.ARTICLE_PUBLISHED, subject="a", time=NOON, data=data
    )
    record = ConsumedRecord(ARTICLES_CURRENT, 0, 0, str(id_of("story")).encode(), event.to_json())
    found = index_request(record, [], NOON).document
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("detected", "declared", "language"),
    [
        ("en", None, "en"),
        ("de", "en", "de"),
        (None, "fr-CA", "fr"),
        ("no", None, "nb"),
        ("ja", "en", None),
        (None, None, None),
    ],
)
def test_an_article_is_stemmed_in_its_own_language_only(detected: str, declared: str, language: str | None) -> None:
    found = document(detected, declared)
    texts = {"headline": "Ferries", "body": "One.\n\nTwo."}
    assert found.get("stemmed") == ({language: texts} if language else None)
    assert found["body"] == texts["body"]


def test_a_killed_one_has_no_texts_there_either() -> None:
    assert "stemmed" not in document("en", None, Status.KILLED)
    assert document("en", None, Status.EMBARGOED)["stemmed"]["en"]["headline"] == "Ferries"


def test_a_text_beyond_all_stories_is_not_sent_twice() -> None:
    found = document("en", None, paragraphs=tuple("x" * 200_000 for _ in range(6)))
    assert set(found["stemmed"]["en"]) == {"headline"}
