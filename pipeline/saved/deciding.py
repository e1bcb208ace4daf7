"""What is to be told of an article to a saved search, by what was told before. Pure.

An alert has a number. The same index event decides the same a second time: nothing new, as the first decision is known by
then. So a process that dies between deciding and committing tells nothing twice under two ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from schemas.saved_search import Alert, AlertKind, Delivery, DeliveryState, IndexEvent, SavedSearch

GIVEN_UP = timedelta(days=3)
"""After which a webhook that never answered well is left alone until its owner sets it again."""
_FIRST, _LONGEST = 5.0, 3600.0
"""Seconds between two attempts."""
_GONE = 410
_LATER = frozenset({401, 403, 404, 408, 425, 429})
"""Answers that may be another one later: of a receiver that is being set up, or is busy."""
_REFUSALS = 5


def matched(
    search: SavedSearch, event: IndexEvent, since: datetime, before: Alert | None, now: datetime
) -> Alert | None:
    """A search finds the article; `since` is when this revision came, or its embargo ended. None where nothing is to be
    told: it was told, or is older than the search."""
    if before is None or before.kind is AlertKind.WITHDRAWN:
        if before is None and since < search.created:
            return None
        if before is not None and before.version >= event.version:
            return None
        return _next(search, event, before, AlertKind.MATCHED, now)
    if not search.updates or event.version <= before.version or since <= before.at:
        return None
    return _next(search, event, before, AlertKind.UPDATED, now)


def withdrawn(event: IndexEvent, before: Alert, now: datetime) -> Alert | None:
    """The article can't be found any more; None where that is known."""
    if before.kind is AlertKind.WITHDRAWN or event.version <= before.version:
        return None
    return Alert(
        search_id=before.search_id, article_id=event.article_id, number=before.number + 1, kind=AlertKind.WITHDRAWN,
        version=event.version, reason=event.status, matched=before.matched, at=now,
    )  # fmt: skip


def _next(search: SavedSearch, event: IndexEvent, before: Alert | None, kind: AlertKind, now: datetime) -> Alert:
    return Alert(
        search_id=search.search_id, article_id=event.article_id, number=before.number + 1 if before else 1, kind=kind,
        version=event.version, matched=before.matched if before and kind is AlertKind.UPDATED else now, at=now,
    )  # fmt: skip


def is_pending(search: SavedSearch, alert: Alert, last: Delivery | None) -> bool:
    """Whether its webhook is still to be told."""
    if search.webhook is None or alert.at < search.webhook.since:
        return False
    if last is None or last.number < alert.number:
        return True
    return last.state in (DeliveryState.SENDING, DeliveryState.RETRYING)


def begin(alert: Alert, last: Delivery | None, now: datetime) -> Delivery:
    """To be stored before an attempt: who dies during it doesn't know whether it arrived."""
    again = last is not None and last.number == alert.number
    withdrawing = alert.kind is AlertKind.WITHDRAWN
    return Delivery(
        search_id=alert.search_id, article_id=alert.article_id, number=alert.number, kind=alert.kind,
        state=DeliveryState.SENDING, attempts=(last.attempts if again and last else 0) + 1,
        told=(last is not None and last.told) or not withdrawing, first=last.first if again and last else now, at=now,
    )  # fmt: skip


def needs_no_attempt(alert: Alert, last: Delivery | None) -> bool:
    """Whether it is the withdrawal of what the receiver never got."""
    return alert.kind is AlertKind.WITHDRAWN and not (last is not None and last.told)


def skipped(alert: Alert, last: Delivery | None, now: datetime, why: str) -> Delivery:
    """Not to be told: nobody knows of the article, or it can't be found any more."""
    again = last is not None and last.number == alert.number
    return Delivery(
        search_id=alert.search_id, article_id=alert.article_id, number=alert.number, kind=alert.kind,
        state=DeliveryState.SKIPPED, attempts=last.attempts if again and last else 0, told=last is not None and last.told,
        first=last.first if again and last else now, at=now, problem=why,
    )  # fmt: skip


def ended(begun: Delivery, status: int | None, problem: str | None, now: datetime) -> Delivery:
    """After an attempt. 2xx is delivered; anything else is tried again, later each time, until it is given up: what the
    receiver refuses for its content (4xx) soon, so that the next can be told, anything else after GIVEN_UP."""
    if status is not None and 200 <= status < 300:
        told = begun.kind is not AlertKind.WITHDRAWN
        return begun.model_copy(
            update={"state": DeliveryState.DELIVERED, "status": status, "told": told, "at": now, "next": None}
        )
    known = {"status": status, "problem": problem or f"answered {status}", "at": now}
    refused = status is not None and 400 <= status < 500 and status not in _LATER and begun.attempts >= _REFUSALS
    if refused or status == _GONE or now - begun.first >= GIVEN_UP:
        return begun.model_copy(update={"state": DeliveryState.FAILED, "next": None, **known})
    wait = timedelta(seconds=min(_LONGEST, _FIRST * 2 ** min(begun.attempts - 1, 12)))
    return begun.model_copy(update={"state": DeliveryState.RETRYING, "next": now + wait, **known})


def is_disabled(search: SavedSearch, deliveries: Iterable[Delivery]) -> bool:
    """Whether its webhook was given up since it was set: it answered 410, or never well for GIVEN_UP. Nothing is posted to
    it then until its owner sets it again."""
    webhook = search.webhook
    return webhook is not None and any(
        one.state is DeliveryState.FAILED
        and one.at >= webhook.renewed
        and (one.status == _GONE or one.at - one.first >= GIVEN_UP)
        for one in deliveries
    )
