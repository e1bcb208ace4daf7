"""The answer to a push request with an Idempotency-Key, so that the same request gets the same answer. Record of
`push-answers`, keyed by provider and Idempotency-Key."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from schemas.base import Instant, Model, Word


class PushAnswer(Model):
    provider: Word
    idempotency_key: Word
    request_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    at: Instant
    status: Annotated[int, Field(ge=200, le=599)]
    body: dict[str, Any]
