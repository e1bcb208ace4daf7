"""The answers of the search API as its OpenAPI description shows them. Answers are not validated against them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from pipeline.process.problems import MEDIA_TYPE
from pipeline.saved.telling import FIELDS as TOLD_FIELDS
from pipeline.search import matching
from pipeline.search.document_fields import fields_model
from schemas.documents import ArticleDocument, CommentDocument, Document


class Shape(BaseModel):
    """What has a value is there; a later version may add fields."""


class OfDocument(Shape):
    """With fields of a document of the index."""

    document: ClassVar[type[Document]] = ArticleDocument
    only: ClassVar[frozenset[str]] = ArticleDocument.names() - {*matching.SOURCE_EXCLUDES}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        own = handler(schema)
        found = handler.resolve_ref_schema(own)
        of_document = handler.resolve_ref_schema(handler(fields_model(cls.document, cls.only).__pydantic_core_schema__))
        found["properties"] = of_document["properties"] | found["properties"]
        return own


class NoteShape(Shape):
    """What was ignored or corrected in a query."""

    kind: str = Field(examples=["unclosed-quote"])
    text: str = Field(examples=["A quotation mark without its partner was ignored."])


class FacetValue(Shape):
    value: str = Field(examples=["Business"])
    count: int = Field(examples=[17])
    code: str | None = Field(None, description="Of a section that is one of IPTC's Media Topics.")
    chosen: bool | None = Field(None, description="Present where the search filters by it.")


class Bucket(Shape):
    from_: datetime = Field(alias="from")
    count: int


class StoryOfHit(Shape):
    id: str
    articles: int = Field(description="How many articles tell it.", examples=[4])
    publishers: list[str]


class ArticleFields(OfDocument):
    """An article's document; an empty field is absent. docs/reference/index-fields.md says what each is."""

    id: str = Field(examples=["6c1f2c0e-0000-4000-8000-000000000000"])
    article_id: str


class _Hit(Shape):
    score: float | None = Field(None, description="Null where it is not by relevance that hits are sorted.")
    highlights: dict[str, list[str]] = Field({}, description="Fragments by field; words found are between U+FDD0 and U+FDD1: escape first, then mark.")  # fmt: skip


class ArticleHit(ArticleFields, _Hit):
    """The document's fields, without `entities`, `pictures`, `faq`, `original` and `claims` unless `fields` names them, and
    what the search adds."""

    comment_count: int
    story: StoryOfHit | None = Field(None, description="With `collapse=story`.")


class CommentHit(OfDocument, _Hit):
    document = CommentDocument
    only = CommentDocument.names()
    id: str
    comment_id: str
    article_id: str


class _Found(Shape):
    total: int = Field(examples=[42])
    took_ms: int
    sort: str = Field(examples=["relevance"])
    notes: list[NoteShape]
    next: str | None = Field(description="`cursor` of the next page; null at the end.")


class ArticleResults(_Found):
    hits: list[ArticleHit]
    facets: dict[str, list[FacetValue]] = Field(examples=[{"section": [{"value": "sport", "code": "medtop:15000000", "count": 17}]}])  # fmt: skip
    histogram: list[Bucket] | None = Field(None, description="Where it is asked for.")
    histogram_interval: str | None = Field(None, examples=["day"], description="By what it is counted: a longer one than was asked for, where there would be too many.")  # fmt: skip
    did_you_mean: str | None = Field(description="Another spelling, where little was found.")


class CommentResults(_Found):
    hits: list[CommentHit]
    facets: dict[str, list[FacetValue]]


class Trend(Shape):
    name: str
    kind: str
    hour: datetime
    count: int
    expected: float
    score: float


class SavedWebhook(Shape):
    url: str
    since: datetime
    disabled: bool = Field(description="It was given up; set it again to go on.")


class SavedSearchShape(Shape):
    id: str
    name: str
    query: dict[str, Any] = Field(examples=[{"q": "ferry", "section": ["Business"]}])
    updates: bool
    created: datetime
    expires: datetime | None = Field(
        None, description="When it is deleted unless it is changed before; not with a key."
    )
    too_broad: bool = Field(
        False, description="Whether it found so much in the last hour that what it finds now is not told."
    )
    webhook: SavedWebhook | None = None
    links: dict[str, str] = Field(description="`self`, `alerts`, `deliveries`, `live` and `atom`.")
    notes: list[NoteShape] = []


class ChangedSavedSearch(SavedSearchShape):
    secret: str | None = Field(None, description="Signs what is posted to a new webhook. It is shown only now.")


class NewSavedSearch(ChangedSavedSearch):
    token: str = Field(description="Reads, changes and deletes the search. It is shown only now.")


class SearchOfAlert(Shape):
    id: str
    name: str


class ArticleOfAlert(OfDocument):
    """Of a withdrawal, the id alone."""

    only = frozenset(TOLD_FIELDS)
    article_id: str
    link: str | None = Field(None, description="The page of it here.")


class AlertShape(Shape):
    """The same as a webhook gets it."""

    id: str = Field(description="The same each time it is told.")
    type: str = Field(examples=["story.matched", "story.updated", "story.withdrawn"])
    at: datetime
    search: SearchOfAlert
    article: ArticleOfAlert
    reason: str | None = Field(None, description="Of a withdrawal.")


class DeliveryShape(Shape):
    alert: str = Field(description="The alert's id, which is the `webhook-id` that was sent.")
    article_id: str
    type: str
    state: str = Field(examples=["delivered", "retrying", "failed", "skipped", "sending"])
    attempts: int
    at: datetime
    next: datetime | None = None
    status: int | None = None
    problem: str | None = None


class ProblemShape(BaseModel):
    """RFC 9457."""

    type: str = Field(examples=["urn:dateline:problem:unknown-parameter"])
    title: str
    status: int
    detail: str
    instance: str | None = None
    parameter: str | None = None
    known: list[str] | None = Field(None, description="Of an unknown parameter: those that there are.")
    errors: list[dict[str, Any]] | None = None


def problems(*statuses: int, tagged: bool = True) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route for these statuses, and those that every route may answer. `tagged`: its answer has an ETag."""
    texts = {
        304: "The client has it already (If-None-Match)",
        401: "No key, or a wrong one (where keys are set)",
        403: "Not with these credentials, or not on this server",
        413: "The request is too large",
        429: "Too many requests (where a rate is set), or too many are saved; Retry-After says when to go on, where that helps",
        431: "The address with its parameters, or the headers, are too large",
        400: "An unknown parameter, a cursor of another search, or a search that can't be answered",
        404: "Not there, or not for readers",
        422: "A parameter's value can't be one",
        500: "Something went wrong here",
        503: "What is needed for the answer is away, or too many are listening; Retry-After says when to try again",
    }
    problem = {MEDIA_TYPE: {"schema": ProblemShape.model_json_schema()}}
    return {
        status: {"description": texts[status]} | ({} if status == 304 else {"content": problem})
        for status in (*((304,) if tagged else ()), 400, 401, *statuses, 422, 429, 431, 500, 503)
    }
