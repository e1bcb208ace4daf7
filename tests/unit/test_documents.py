"""What the models say of fields: mappings, documents and normalize derive from it, and a field without it is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import ValidationError

from pipeline.index.documents import index_request
from pipeline.index.families import FAMILIES
from pipeline.stages.normalize import normalize_article
from pipeline.topics import ARTICLES_CURRENT, ConsumedRecord
from pipeline.topology import INDEX
from schemas import mappings
from schemas.article import Article, ReceivedArticle
from schemas.base import Model
from schemas.current import CurrentArticle, Status, Visibility
from schemas.documents import COMPARED, DOCUMENTS, ArticleDocument, Document, HistoryDocument, StoryDocument
from schemas.event import EventType
from schemas.events import CurrentArticleEvent
from schemas.fields import Cleaned, Indexed, Inlined, Internal, marked
from tests.build import NOON, id_of
from tests.send import raw_article


def test_what_is_for_editors_is_in_no_index() -> None:
    hidden = {name for name, _ in marked(Article, Internal)}
    assert {"editor_note", "withheld"} <= hidden
    for document in DOCUMENTS:
        assert not {"editor_note", "withheld"} & document.names()
    assert ArticleDocument.names("article") <= HistoryDocument.names()


def test_a_field_that_says_nothing_is_refused_on_import() -> None:
    class Unsaid(Model):
        mood: str

    with pytest.raises(TypeError, match=r"Unsaid\.mood has to be either Indexed or Internal"):

        class _Inlining(Document):
            part: Annotated[Unsaid | None, Inlined()] = None

    class Headline(Model):
        headline: Annotated[str, Indexed()]

    with pytest.raises(TypeError, match="headline more than once"):

        class _Twice(Document):
            headline: str
            part: Annotated[Headline, Inlined()]

    with pytest.raises(TypeError, match="no default Elasticsearch type for bytes"):

        class _Unknown(Document):
            packed: bytes


def test_a_document_has_no_other_fields() -> None:
    with pytest.raises(ValidationError, match="story"):
        StoryDocument.model_validate({"story_id": "a", "merged_into": "b", "story": "c"})


def test_a_mapping_that_is_not_as_the_models_make_it_is_found(tmp_path: Path) -> None:
    mappings.export(tmp_path)
    assert mappings.check(tmp_path) == []
    path = tmp_path / "mappings-articles.json"
    changed = json.loads(path.read_text())
    del changed["template"]["mappings"]["properties"]["readability"]
    path.write_text(json.dumps(changed))
    assert [fault.partition(":")[0] for fault in mappings.check(tmp_path)] == ["mappings-articles"]


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


def test_every_topic_of_the_index_has_a_family_and_readers_see_no_twin() -> None:
    assert {family.topic for family in FAMILIES} == set(INDEX.reads)
    assert {family.name for family in FAMILIES if family.hidden} == {"articles", "comments"}


def test_fields_are_compared_lead_first() -> None:
    assert COMPARED[:3] == ("headline", "summary", "byline")
    assert {"agency", "url", "expires"} <= set(COMPARED)


def test_normalize_makes_every_field_that_came() -> None:
    event = raw_article("story")
    filled = ReceivedArticle.model_validate(
        event.data.model_dump()
        | {
            "byline": "By Ann Smith", "dateline": "PARIS", "slug": "s", "summary": "s", "section": "s", "topics": ["t"],
            "subjects": [{"code": "medtop:04000000"}], "faq": [{"question": "Why?"}], "body_html": "<p>x</p>", "take": "1st Ld",
            "named": [{"kind": "place", "name": "Paris"}], "links": [{"url": "u"}], "hops": [{"party": "p"}], "site": "s",
            "genre": "g", "urgency": 1, "pictures": [{"url": "u"}], "rights": "r", "rights_holder": "r", "usage_terms": "u",
            "credit": "c", "editor_note": "e", "withheld": True, "correction_note": "c", "url": "https://x.example/a",
            "language": "en", "published": "2026-03-01T00:00:00Z", "embargo_until": "2026-03-01T00:00:00Z",
            "expires": "2026-03-01T00:00:00Z", "version": 3,
            "original": {"sha256": "0" * 64, "media_type": "text/plain", "size": 1, "gzip": ""},
        }
    )  # fmt: skip
    article = normalize_article(event.model_copy(update={"data": filled})).data
    for name, _ in marked(Article, Cleaned):
        assert getattr(filled, name), f"{name} is not filled in this test"
        assert getattr(article, name), f"{name} is lost"
