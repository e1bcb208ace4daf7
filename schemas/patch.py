"""A partial update: what changed of an article, and nothing else. Revise merges it with the current revision.

The rule is JSON Merge Patch (RFC 7396) over the fields of an article: what is named replaces, null removes, lists are
replaced whole, what isn't named stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, GetCoreSchemaHandler, JsonValue, create_model, model_validator
from pydantic_core import CoreSchema

from schemas.article import Article, Change, ReceivedArticle
from schemas.base import Instant, Line, Model, VersionNumber, Word, Zone
from schemas.event import EventType
from schemas.fields import Patchable, marked
from schemas.identity import Claim, Original, OriginalRef, Revision

PATCHABLE = tuple(name for name, _ in marked(ReceivedArticle, Patchable))
"""Fields that a partial update may name. Its claims, address and revision are not among them."""
_MADE = ("agency", "authors", "written_by", "modified")
"""Fields that normalize derives."""


class PartialFields(Model):
    """Some fields of an article, with the types and limits of the article's own model."""

    def set_fields(self) -> dict[str, Any]:
        """The fields that are named, with what they are set to."""
        return {name: getattr(self, name) for name in self.model_fields_set}

    def as_json(self) -> dict[str, JsonValue]:
        """The fields that are set to something, as JSON."""
        dumped: dict[str, JsonValue] = self.model_dump(mode="json", exclude_none=True)
        return dumped


def _partial(
    name: str, source: type[Model], fields: tuple[str, ...], extra: Literal["forbid", "ignore"]
) -> type[PartialFields]:
    """`fields` of `source` with their own types and limits, each of which may be absent."""
    made: dict[str, Any] = {}
    for field in fields:
        info = source.model_fields[field]
        kind: Any = info.annotation
        if info.metadata:
            kind = Annotated[(kind, *info.metadata)]
        made[field] = (kind | None, None)
    return create_model(name, __base__=PartialFields, __module__=__name__, __cls_kwargs__={"extra": extra}, **made)


ReceivedFields = _partial("ReceivedFields", ReceivedArticle, PATCHABLE, "forbid")
"""As the publisher wrote them."""
NormalizedFields = _partial("NormalizedFields", Article, (*PATCHABLE, *_MADE), "ignore")
"""Clean, times in UTC."""


@dataclass(frozen=True)
class _ValidatedBy:
    """The field holds an instance of `model`, a class made at run time, and mypy knows what all of them have."""

    model: type[PartialFields]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler.generate_schema(self.model)


class _Patch(Model):
    kind: Literal["patch"] = "patch"
    article_id: UUID
    provider: Word
    publisher: Word
    claims: Annotated[tuple[Claim, ...], Field(min_length=1, max_length=50)]
    cleared: Annotated[tuple[Word, ...], Field(max_length=100)] = ()
    """Fields that are emptied."""


class ReceivedPatch(_Patch):
    """Data of `article.updated` or `article.corrected` on `articles.raw`, where it isn't a whole article."""

    fields: Annotated[PartialFields, _ValidatedBy(ReceivedFields)]
    modified: Line | None = None
    version: VersionNumber | None = None
    timezone: Zone = "UTC"
    """IANA zone for times that name none."""
    original: Original | None = None

    @model_validator(mode="before")
    @classmethod
    def _null_clears(cls, value: Any) -> Any:
        """A null empties the field; empty fields aren't written on topics, so their names are."""
        if not isinstance(value, dict) or not isinstance(value.get("fields"), dict):
            return value
        fields = value["fields"]
        nulls = [name for name, one in fields.items() if one is None]
        cleared = value.get("cleared")
        if not nulls or not isinstance(cleared, list | tuple | None):
            return value
        set_to = {name: one for name, one in fields.items() if one is not None}
        return {**value, "fields": set_to, "cleared": [*(cleared or ()), *nulls]}

    @model_validator(mode="after")
    def _changes_something(self) -> ReceivedPatch:
        named = self.fields.model_fields_set
        if unknown := [name for name in self.cleared if name not in PATCHABLE]:
            raise ValueError(f"{unknown[0]!r} can't be emptied; there are {', '.join(PATCHABLE)}")
        if "headline" in self.cleared:
            raise ValueError("an article has a headline: it can't be emptied")
        if both := [name for name in self.cleared if name in named]:
            raise ValueError(f"{both[0]!r} can't be set and emptied at once")
        if not named and not self.cleared:
            raise ValueError("a partial update names at least one field")
        if "body_html" in named and "paragraphs" not in named:
            raise ValueError("body_html needs paragraphs with the same text in the same update")
        return self


class ArticlePatch(_Patch):
    """The same, clean. Data of `articles.normalized` and `articles.enriched`."""

    fields: Annotated[PartialFields, _ValidatedBy(NormalizedFields)]
    changes: Annotated[tuple[Change, ...], Field(max_length=200)] = ()
    """What normalize changed in them."""
    revision: Revision
    original: OriginalRef | None = None

    def set(self) -> dict[str, JsonValue]:
        """The fields that it sets, as JSON."""
        return self.fields.as_json()


class PatchedField(Model):
    """The latest value of one field."""

    order: tuple[int, int, int, str]
    """`Revision.order()` of the partial update that set it."""
    value: JsonValue = None
    """Absent where it is emptied."""
    changes: Annotated[tuple[Change, ...], Field(max_length=200)] = ()


class Patched(Model):
    """All partial updates above the current revision, in one: the latest value of each field.

    A join: the order of arrival and repetition don't matter.
    """

    fields: dict[str, PatchedField]
    revision: Revision
    """Of the latest partial update; it is the revision of the merged article."""
    type: EventType
    time: Instant
    traceparent: str | None = None
    normalizedtime: Instant | None = None
    enrichedtime: Instant | None = None
