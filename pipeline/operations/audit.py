"""The audit trail: one record for everything an operator changes, indexed and stored for a year."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pipeline.kafka.clients import producer
from pipeline.kafka.sending import Deliveries
from pipeline.operations.lookup import search
from pipeline.settings import Settings
from pipeline.topics import AUDIT
from schemas.audit import Action, AuditRecord


def whoami() -> str:
    """The login of the user who runs this command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "operator"


def entry(action: Action, subject: str, by: str | None, reason: str | None = None, **detail: Any) -> AuditRecord:
    """An entry with the present time; `by` defaults to the login."""
    return AuditRecord(
        id=str(uuid4()),
        at=datetime.now(UTC),
        by=by or whoami(),
        action=action,
        subject=subject[:512],
        reason=reason,
        detail=detail,
    )


def record(settings: Settings, entries: Iterable[AuditRecord]) -> None:
    """Write the entries; returns when Kafka has all of them. Raises Retry."""
    sender = producer(settings, linger_ms=0)
    try:
        deliveries = Deliveries(settings, sender)
        for one in entries:
            body = one.model_dump_json(exclude_none=True).encode()
            deliveries.send(AUDIT.full_name(settings), one.id.encode(), body)
        deliveries.wait()
    finally:
        sender.close(timeout=10)


def find_entries(settings: Settings, action: str | None, subject: str | None, size: int) -> dict[str, Any]:
    """`{total, entries: [{id, at, by, action, subject, reason?, detail}]}`, the newest first; of one action or subject
    where given. Raises as `lookup.search` does."""
    filters = [{"term": {name: value}} for name, value in (("action", action), ("subject", subject)) if value]
    answer = search(settings, "audit", query={"bool": {"filter": filters}}, sort=[{"at": "desc"}], size=size)
    return {
        "total": answer["hits"]["total"]["value"],
        "entries": [hit["_source"] for hit in answer["hits"]["hits"]],
    }
