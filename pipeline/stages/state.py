"""A stage's state in a row of its tables: JSON, which later versions of Dateline must be able to read."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class State(BaseModel):
    """Mutable. A field with an alias is stored under the alias, its name in the rows of every version so far: so a
    worker of the version before can still go on with the tables."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)
