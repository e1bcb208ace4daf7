"""What every contract shares."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Model(BaseModel):
    """Immutable. A reader ignores fields that it doesn't know, so that a newer writer doesn't break it."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment in UTC; a time without an offset is refused."""

Word = Annotated[str, StringConstraints(min_length=1, max_length=512)]
"""A short name that must be there."""

Line = Annotated[str, StringConstraints(max_length=4096)]
"""One line of text, possibly empty."""
