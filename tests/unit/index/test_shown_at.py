"""The time by which the latest articles are sorted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.index.projections import index_request
from pipeline.topics import ARTICLES_CURRENT, ConsumedRecord
from schemas.current import CurrentArticle, Status, Visibility
from schemas.enriched import EnrichedArticle
from schemas.event import EventType
from schemas.events import CurrentArticleEvent
from schemas.identity import Moment
from tests.support.builders import article_event, id_of, minutes

FAR = datetime(2031, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("published", "modified", "embargo", "at"),
    [
        (minutes(-600), minutes(-5), None, minutes(-600)),
        (None, minutes(-5), None, minutes(-5)),
        (None, None, None, minutes(0)),
        (FAR, None, None, minutes(5)),
        (None, FAR, None, minutes(5)),
        # it was received before its embargo's end, and is new for readers then
        (minutes(300), None, minutes(300), minutes(300)),
        (None, None, minutes(300), minutes(300)),
        (FAR, None, minutes(300), minutes(300)),
        (minutes(-600), None, minutes(300), minutes(-600)),
    ],
)
def test_the_time_that_counts(
    published: datetime | None, modified: datetime | None, embargo: datetime | None, at: datetime
) -> None:
    made = article_event("story").data
    assert isinstance(made, EnrichedArticle)

    def moment(utc: datetime | None) -> Moment | None:
        return Moment(utc=utc) if utc else None

    article = made.article.model_copy(
        update={"published": moment(published), "modified": moment(modified), "embargo_until": moment(embargo)}
    )
    data = CurrentArticle(
        article_id=id_of("story"), version=1, visibility=Visibility(status=Status.PUBLIC), article=article
    )
    event = CurrentArticleEvent(
        id="1", source="/test", type=EventType.ARTICLE_PUBLISHED, subject="a", time=minutes(60), data=data
    )
    record = ConsumedRecord(ARTICLES_CURRENT, 0, 0, str(id_of("story")).encode(), event.to_json())
    assert index_request(record, [], minutes(61)).document["shown_at"] == at


def made_document(received: datetime) -> dict[str, Any]:
    """The document of a public article that was received then."""
    made = article_event("story").data
    assert isinstance(made, EnrichedArticle)
    data = CurrentArticle(
        article_id=id_of("story"), version=1, visibility=Visibility(status=Status.PUBLIC), article=made.article
    )
    event = CurrentArticleEvent(
        id="1", source="/test", type=EventType.ARTICLE_PUBLISHED, subject="a", time=received, data=data
    )
    record = ConsumedRecord(ARTICLES_CURRENT, 0, 0, str(id_of("story")).encode(), event.to_json())
    return index_request(record, [], received).document
