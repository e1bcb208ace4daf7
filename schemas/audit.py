"""The audit trail: one record for each action of an operator, retained for a year."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.base import Instant, Line, Model, Word

Action = Literal["kill", "reinstate", "erase", "dead-letter-replay", "dead-letter-edit", "dead-letter-discard", "reindex", "reconcile", "grant", "snapshot", "restore"]  # fmt: skip


class AuditRecord(Model):
    """Record of `audit`."""

    id: Word
    at: Instant
    by: Annotated[str, Field(min_length=1, max_length=200)]
    """The name given with `--by`, else the login."""
    action: Action
    subject: Word
    """The object of the action: an article's id, a dead letter's, …"""
    reason: Line | None = None
    detail: Annotated[dict[str, Any], Field(default_factory=dict)]
    """Further details; never a text that was removed."""
