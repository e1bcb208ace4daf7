from __future__ import annotations

from pipeline.index.projections import index_request
from pipeline.topics import ARTICLES_CURRENT, ConsumedRecord
from schemas.current import CurrentArticle, Status, Visibility
from schemas.documents import DOCUMENTS
from schemas.event import EventType
from schemas.events import CurrentArticleEvent
from tests.support.builders import NOON, id_of


def test_status_is_there_under_its_older_name_too() -> None:
    current = CurrentArticle(
        article_id=id_of("story"),
        version=1,
        visibility=Visibility(status=Status.KILLED),
    )
    event = CurrentArticleEvent(
        id="1", source="/test", type=EventType.ARTICLE_PUBLISHED, subject="a", time=NOON, data=current
    )
    wanted = index_request(
        ConsumedRecord(ARTICLES_CURRENT, 0, 0, str(id_of("story")).encode(), event.to_json()), [], NOON
    )
    assert (wanted.document["status"], wanted.document["standing"]) == ("killed", "killed")
    for document in DOCUMENTS:
        assert ("status" in document.names()) == ("standing" in document.names())
