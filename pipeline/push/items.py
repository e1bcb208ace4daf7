"""A provider's own items, by the names that it knows them by: which article that is, how far it has come, its withdrawal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pipeline import identity
from pipeline.errors import DatelineError, Retry
from pipeline.ingest.events import withdrawal
from pipeline.operations.trace import trace_item
from pipeline.push import service as push
from pipeline.push.requests import Problem
from pipeline.settings import Settings
from schemas.events import RawArticleEvent
from schemas.identity import Claim, ClaimScheme


def withdrawal_of(name: str, provider: str, reason: str, settings: Settings) -> RawArticleEvent:
    """The event that kills it. Raises Problem 404 for one that isn't the provider's."""
    article_id, claims = named(name, provider, settings)
    publisher = settings.provider(provider).publisher or provider
    event = withdrawal(article_id, provider, publisher, reason, provider)
    return event.model_copy(update={"data": event.data.model_copy(update={"claims": claims})})


def named(name: str, provider: str, settings: Settings) -> tuple[UUID, tuple[Claim, ...]]:
    """The article that `name` stands for, and its claims. Raises Problem 404 for one that isn't the provider's."""
    known = push.claims_of(name, provider, settings)
    if known is not None:
        return known
    found = _trace(settings, name)
    _require_own(found, settings.provider(provider).publisher or provider)
    claims = tuple(
        Claim(scheme=ClaimScheme(scheme), value=value)
        for claim in found["documents"][0].get("claims", [])
        for scheme, _, value in [claim.partition(":")]
    )
    if not claims:
        raise Problem(404, "not-found", "this story has no text any more; it is killed")
    return identity.article_id(settings.provider(provider).publisher or provider, claims), claims


def status_of(name: str, provider: str, settings: Settings) -> dict[str, Any]:
    """`{id, standing, searchable, steps: [{stage, at, refused}]}`. Raises Problem 404 for one that isn't the provider's."""
    publisher = settings.provider(provider).publisher or provider
    known = push.claims_of(name, provider, settings)
    found = _trace(settings, name if known is None else str(known[0]))
    if known is None:
        _require_own(found, publisher)
    if not found["documents"] and not found["steps"]:
        raise Problem(404, "not-found", "nothing of it has come in, or it is no longer kept")
    public = found["standing"] == "public"
    return {
        "id": found["article_id"],
        "standing": found["standing"],
        "searchable": public,
        "steps": [
            {"stage": step["topic"], "at": step["at"], "refused": step.get("refused")} for step in found["steps"]
        ],
    }


def _trace(settings: Settings, name: str) -> dict[str, Any]:
    try:
        return trace_item(settings, name)
    except Retry:
        raise
    except DatelineError as e:
        raise Problem(400, "bad-id", str(e)) from None


def _require_own(found: dict[str, Any], publisher: str) -> None:
    """An article id tells nobody whose it is: the index does. Raises Problem 404, for a stranger's too."""
    if not any(document.get("publisher") == publisher for document in found["documents"]):
        raise Problem(404, "not-found", "no story of yours has this id (yet): name it by its address or by your own id")
