"""The audit trail: every deed of an operator that changes something is a record, indexed and kept for a year."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from kafka.errors import KafkaError

from pipeline.errors import Retry
from pipeline.kafka.clients import partition_of, producer
from pipeline.settings import Settings
from pipeline.topics import AUDIT
from schemas.audit import Action, AuditRecord

_PATIENCE = 20.0


def whoami() -> str:
    """The login of whoever runs this command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "operator"


def deed(action: Action, subject: str, by: str | None, reason: str | None = None, **detail: Any) -> AuditRecord:
    """A deed done now."""
    return AuditRecord(
        id=str(uuid4()),
        at=datetime.now(UTC),
        by=by or whoami(),
        action=action,
        subject=subject[:512],
        reason=reason,
        detail=detail,
    )


def record(settings: Settings, deeds: Iterable[AuditRecord]) -> None:
    """Return when Kafka has all of them. Raises Retry."""
    sender = producer(settings, linger_ms=0)
    try:
        waiting = []
        for one in deeds:
            key = one.id.encode()
            body = one.model_dump_json(exclude_none=True).encode()
            partition = partition_of(key, settings.partitions)
            waiting.append(sender.send(AUDIT.full_name(settings), body, key=key, partition=partition))
        for future in waiting:
            future.get(timeout=_PATIENCE)
    except KafkaError as e:
        raise Retry(f"Kafka did not take the audit record ({type(e).__name__})") from e
    finally:
        sender.close(timeout=10)
