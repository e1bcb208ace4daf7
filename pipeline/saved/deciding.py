"""What is to be told of an article to a saved search, by what was told before. Pure.

The versions of an article's alerts rise. The same index event decides the same a second time: nothing new, as the first
decision is known by then. So a process that dies between deciding and committing tells nothing twice under two ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from schemas.saved_search import Alert, AlertKind, Delivery, DeliveryState, IndexEvent, SavedSearch

MOST_AN_HOUR = 300
"""Stories of one search that are told in an hour: a search that finds more is too broad to be followed."""
HOUR = timedelta(hours=1)
GIVEN_UP = timedelta(days=3)
"""After which a webhook that never answered well is left alone until its owner sets it again."""
_FIRST, _LONGEST = 5.0, 3600.0
"""Seconds between two attempts."""
_GONE = 410
_LATER = frozenset({401, 403, 404, 408, 425, 429})
"""Answers that may be another one later: of a receiver that is being set up, or is busy."""
_REFUSALS = 5


def matched(
    search: SavedSearch,
    event: IndexEvent,
    since: datetime,
    received: datetime | None,
    before: Alert | None,
    now: datetime,
) -> Alert | None:
    """A search finds the article. `since` is when readers could find it first, `received` when its revision came. None where
    nothing is to be told: it was told, or is older than the search."""
    if before is None:
        return _next(event, search, received, AlertKind.MATCHED, now) if since >= search.created else None
    if event.version <= before.version:
        return None
    if before.kind is AlertKind.WITHDRAWN:
        return _next(event, search, received, AlertKind.MATCHED, now)
    if not search.updates or received is None or (before.received is not None and received <= before.received):
        return None
    return _next(event, search, received, AlertKind.UPDATED, now, before.matched)


def withdrawn(event: IndexEvent, before: Alert, now: datetime) -> Alert | None:
    """The article can't be found any more; None where that is known."""
    if before.kind is AlertKind.WITHDRAWN or event.version <= before.version:
        return None
    return Alert(
        search_id=before.search_id, article_id=event.article_id, kind=AlertKind.WITHDRAWN, version=event.version,
        reason=event.status, received=before.received, matched=before.matched, at=now,
    )  # fmt: skip


def is_too_broad(alerts: Sequence[Alert], now: datetime) -> bool:
    """Whether so many stories were told to a search in the last hour that no further one is. `alerts` are the search's, the
    oldest first."""
    if len(alerts) < MOST_AN_HOUR:
        return False
    told = sum(one.kind is not AlertKind.WITHDRAWN for one in alerts if one.at > now - HOUR)
    return told >= MOST_AN_HOUR


def _next(
    event: IndexEvent,
    search: SavedSearch,
    received: datetime | None,
    kind: AlertKind,
    now: datetime,
    since: datetime | None = None,
) -> Alert:
    return Alert(
        search_id=search.search_id, article_id=event.article_id, kind=kind, version=event.version, received=received,
        matched=since or now, at=now,
    )  # fmt: skip


def is_pending(search: SavedSearch, alert: Alert, last: Delivery | None) -> bool:
    """Whether its webhook is still to be told. Who sets a webhook again is told what was given up too."""
    webhook = search.webhook
    if webhook is None or alert.at < webhook.since:
        return False
    if last is None or last.version < alert.version:
        return True
    if last.version > alert.version:
        return False
    if last.state is DeliveryState.FAILED:
        return last.at < webhook.renewed
    return last.state in (DeliveryState.SENDING, DeliveryState.RETRYING)


def begin(alert: Alert, last: Delivery | None, now: datetime, renewed: datetime | None = None) -> Delivery:
    """To be stored before an attempt: who dies during it doesn't know whether it arrived. Attempts are counted anew after
    `renewed`, when the webhook was set the last time."""
    again = _same(alert, last) and (renewed is None or last is None or last.at >= renewed)
    withdrawing = alert.kind is AlertKind.WITHDRAWN
    return Delivery(
        search_id=alert.search_id, article_id=alert.article_id, version=alert.version, kind=alert.kind,
        state=DeliveryState.SENDING, attempts=(last.attempts if again and last else 0) + 1,
        told=(last is not None and last.told) or not withdrawing, first=last.first if again and last else now, at=now,
    )  # fmt: skip


def needs_no_attempt(alert: Alert, last: Delivery | None) -> bool:
    """Whether it is the withdrawal of what the receiver never got."""
    return alert.kind is AlertKind.WITHDRAWN and not (last is not None and last.told)


def waits(alert: Alert, last: Delivery | None, webhook_renewed: datetime, now: datetime) -> float | None:
    """Seconds until the next attempt may be made; None where it may be made now."""
    if last is None or last.next is None or not _same(alert, last) or last.next <= now or last.at < webhook_renewed:
        return None
    return (last.next - now).total_seconds()


def skipped(alert: Alert, last: Delivery | None, now: datetime, why: str) -> Delivery:
    """Not to be told: nobody knows of the article, or it can't be found any more."""
    again = _same(alert, last)
    return Delivery(
        search_id=alert.search_id, article_id=alert.article_id, version=alert.version, kind=alert.kind,
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


def _same(alert: Alert, last: Delivery | None) -> bool:
    return last is not None and last.version == alert.version
