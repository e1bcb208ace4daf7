"""Who an item is: its claims to identity, its place among its revisions, and where its bytes came from."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Base64Bytes, Field

from schemas.base import Instant, KnownVersion, Line, Model, Word


class ClaimScheme(StrEnum):
    """What kind of name a claim is. URL outranks GUID, and so on downwards, when the article id is derived."""

    URL = "url"  # canonical address
    GUID = "guid"  # the provider's stable id: ninjs uri, NewsML guid, Atom id, …
    HEADLINE = "headline"  # last resort, of an item that has neither
    ALIAS = "alias"  # another id, perhaps of one revision only: a wire's message number, a NewsML altId


class Claim(Model):
    """One name under which the publisher knows the item."""

    scheme: ClaimScheme
    value: Annotated[str, Field(min_length=1, max_length=2048)]


class OriginalRef(Model):
    """Which bytes an item was read from."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    media_type: Word
    size: Annotated[int, Field(ge=0)]
    """Bytes before compression."""


class Original(OriginalRef):
    """The item as received, so that a repaired parser can be run over the past."""

    gzip: Base64Bytes


class Revision(Model):
    """An item's place among its revisions, as the publisher declares it. Ordered by its fields, then by event id."""

    modified: Instant
    """The publisher's modification time; the time of receipt where there is none."""
    version: KnownVersion = 0
    """The publisher's version number; 0 where there is none."""
    received: Instant
    event_id: Word

    def order(self) -> tuple[int, int, int, str]:
        """Sort key: two events compare the same way in whichever order they arrive."""
        return (_ms(self.modified), self.version, _ms(self.received), self.event_id)


def _ms(at: Instant) -> int:
    return int(at.timestamp() * 1000)


class Moment(Model):
    """A time in UTC with what was written. `assumed_zone` is set where the text named none."""

    utc: Instant
    original: Line | None = None
    assumed_zone: Line | None = None
    derived: Literal[True] | None = None
    """Set where the item doesn't say this time, and another one stands for it."""
