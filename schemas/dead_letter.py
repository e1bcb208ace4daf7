"""A refused record: its key and value are unchanged; these are its headers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.base import Instant, Line, Model, Word


class DeadLetter(Model):
    """Who refused what, why, where and when."""

    stage: Word
    reason: Word
    """A short word from the stage's closed set."""
    detail: Annotated[str, Field(max_length=4096)]
    """For the sender: what is wrong, and where in the record."""
    at: Instant
    topic: Line | None = None
    """Where the record was read; absent for an item that ingest refused."""
    partition: Annotated[int, Field(ge=0)] | None = None
    offset: Annotated[int, Field(ge=0)] | None = None
    provider: Line | None = None
    source: Line | None = None
    """File or address of an item that ingest refused."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    size: Annotated[int, Field(ge=0)] = 0
    """Bytes of the whole value, also where only its first bytes are stored."""
    truncated: bool = False
