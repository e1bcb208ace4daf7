"""Records of story clustering: between the stages of the cluster, and from them to revise.

No record here carries text: only hashes of words and names.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from schemas.base import Instant, Model, Word

Key = Annotated[str, Field(pattern=r"^[a-z][0-9a-f]{1,32}$")]
"""Under which two articles can meet: `c` and a hash for copies, `e` and a hash for the same event."""


class Relation(StrEnum):
    """How an article relates to its story."""

    ORIGINAL = "original"  # nobody published it earlier
    REWRITE = "rewrite"  # the same event in other words
    UPDATE = "update"  # a later article by the same publisher
    COPY = "copy"  # the same wire text


RANK = {Relation.ORIGINAL: 0, Relation.REWRITE: 1, Relation.UPDATE: 2, Relation.COPY: 3}
"""More evidence only raises a relation, so that evidence may arrive in any order."""


class Signature(Model):
    """What is compared of a revision to find other articles about the same event."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    article_id: UUID
    event_id: Word
    publisher: Word
    received: Instant
    first_published: Annotated[Instant, Field(alias="told")]
    """When its publisher published it; the time of receipt where that is unknown."""
    shingles: bytes = b""
    """MinHash of the runs of four words: little-endian uint16 each; empty for a text too short."""
    features: bytes = b""
    """Hashes (little-endian uint32) of names, figures and rare words with their weights (uint8): heaviest first."""
    days: Annotated[int, Field(ge=0, lt=128)] = 0
    """Days of the week that the lead names: Monday 1, Tuesday 2, … Sunday 64, added up; 0 where it names none."""


class Band(Model):
    """Record of `story-bands`: a signature under those keys, of one partition, where others may meet it."""

    keys: Annotated[tuple[Key, ...], Field(min_length=1, max_length=64)]
    """The first is the record's own key."""
    signature: Signature


class Pair(Model):
    """Record of `story-pairs`: two articles about the same event; sent to each of the two."""

    article_id: UUID
    received: Instant
    first_published: Annotated[Instant, Field(alias="told")]
    other: UUID
    other_first_published: Annotated[Instant, Field(alias="other_told")]
    relation: Relation
    """Relation of the later article to the earlier one."""
    other_received: Instant | None = None
    """When the other one was received; not in records of the version before."""


class Root(Model):
    """Which article a story is named after: that received first; of two received in one millisecond the smaller id."""

    received: Instant
    article_id: UUID

    def order(self) -> tuple[Instant, UUID]:
        return (self.received, self.article_id)


class Label(Model):
    """Record of `story-labels`: a neighbour of this article belongs to a story with this root."""

    article_id: UUID
    root: Root


class Membership(Model):
    """Record of `story-members`: to which story an article belongs. Of several for one article the earliest root
    counts, and of those with the earliest publication the highest relation, in whatever order they arrive."""

    article_id: UUID
    root: Root
    first_published: Annotated[Instant, Field(alias="told")]
    relation: Relation


class Story(Model):
    """An article's place in its story, in its current record."""

    story_id: UUID
    relation: Relation


class StoryRedirect(Model):
    """Record of `stories`: a story that turned out to be part of an earlier one."""

    story_id: UUID
    merged_into: UUID
    root: Root
    """Of the story that it became part of."""
