"""What each command prints with `--json`: the schemas in schemas/json/commands and docs/reference/json.md are made from
these models, and a test holds the commands to them.

Fields may be added to any of them in a later version; none is taken away, or changes its type.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, RootModel

from schemas.answers.acting import (
    DeletedAnswer,
    DiscardAnswer,
    EraseAnswer,
    FeedRow,
    FinishAnswer,
    ImportAnswer,
    KeyAnswer,
    KeyRow,
    KillAnswer,
    PollRow,
    PublishAnswer,
    ReconcileAnswer,
    ReindexAnswer,
    ReplayAnswer,
    RestoreAnswer,
    RevokedAnswer,
    SavedSearchRow,
    SearchKeyAnswer,
    SnapshotAnswer,
    SnapshotRow,
)
from schemas.answers.answer import Document
from schemas.answers.asking import (
    AuditAnswer,
    Difference,
    EmbargoesAnswer,
    LetterAnswer,
    LettersAnswer,
    LocalAnswer,
    PreviewRow,
    SearchAnswer,
    StoryAnswer,
    TapRow,
    TopologyAnswer,
    TraceAnswer,
    TrendRow,
)
from schemas.checkup import Checkup
from schemas.funnel import Funnel
from schemas.report import Report

ANSWERS: dict[str, type[BaseModel]] = {
    "status": Report,
    "doctor": Checkup,
    "trace": RootModel[TraceAnswer | Funnel],
    "tap": TapRow,
    "search": SearchAnswer,
    "story": StoryAnswer,
    "trends": RootModel[list[TrendRow]],
    "embargoes": EmbargoesAnswer,
    "history": RootModel[list[Document] | Difference],
    "kill": KillAnswer,
    "erase comment-author": EraseAnswer,
    "dead-letters list": LettersAnswer,
    "dead-letters show": LetterAnswer,
    "dead-letters replay": ReplayAnswer,
    "dead-letters edit": ReplayAnswer,
    "dead-letters discard": DiscardAnswer,
    "audit": AuditAnswer,
    "reconcile": ReconcileAnswer,
    "reindex": RootModel[ReindexAnswer | FinishAnswer],
    "snapshot create": SnapshotAnswer,
    "snapshot list": RootModel[list[SnapshotRow]],
    "snapshot restore": RestoreAnswer,
    "publish": PublishAnswer,
    "preview": PreviewRow,
    "keys new": KeyAnswer,
    "keys list": RootModel[list[KeyRow]],
    "keys rotate": KeyAnswer,
    "keys revoke": RevokedAnswer,
    "searches list": RootModel[list[SavedSearchRow]],
    "searches delete": DeletedAnswer,
    "feeds add": FeedRow,
    "feeds list": RootModel[list[FeedRow]],
    "feeds import": ImportAnswer,
    "feeds poll": RootModel[list[PollRow]],
    "grant search": SearchKeyAnswer,
    "grant rights": RootModel[list[dict[str, Any]]],
    "local status": LocalAnswer,
    "topology": TopologyAnswer,
}
"""By the command's words."""
LINES = frozenset({"tap", "preview"})
"""They print one such object a line."""


def file_name(words: str) -> str:
    """Of a command's schema, without its ending."""
    return words.replace(" ", "-")


SCHEMAS = {file_name(words): answer for words, answer in ANSWERS.items()}
