"""What a flow ended as, for tests without a server."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from prefect.client.schemas.objects import State

ID = UUID("00000000-0000-0000-0000-000000000001")


def ended(result: Any) -> tuple[str, str]:
    """Name and message of the state that a flow returned."""
    assert isinstance(result, State), result
    return result.name or "", result.message or ""
