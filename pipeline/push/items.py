"""A provider's own items by name: which article it is, its withdrawal, its progress through the stages.

A name is the story's address, the provider's own id for it, or its article id. Own ids may be UUIDs: one of version 5, which
article ids are, is an own id where no article with this id has been received.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from pipeline import identity
from pipeline.errors import DatelineError, Retry
from pipeline.ingest.events import withdrawal
from pipeline.operations.trace import find_item, trace_item
from pipeline.process.problems import Problem
from pipeline.settings import Settings
from schemas.events import RawArticleEvent
from schemas.identity import Claim, ClaimScheme

P = ParamSpec("P")
T = TypeVar("T")
Named = tuple[UUID, tuple[Claim, ...]]
"""An article's id and claims."""
_READING = 5.0
"""Seconds that the records of one item may be read for."""


def claims_of(name: str, provider: str, settings: Settings) -> Named | None:
    """The article of an address or of a provider's own id; None for what may be an article id, which doesn't show its
    provider."""
    try:
        if UUID(name).version == 5:
            return None
    except ValueError:
        pass
    return _of_claim(identity.url_claim(name) or _own_id(name), _publisher(provider, settings))


def indexed(name: str, provider: str, settings: Settings) -> Named | None:
    """The article of what may be an article id, as the index knows it; None where it doesn't. Raises Problem 404 for one
    that isn't the provider's."""
    publisher = _publisher(provider, settings)
    documents = _answer(find_item, settings, name)[2]
    if not documents:
        return None
    _require_own({"documents": documents, "steps": []}, publisher)
    return _own(publisher, documents[0])


def unindexed(name: str, provider: str, settings: Settings) -> Named:
    """The article of what may be an article id that the index doesn't know: it is an own id where nothing has been received
    under it, and the article of the provider's own records that wait for the index. Raises Problem 404 where the records are
    of others, Retry where that can't be said."""
    found, publisher = _trace(settings, name), _publisher(provider, settings)
    if _unknown(found):
        if not found["complete"]:
            raise Retry("There was too much to read to say whose story this is; name it by its address.")
        return _of_claim(_own_id(name), publisher)
    _require_own(found, publisher)
    own = [one for one in (*found["documents"], *found["steps"]) if _is_of(one, publisher)]
    return _own(publisher, next((one for one in own if one.get("claims")), own[0]))  # a kill may name none


def withdrawal_of(named: Named, provider: str, reason: str, settings: Settings) -> RawArticleEvent:
    """The event that kills it."""
    article_id, claims = named
    event = withdrawal(article_id, provider, _publisher(provider, settings), reason, provider)
    return event.model_copy(update={"data": event.data.model_copy(update={"claims": claims})})


def status_of(name: str, provider: str, settings: Settings) -> dict[str, Any]:
    """`{id, status, searchable, steps: [{stage, at, refused, times?}], complete}`, and `standing`, the former name of
    `status`. Not `complete`: there was more to read than there was time for, so steps may be missing. Raises Problem 404
    for one that isn't the provider's, Retry where that can't be said."""
    known, publisher = claims_of(name, provider, settings), _publisher(provider, settings)
    found = _trace(settings, name if known is None else str(known[0]))
    if known is None and _unknown(found) and found["complete"]:
        found = _trace(settings, str(_of_claim(_own_id(name), publisher)[0]))
    elif known is None and not _unknown(found):
        _require_own(found, publisher)
    if _unknown(found):
        if not found["complete"]:
            raise Retry("There was too much to read to find this story before it is indexed.")
        raise Problem(404, "not-found", "nothing of this story has been received, or it is no longer stored")
    return {
        "id": found["article_id"],
        "status": found["status"],
        "standing": found["status"],
        "searchable": found["status"] == "public",
        "steps": [
            {"stage": step["topic"], "at": step["at"], "refused": step.get("refused")}
            | ({"times": step["times"]} if "times" in step else {})
            for step in found["steps"]
        ],
        "complete": found["complete"],
    }


def _own_id(name: str) -> Claim:
    return Claim(scheme=ClaimScheme.GUID, value=name[:2048])


def _of_claim(claim: Claim, publisher: str) -> Named:
    return identity.article_id(publisher, [claim]), (claim,)


def _unknown(found: dict[str, Any]) -> bool:
    """Whether nothing has been received under an id, so that it can't have been given to anybody as an article id."""
    return not found["documents"] and not found["steps"]


def _publisher(provider: str, settings: Settings) -> str:
    return settings.provider(provider).publisher or provider


def _trace(settings: Settings, name: str) -> dict[str, Any]:
    return _answer(trace_item, settings, name, seconds=_READING)


def _answer(ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return ask(*args, **kwargs)
    except Retry:
        raise
    except DatelineError as e:
        raise Problem(400, "bad-id", str(e)) from None


def _require_own(found: dict[str, Any], publisher: str) -> None:
    """Raises Problem 404, the same for an unknown article and for another publisher's. The index knows the publisher, and
    so do the records that it doesn't show yet; an article id alone doesn't."""
    if not any(_is_of(one, publisher) for one in found["documents"] or found["steps"]):
        raise Problem(404, "not-found", "no story of yours has this id (yet): name it by its address or by your own id")


def _is_of(one: dict[str, Any], publisher: str) -> bool:
    """Whether a document or a step is of this publisher. What was refused shows nothing: anybody's may have any id."""
    return one.get("publisher") == publisher and not one.get("refused")


def _own(publisher: str, one: dict[str, Any]) -> Named:
    """The article of the claims of a document or a step."""
    parts = (claim.partition(":") for claim in one.get("claims", ()))
    claims = tuple(Claim(scheme=ClaimScheme(scheme), value=value) for scheme, _, value in parts)
    if not claims:
        raise Problem(404, "not-found", "this story has no text any more; it is killed")
    return identity.article_id(publisher, claims), claims
