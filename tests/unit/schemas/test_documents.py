"""What the models say of fields: documents derive from it, and a field without it is refused."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import ValidationError

from schemas.article import Article
from schemas.base import Model
from schemas.documents import COMPARED, DOCUMENTS, ArticleDocument, Document, HistoryDocument, StoryDocument
from schemas.fields import Indexed, Inlined, Internal, marked


def test_what_is_for_editors_is_in_no_index() -> None:
    hidden = {name for name, _ in marked(Article, Internal)}
    assert {"editor_note", "withheld"} <= hidden
    for document in DOCUMENTS:
        # that a revision was withheld is known where no reader searches, to keep it there
        assert not ({"editor_note"} if document is HistoryDocument else {"editor_note", "withheld"}) & document.names()
    assert ArticleDocument.names("article") <= HistoryDocument.names()


def test_a_field_that_says_nothing_is_refused_on_import() -> None:
    class Unsaid(Model):
        mood: str

    with pytest.raises(TypeError, match=r"Unsaid\.mood has to be either Indexed or Internal"):

        class _Inlining(Document):
            part: Annotated[Unsaid | None, Inlined()] = None

    class Said(Model):
        headline: Annotated[str, Indexed()]

    with pytest.raises(TypeError, match="headline more than once"):

        class _Twice(Document):
            headline: str
            part: Annotated[Said, Inlined()]

    with pytest.raises(TypeError, match="no default Elasticsearch type for bytes"):

        class _Unknown(Document):
            packed: bytes


def test_a_document_has_no_other_fields() -> None:
    with pytest.raises(ValidationError, match="story"):
        StoryDocument.model_validate({"story_id": "a", "merged_into": "b", "story": "c"})


def test_fields_are_compared_lead_first() -> None:
    assert COMPARED[:3] == ("headline", "summary", "byline")
    assert {"agency", "url", "expires"} <= set(COMPARED)
