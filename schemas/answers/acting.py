"""What commands print that change something."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from schemas.answers.answer import Answer


class ReceiptLine(Answer):
    """One place where a text was."""

    place: str
    state: str
    """removed, nothing there, not yet, still there, still in a copy, …"""
    by: str | None = None
    """When the last copy will be gone, where it isn't yet."""
    count: int = 0
    note: str = ""


class KillAnswer(Answer):
    article_id: str
    done: bool
    """It has taken effect in every place."""
    known: bool
    """An article has, or had, this id."""
    receipt: list[ReceiptLine]


class EraseAnswer(Answer):
    comments: int
    done: bool
    receipt: list[ReceiptLine]


class RefusedAgain(Answer):
    id: str
    reason: str
    detail: str


class ReplayAnswer(Answer):
    replayed: int
    events: int
    refused: list[RefusedAgain]


class DiscardAnswer(Answer):
    discarded: int


class Kind(Answer):
    count: int
    ids: list[str]
    """The first hundred, as ALIAS/ID."""


class Compared(Answer):
    """Documents that differ from the topics."""

    compared: int
    unrepaired: int
    missing: Kind
    stale: Kind
    extra: Kind
    wrongly_visible: Kind


class ReconcileAnswer(Compared):
    repaired: bool


class ReindexAnswer(Answer):
    before: int = Field(alias="from")
    """Number of the generation that was live."""
    to: int
    compared: int


class FinishAnswer(Answer):
    removed: list[str]


class SnapshotAnswer(Answer):
    name: str
    indices: list[str]
    seconds: float


class SnapshotRow(Answer):
    name: str
    at: str
    state: str
    indices: list[str]
    aliases: dict[str, str]


class RestoreAnswer(Answer):
    name: str
    applied: Compared
    """What differed in the copy, and was applied before readers saw it."""
    after: Compared


class PublishAnswer(Answer):
    articles: int
    comments: int
    refused: int
    article_ids: list[str]


class KeyAnswer(Answer):
    key: str
    """Shown only this once."""
    key_id: str
    provider: str


class KeyRow(Answer):
    key_id: str
    provider: str
    created: str
    state: str
    expires: str | None
    signed_only: bool


class RevokedAnswer(Answer):
    key_id: str
    provider: str
    revoked: str


class SavedSearchRow(Answer):
    search_id: str
    name: str
    owner: str | None
    """Name of the key that saved it."""
    query: dict[str, Any]
    created: str
    expires: str | None
    webhook: bool


class DeletedAnswer(Answer):
    deleted: int


class FeedRow(Answer):
    feed_id: str
    url: str
    provider: str
    how: str
    """polled, by WebSub, or disabled."""
    known_items: int
    problem: str | None = None


class ImportAnswer(Answer):
    listed: int
    added: int


class PollRow(Answer):
    url: str
    outcome: str
    events: int
    refused: int
    problem: str | None = None


class SearchKeyAnswer(Answer):
    name: str
    id: str
    encoded: str
    """Shown only this once."""
    expires: int | None
