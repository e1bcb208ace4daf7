"""Identify: finds claims that several article ids share. The id received first is canonical; revise transfers the others to it.

A page whose address changed under the same guid, a wire item that got its address later: one event that has both claims
joins them. Claims are per publisher, so nobody can capture another's article. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import Field

from pipeline.outcomes import Outcome
from pipeline.stages.rows import Rows
from pipeline.stages.stage import Batch, Stage
from pipeline.stages.state import State
from pipeline.topics import CLAIMS, IDENTITIES, Record
from schemas.identity import Claim, ClaimScheme
from schemas.story import Root
from schemas.transfer import ClaimSeen, Identity

IDENTIFYING = frozenset({ClaimScheme.URL, ClaimScheme.GUID})
"""Schemes that name one article; a headline or a message's number may be that of several."""
MAX_IDS = 8
"""Ids that one claim may join: a claim that more ids share is a fault of its publisher's, and joins no further ones."""
RETENTION = timedelta(days=365 * 10)


def claim_key(publisher: str, claim: Claim) -> str:
    """The key of a claim."""
    return hashlib.sha256(f"{publisher.casefold()}\n{claim.scheme.value}\n{claim.value}".encode()).hexdigest()[:32]


class Name(State):
    """The ids that share one claim, and the earliest of them."""

    ids: list[UUID] = Field(default_factory=list)
    root: Root


class IdentifyBatch(Batch):
    """Claims of one batch."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._names: dict[str, Name] = {}
        self._roots: dict[UUID, Root] = {}

    def apply(self, seen: ClaimSeen, now: datetime) -> Outcome:
        name = self._name(seen)
        if seen.article_id not in name.ids:
            if len(name.ids) >= MAX_IDS:
                return Outcome.SUPPRESSED
            name.ids.append(seen.article_id)
        if seen.root.order() < name.root.order():
            name.root = seen.root
        for article_id in name.ids:
            # all but the root itself, which knows: a repeated identity changes nothing
            if article_id != name.root.article_id:
                known = self._roots.get(article_id)
                self._roots[article_id] = min(known or name.root, name.root, key=Root.order)
        return Outcome.APPLIED

    def before(self, now: datetime) -> Iterator[Record]:
        for article_id, root in self._roots.items():
            yield IDENTITIES.record(Identity(article_id=article_id, root=root))

    def checkpoint(self) -> None:
        for key, name in self._names.items():
            self._rows.put(key, name.model_dump_json().encode(), name.root.received)

    def _name(self, seen: ClaimSeen) -> Name:
        if seen.claim not in self._names:
            stored = self._rows.get(seen.claim)
            known = Name.model_validate_json(stored) if stored is not None else None
            self._names[seen.claim] = known or Name(root=seen.root)
        return self._names[seen.claim]


IDENTIFY = Stage(
    "identify",
    inputs={CLAIMS: ()},
    outputs=(IDENTITIES,),
    reduce=lambda config: lambda tables: IdentifyBatch(tables["identify"]),
    tables={"identify": RETENTION},
)
