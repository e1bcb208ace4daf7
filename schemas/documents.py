"""What Elasticsearch has of each record: one model per index, of which its mapping and its documents are made.

A document's own fields are declared here, and mapped by their types by default. Those of an article, a
comment or its enrichment are declared with these (schemas/fields.py) and inlined.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict

from schemas.analysis import stemmed_properties
from schemas.article import Article
from schemas.audit import AuditRecord
from schemas.base import Instant, Line, Model, Word
from schemas.columns import Column, columns, tidy
from schemas.comment import Comment
from schemas.current import Status
from schemas.dead_letter import DeadLetter
from schemas.enrichment import ArticleEnrichment, CommentEnrichment
from schemas.fields import Compared, Indexed, Inlined, marked
from schemas.story import Relation
from schemas.trend import Trend


class _Strict(Model):
    """A field that isn't declared is refused, and found by mypy."""

    model_config = ConfigDict(extra="forbid")


class Document(_Strict):
    """A document of one index. Empty fields are absent."""

    index: ClassVar[str]
    """Its family's name; the mapping is schemas/index/mappings-….json."""
    limit: ClassVar[int] = 4096
    """Longest keyword that is searched, in characters, where the field declares no limit."""
    columns: ClassVar[tuple[Column, ...]]
    inlined: ClassVar[tuple[str, ...]]
    """Its fields whose own fields are its columns."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        cls.columns = columns(cls, cls.limit)
        cls.inlined = tuple(dict.fromkeys(column.inside for column in cls.columns if column.inside))

    def as_source(self, without: Set[str] = frozenset()) -> dict[str, Any]:
        """As Elasticsearch gets it, JSON but for instants; `without` those names."""
        # by each part's own dictionary: an article's document has 119 columns, most of them empty
        parts: dict[str | None, dict[str, Any]] = {None: vars(self)}
        for inside in self.inlined:
            parts[inside] = vars(part) if (part := getattr(self, inside)) is not None else {}
        found: dict[str, Any] = {}
        for column in self.columns:
            value = parts[column.inside].get(column.field)
            if value is not None and column.name not in without:
                found[column.name] = column.convert(value) if column.convert else value
        return tidy(found)

    @classmethod
    def names(cls, inside: str | None = None) -> frozenset[str]:
        """The names that its documents can have; with `inside` those of one inlined model."""
        return frozenset(column.name for column in cls.columns if inside is None or column.inside == inside)

    @classmethod
    def name_of(cls, field: str) -> str:
        """What a field of the record is called in the document."""
        return next((column.name for column in cls.columns if column.field == field), field)


class Processed(_Strict):
    """When each stage let the record go."""

    received: Instant | None = None
    normalized: Instant | None = None
    enriched: Instant | None = None
    revised: Instant | None = None
    indexed: Instant


class Mentions(_Strict):
    """Whom and what an article names: by its publisher's word first, then as found in the text."""

    people: Annotated[tuple[str, ...], Indexed(words=True)] = ()
    places: Annotated[tuple[str, ...], Indexed(words=True)] = ()
    organisations: Annotated[tuple[str, ...], Indexed(words=True)] = ()
    countries: Annotated[tuple[str, ...], Indexed()] = ()
    """ISO 3166-1 alpha-2."""
    locations: Annotated[tuple[dict[str, float], ...], Indexed("geo_point")] = ()
    """`lat` and `lon`, degrees."""


class Section(_Strict):
    """A subject, a newsroom's desk, or a section of one newsroom."""

    code: Annotated[Word | None, Indexed(limit=1024)] = None
    """Of one of IPTC's Media Topics."""
    name: Annotated[Line, Indexed(limit=1024)]
    """The topic's in English; of others in lower case."""


class _OfArticle(Document):
    article_id: Word
    status: Annotated[Line, Indexed(also="standing")]
    until: Instant | None = None
    kill_reason: Annotated[str | None, Indexed("text", searched=False)] = None
    processed: Processed
    article: Annotated[Article | None, Inlined()] = None
    enrichment: Annotated[ArticleEnrichment | None, Inlined()] = None
    mentions: Annotated[Mentions | None, Inlined()] = None


class ArticleDocument(_OfArticle):
    """The current revision; a killed one has no text."""

    index = "articles"
    story_id: Annotated[Word | None, Indexed(limit=1024)] = None
    relation: Annotated[Relation | None, Indexed(limit=1024)] = None
    has: Annotated[tuple[Word, ...], Indexed(limit=64)] = ()
    """What goes with the text: `pictures`, `correction`."""
    shown_at: Instant | None = None
    """By which the latest are sorted, filtered and paged: when it was published, else first modified, else received."""
    sections: Annotated[tuple[Section, ...], Indexed()] = ()
    """In which the sections, topics and codes of all publishers meet; `section` is this one's own word."""
    stemmed: Annotated[dict[str, dict[str, str | None]] | None, Indexed(properties=stemmed_properties())] = None
    """Headline, summary and body once more, under the article's language: there other forms of a word find it. For the index,
    not to be shown."""


class HistoryDocument(_OfArticle):
    """A superseded revision, or a partial update."""

    index = "history"
    revision_key: Word
    named_fields: tuple[Line, ...] = ()
    """Of a partial update: what it sets, by the document's names."""
    cleared: tuple[Line, ...] = ()
    """Of a partial update: what it empties."""
    withheld: bool | None = None
    """Its provider withheld this revision."""


class CommentDocument(Document):
    index = "comments"
    article_id: Word
    comment_id: Word
    status: Annotated[Status, Indexed(also="standing")]
    until: Instant | None = None
    decision: Line | None = None
    processed: Processed
    comment: Annotated[Comment | None, Inlined()] = None
    enrichment: Annotated[CommentEnrichment | None, Inlined()] = None


class StoryDocument(Document):
    """A story that became part of an earlier one."""

    index = "stories"
    limit = 1024
    story_id: Word
    merged_into: Word


class RedirectDocument(Document):
    """An article id that redirects to the canonical one."""

    index = "redirects"
    limit = 1024
    id: Word
    merged_into: Word


class TrendDocument(Trend, Document):
    index = "trends"
    limit = 1024
    count: Annotated[int, Indexed("integer")]


class DeadLetterDocument(DeadLetter, Document):
    """A refused record. Its bytes stay in the topic."""

    index = "dead-letters"
    detail: Annotated[str, Indexed("text")]
    partition: Annotated[int | None, Indexed("integer")] = None
    key: str | None = None
    preview: Annotated[str, Indexed("text")] = ""
    """The value's beginning, without personal data."""
    letter_partition: Annotated[int, Indexed("integer")]
    """Where the dead letter itself is."""
    letter_offset: int


class AuditDocument(AuditRecord, Document):
    index = "audit"
    limit = 1024
    reason: Annotated[Line | None, Indexed("text")] = None


DOCUMENTS: tuple[type[Document], ...] = (
    ArticleDocument,
    CommentDocument,
    HistoryDocument,
    StoryDocument,
    RedirectDocument,
    TrendDocument,
    DeadLetterDocument,
    AuditDocument,
)

_compared = dict(marked(Article, Compared))
COMPARED = tuple(sorted(map(ArticleDocument.name_of, _compared), key=lambda name: not _compared[name].lead))
"""Fields of an article's document that are shown where two revisions differ, in this order; the body comes after."""
