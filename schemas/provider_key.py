"""A provider's key to the ingest API, as a hash: never the key itself. Record of `keys`, keyed by `key_id`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.base import Instant, Model, Word


class ProviderKey(Model):
    key_id: Annotated[str, Field(pattern=r"^[a-z0-9]{12}$")]
    provider: Word
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """Of the whole key, which is 32 random bytes and so needs no slow hash."""
    created: Instant
    expires: Instant | None = None
    """After a rotation the old key works until then, so that a desk can change over."""
    revoked: Instant | None = None
    signed_only: bool = False
    """Requests have to be signed too."""
