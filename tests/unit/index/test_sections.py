"""The facet in which the sections, topics and codes of all newsrooms meet."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.formats.mediatopics import media_topics
from pipeline.index.projections import index_request
from pipeline.topics import ARTICLES_CURRENT, ConsumedRecord
from schemas.article import Subject
from schemas.current import CurrentArticle, Status, Visibility
from schemas.enriched import EnrichedArticle
from schemas.event import EventType
from schemas.events import CurrentArticleEvent
from tests.support.builders import article_event, id_of, minutes


def _document(section: str | None, topics: tuple[str, ...] = (), subjects: tuple[Subject, ...] = ()) -> dict[str, Any]:
    made = article_event("story").data
    assert isinstance(made, EnrichedArticle)
    values = {"section": section, "topics": topics, "media_topics": media_topics(section, topics, subjects)}
    article = made.article.model_copy(update=values)
    data = CurrentArticle(
        article_id=id_of("story"), version=1, visibility=Visibility(status=Status.PUBLIC), article=article
    )
    event = CurrentArticleEvent(
        id="1", source="/test", type=EventType.ARTICLE_PUBLISHED, subject="a", time=minutes(60), data=data
    )
    record = ConsumedRecord(ARTICLES_CURRENT, 0, 0, str(id_of("story")).encode(), event.to_json())
    return index_request(record, [], minutes(61)).document


SPORT = {"code": "medtop:15000000", "name": "sport"}


@pytest.mark.parametrize(
    ("section", "topics", "shown"),
    [
        ("Sports", (), [SPORT]),
        ("deportes", (), [SPORT]),
        ("Harbour Life", ("Fußball",), [SPORT, {"name": "harbour life"}]),
        ("International", (), [{"name": "news"}, {"name": "international"}]),
        ("news", (), [{"name": "news"}]),
    ],
)
def test_a_document_has_its_own_newsrooms_section_and_the_one_of_all(
    section: str, topics: tuple[str, ...], shown: list[dict[str, str]]
) -> None:
    document = _document(section, topics)
    assert (document["section"], document["sections"]) == (section, shown)


def test_codes_meet_there_too_and_without_any_there_is_none() -> None:
    subjects = (Subject(code="subj:15054000"), Subject(code="medtop:20000065", name="civil unrest"))
    assert _document(None, (), subjects)["sections"] == [SPORT]
    assert "sections" not in _document("Uncategorized")
    assert "sections" not in _document(None)
