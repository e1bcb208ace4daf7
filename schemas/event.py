"""The envelope: CloudEvents 1.0, structured JSON mode.

Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md and its JSON format; `traceparent` from the
distributed-tracing extension. The four `…time` attributes are extensions of ours: when each step finished the event.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from schemas.base import BoundedInstant, Instant, Opaque

NonEmpty = Annotated[str, StringConstraints(min_length=1)]


class CloudEvent(BaseModel):
    """Any CloudEvent: unknown extension attributes are kept, so that events pass through unchanged."""

    model_config = ConfigDict(frozen=True, extra="allow")

    specversion: Literal["1.0"]
    id: NonEmpty
    source: NonEmpty
    type: NonEmpty
    subject: NonEmpty | None = None
    time: Instant | None = None
    datacontenttype: NonEmpty | None = None
    dataschema: NonEmpty | None = None
    data: Any = None
    data_base64: str | None = None

    @model_validator(mode="after")
    def _one_payload(self) -> CloudEvent:
        if self.data_base64 is not None and self.data is not None:
            raise ValueError("an event has data or data_base64, not both")
        return self


class EventType(StrEnum):
    ARTICLE_PUBLISHED = "article.published"
    ARTICLE_UPDATED = "article.updated"
    ARTICLE_CORRECTED = "article.corrected"
    ARTICLE_WITHDRAWN = "article.withdrawn"
    ARTICLE_REINSTATED = "article.reinstated"
    ARTICLE_MERGED = "article.merged"
    COMMENT_POSTED = "comment.posted"
    COMMENT_EDITED = "comment.edited"
    COMMENT_REMOVED = "comment.removed"
    COMMENT_MODERATED = "comment.moderated"


KINDS_OF_TYPE: dict[EventType, tuple[str, ...]] = {
    EventType.ARTICLE_PUBLISHED: ("article",),
    EventType.ARTICLE_UPDATED: ("article", "patch"),
    EventType.ARTICLE_CORRECTED: ("article", "patch"),
    EventType.ARTICLE_WITHDRAWN: ("withdrawal",),
    EventType.ARTICLE_REINSTATED: ("reinstatement",),
    EventType.COMMENT_POSTED: ("comment",),
    EventType.COMMENT_EDITED: ("comment",),
    EventType.COMMENT_REMOVED: ("comment-removal",),
    EventType.COMMENT_MODERATED: ("comment-moderation",),
}
"""Which kinds of `data.kind` go with which type. `article.merged` is made by the pipeline itself and has none yet."""

Data = TypeVar("Data", bound=BaseModel)


class Event(BaseModel, Generic[Data]):
    """A Dateline event: `time` is the moment of receipt, fixed once, at ingest; `subject` is the article id."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: NonEmpty
    source: NonEmpty
    type: EventType
    subject: NonEmpty
    time: Instant
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    traceparent: Annotated[str, Field(pattern=r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")] | None = None
    normalizedtime: Instant | None = None
    enrichedtime: Instant | None = None
    revisedtime: Instant | None = None
    data: Data

    @model_validator(mode="after")
    def _type_fits_data(self) -> Event[Data]:
        kind = getattr(self.data, "kind", None)
        expected = KINDS_OF_TYPE.get(self.type, ())
        if kind is not None and kind not in expected:
            kinds = " or ".join(map(repr, expected)) or "none"
            raise ValueError(f"an event of type {self.type.value} carries data of kind {kinds}, not {kind!r}")
        return self

    def to_json(self) -> bytes:
        """The record's value on a topic: UTF-8 JSON without empty fields."""
        return self.model_dump_json(exclude_none=True).encode()


class SentEvent(Event[Data], Generic[Data]):
    """An event as it comes in. What was let in by the version before is in rows and records, and can still be read."""

    id: Opaque
    source: Opaque
    subject: Opaque
    time: BoundedInstant
