"""The result of a push: one entry per story, comment or notice, in order, then those that were refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipeline.errors import Reject
from pipeline.ingest.events import RawEvent
from pipeline.ingest.intake import Read
from pipeline.ingest.publisher import Publisher
from pipeline.process.problems import Problem


@dataclass
class PushResult:
    """`accepted` is in Kafka; `refused` is in dead-letters, and each entry has its `reason` and `detail`."""

    format: str | None
    accepted: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        return {
            "format": self.format,
            "accepted": len(self.accepted),
            "refused": len(self.refused),
            "items": [*self.accepted, *self.refused],
        }

    def problem(self) -> Problem | None:
        """For a request of which nothing was accepted: 413 where all was too large, else 422."""
        if self.accepted or not self.refused:
            return None
        first = self.refused[0]
        more = f" (and {len(self.refused) - 1} more)" if len(self.refused) > 1 else ""
        status = 413 if all(entry["reason"] == "too-large" for entry in self.refused) else 422
        return Problem(status, first["reason"], f"{first['reason']}: {first['detail']}{more}")


def publish(read: Read, publisher: Publisher, provider: str) -> PushResult:
    """Send what was read and wait for Kafka. Raises Retry where it didn't acknowledge everything: sending it again is
    safe."""
    result = PushResult(read.kind)
    with publisher:
        for event in read.events:
            reject = publisher.publish(event, read.item.source)
            if reject is None:
                result.accepted.append(_entry(event) | {"status": "accepted"})
            else:
                result.refused.append(_entry(event) | _refusal(reject))
        for reject in read.rejects:
            result.refused.append(_refusal(reject))
        publisher.refuse(read, provider)
    for event, reject in publisher.refused:
        result.accepted.remove(_entry(event) | {"status": "accepted"})
        result.refused.append(_entry(event) | _refusal(reject))
    return result


def _entry(event: RawEvent) -> dict[str, Any]:
    entry = {"id": str(event.data.article_id), "type": event.type.value, "event_id": event.id}
    comment_id = getattr(event.data, "comment_id", None)
    return entry | ({"comment_id": str(comment_id)} if comment_id else {})


def _refusal(reject: Reject) -> dict[str, Any]:
    return {"status": "refused", "reason": reject.reason, "detail": reject.detail}
