"""What every contract shares."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints


class Model(BaseModel):
    """Immutable. A reader ignores fields that it doesn't know, so that a newer writer doesn't break it.

    A field with an alias is written under the alias: that is its name in the records of every version so far.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )


FIRST_YEAR, LAST_YEAR = 1000, 2999


_FIRST = datetime(FIRST_YEAR + 1, 1, 1, tzinfo=UTC)
_LAST = datetime(LAST_YEAR, 12, 31, 23, 59, 59, tzinfo=UTC)


def _to_utc(value: datetime) -> datetime:
    if _FIRST.year < value.year < LAST_YEAR:
        return value.astimezone(UTC)
    if not FIRST_YEAR < value.year <= LAST_YEAR:  # a zone's offset could lead out of what datetime can say
        return _FIRST if value.year <= FIRST_YEAR else _LAST
    return min(max(_FIRST, value.astimezone(UTC)), _LAST)


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment in UTC; a time without an offset is refused. A later one than the year 2999 is its end (9999 is how many say
never), one before 1001 its beginning: rows and records of the version before have such times."""


def _bounded(value: datetime) -> datetime:
    if not FIRST_YEAR < value.year <= LAST_YEAR:
        raise ValueError(f"a time is between the years {FIRST_YEAR + 1} and {LAST_YEAR}")
    return _to_utc(value)


BoundedInstant = Annotated[AwareDatetime, AfterValidator(_bounded)]
"""The same, where another year is refused."""

LONGEST_ID = 512
LARGEST_NUMBER = 2**63 - 1


_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


def _opaque(value: str) -> str:
    if len(value) > LONGEST_ID:
        raise ValueError(f"at most {LONGEST_ID} characters, it has {len(value)}")
    if _CONTROLS.search(value):
        raise ValueError("no control characters")
    return value


Opaque = Annotated[str, StringConstraints(min_length=1), AfterValidator(_opaque)]
"""An id or an address that somebody else chose: 1 to 512 characters, none of them a control character. It is compared
and shown, and never parsed, split or cut; where a key is needed, it is hashed."""


def known_zone(name: str) -> str:
    """The name. Raises ValueError where it is no IANA time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as e:
        raise ValueError(f"{name[:100]!r} is no IANA time zone (try 'Europe/Paris' or 'UTC')") from e
    return name


Zone = Annotated[str, StringConstraints(min_length=1, max_length=512), AfterValidator(known_zone)]
"""An IANA time zone."""


def _number(value: int) -> int:
    if value > LARGEST_NUMBER:
        raise ValueError(f"at most {LARGEST_NUMBER}")
    return value


VersionNumber = Annotated[int, Field(ge=0), AfterValidator(_number)]
"""A publisher's version: 0 to 2^63 - 1."""
KnownVersion = Annotated[int, Field(ge=0), AfterValidator(lambda value: min(value, LARGEST_NUMBER))]
"""The same in what is stored already: a larger one, which the version before took, is the largest."""

Word = Annotated[str, StringConstraints(min_length=1, max_length=512)]
"""A short name that must be there."""

Line = Annotated[str, StringConstraints(max_length=4096)]
"""One line of text, possibly empty."""
