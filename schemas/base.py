"""What every contract shares."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Model(BaseModel):
    """Immutable. A reader ignores fields that it doesn't know, so that a newer writer doesn't break it.

    A field with an alias is written under the alias: that is its name in the records of every version so far.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment in UTC; a time without an offset is refused."""

Word = Annotated[str, StringConstraints(min_length=1, max_length=512)]
"""A short name that must be there."""

Line = Annotated[str, StringConstraints(max_length=4096)]
"""One line of text, possibly empty."""
