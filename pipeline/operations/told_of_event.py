"""What a step of a trace tells of an event. Pure."""

from __future__ import annotations

from typing import Any

from schemas.identity import Claim

TIMES = ("normalized", "enriched", "revised")


def made_of(event: Any) -> str | None:
    """Of a record of what readers see, the id of the event whose revision it is: its own id is another."""
    data = event.get("data") if isinstance(event, dict) else None
    item = (data.get("article") or data.get("comment")) if isinstance(data, dict) else None
    revision = item.get("revision") if isinstance(item, dict) else None
    found = revision.get("event_id") if isinstance(revision, dict) else None
    return found if isinstance(found, str) else None


def times(event: Any) -> dict[str, str]:
    """When each step finished the event of a record, from its envelope."""
    if not isinstance(event, dict):
        return {}
    return {name: event[f"{name}time"] for name in TIMES if event.get(f"{name}time")}


def sender(event: Any) -> dict[str, Any]:
    """The publisher and the claims that an event names, as documents have them."""
    data = event.get("data") if isinstance(event, dict) else None
    if (
        not isinstance(data, dict)
        or not isinstance(data.get("publisher"), str)
        or not isinstance(data.get("claims"), list)
    ):
        return {}
    try:
        claims = [Claim.model_validate(claim) for claim in data["claims"]]
    except ValueError:
        return {}
    return {"publisher": data["publisher"], "claims": [f"{claim.scheme}:{claim.value}" for claim in claims]}


def kind(event: Any) -> str | None:
    data = event.get("data") if isinstance(event, dict) else None
    return data.get("kind") if isinstance(data, dict) else None
