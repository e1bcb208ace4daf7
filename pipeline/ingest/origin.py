"""Where a story or a discussion comes from: its provider, its ids, and how its dates are read."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pipeline.dates import parse
from schemas.identity import Claim, Moment, Original


@dataclass(frozen=True)
class Origin:
    """A story's provider and publisher, and its ids."""

    provider: str
    publisher: str
    claims: tuple[Claim, ...]
    article_id: UUID
    url: str | None
    zone: str
    language: str | None
    day_first: bool | None = None

    @property
    def source(self) -> str:
        return f"/{self.provider}"

    @property
    def ids(self) -> dict[str, Any]:
        return {"article_id": self.article_id, "provider": self.provider, "publisher": self.publisher}

    def time(self, written: str | None, received: datetime) -> Moment | None:
        """A time of its items, as it is written there."""
        return parse(written or "", self.zone, received, self.language, day_first=self.day_first)


def original(content: bytes, media_type: str) -> Original:
    """The bytes as received, compressed; equal bytes make an equal original."""
    packed = gzip.compress(content, compresslevel=6, mtime=0)
    return Original.model_construct(
        sha256=hashlib.sha256(content).hexdigest(), media_type=media_type, size=len(content), gzip=packed
    )
