"""Types of parameters that several flows have. A form shows their limits; what they mean is in the flow's `Args:`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

By = Annotated[str, Field(min_length=1, max_length=100)]
Reason = Annotated[str, Field(min_length=1, max_length=1000)]
Name = Annotated[str, Field(min_length=1, max_length=512)]
Seconds = Annotated[float, Field(ge=0, le=600)]
DeadLetterId = Annotated[str, Field(pattern=r"^\d+-\d+$")]
RefusedBy = Literal[
    "publish", "normalize", "enrich", "revise", "match", "join", "flooding", "identify", "trend", "index"
]
