"""What every answer shares."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

Document = dict[str, Any]
"""A document of an index, by docs/reference/index-fields.md."""


class Answer(BaseModel):
    """A reader finds fields that it doesn't know, of a later version."""

    model_config = ConfigDict(
        extra="allow", frozen=True, validate_by_name=True, validate_by_alias=True, use_attribute_docstrings=True
    )
