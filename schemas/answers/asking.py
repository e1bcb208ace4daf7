"""What commands print that look at something, and change nothing."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from schemas.answers.answer import Answer, Document


class LetterRow(Answer):
    id: str
    at: str
    stage: str
    reason: str
    detail: str
    provider: str | None = None
    handled: str | None = None
    """What was done with it, and by whom."""


class LettersAnswer(Answer):
    total: int
    reasons: dict[str, int]
    letters: list[LetterRow]
    """The newest first."""


class LetterAnswer(Answer):
    id: str
    stage: str
    reason: str
    detail: str
    original: str
    """As text; `--raw` prints the bytes."""


class AuditRow(Answer):
    at: str
    by: str
    action: str
    subject: str
    reason: str | None = None
    detail: dict[str, Any] | None = None


class AuditAnswer(Answer):
    total: int
    entries: list[AuditRow]
    """The newest first."""


class Withheld(Answer):
    article_id: str
    status: str
    headline: str | None = None
    publisher: str | None = None
    until: str | None = None


class EmbargoesAnswer(Answer):
    total: int
    articles: list[Withheld]
    """The next to end first."""


class Difference(Answer):
    before: int = Field(alias="from")
    to: int
    lines: list[str]


class Step(Answer):
    topic: str
    at: str
    type: str | None = None
    outcome: str | None = None
    partition: int | None = None
    offset: int | None = None


class TraceAnswer(Answer):
    article_id: str
    comment_id: str | None
    status: str
    documents: list[Document]
    waiting: bool
    """Only partial updates have come."""
    steps: list[Step]
    complete: bool
    """Everything could be read in time."""


class TapRow(Answer):
    at: str
    partition: int
    offset: int
    key: str
    provider: str | None
    type: str | None
    headline: str | None
    bytes: int
    value: Any = None


class SearchAnswer(Answer):
    total: int
    took_ms: int
    hits: list[Document]


class StoryAnswer(Answer):
    story_id: str
    total: int
    articles: list[Document]


class TrendRow(Answer):
    kind: str
    name: str
    count: int
    expected: float
    score: float


class Rejected(Answer):
    reason: str
    detail: str


class PreviewRow(Answer):
    """Of one that is refused `source` and `rejected` alone."""

    source: str
    rejected: Rejected | None = None
    kind: str | None = None
    event: dict[str, Any] | None = None
    normalized: dict[str, Any] | None = None
    enriched: dict[str, Any] | None = None
    document: dict[str, Any] | None = None


class LocalAnswer(Answer):
    running: bool
    health: dict[str, bool]
    folder: str


class StageRow(Answer):
    name: str
    steps: list[str]
    inputs: list[str]
    outputs: list[str]
    tables: list[str]


class TopicRow(Answer):
    name: str
    key: str
    cleanup: str
    holds_text: bool


class TopologyAnswer(Answer):
    stages: list[StageRow]
    topics: list[TopicRow]
