"""What is told, by what was told before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from pipeline.saved import deciding
from pipeline.saved.deciding import begin, ended, is_pending, is_too_broad, matched
from schemas.saved_search import Alert, AlertKind, IndexEvent
from tests.unit.alerts.memory import hook, search

A = UUID(int=0xA)
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
ONE = search(1, "ferry", webhook=hook(), updates=True)


def event(version: int) -> IndexEvent:
    return IndexEvent(article_id=A, version=version, public=True, status="public")


def told(version: int, at: datetime = NOW, received: datetime = NOW) -> Alert:
    found = matched(ONE, event(version), at, received, None, at)
    assert found is not None
    return found


def test_an_alert_of_an_article_that_was_forgotten_has_an_id_of_its_own() -> None:
    assert told(1).alert_id == told(1, NOW + timedelta(days=1)).alert_id, "a repetition has the same"
    assert told(1).alert_id != told(7, NOW + timedelta(days=31)).alert_id
    withdrawn = told(1).model_copy(update={"kind": AlertKind.WITHDRAWN})
    assert withdrawn.alert_id != told(1).alert_id


def test_a_delivery_that_is_known_longer_than_its_alert_does_not_stop_the_next() -> None:
    last = ended(begin(told(5), None, NOW), 204, None, NOW + timedelta(days=2))
    assert is_pending(ONE, told(6, NOW + timedelta(days=31)), last)
    assert not is_pending(ONE, told(5), last)
    assert not is_pending(ONE, told(4), last), "one that another process has gone past"


def test_a_revision_that_came_before_the_last_alert_was_stored_is_an_update_all_the_same() -> None:
    before = told(1, NOW, received=NOW - timedelta(seconds=2))
    second = NOW - timedelta(seconds=1)
    found = matched(ONE, event(2), second, second, before, NOW + timedelta(seconds=1))
    assert found is not None
    assert found.kind is AlertKind.UPDATED
    again = matched(ONE, event(3), second, second, found, NOW + timedelta(hours=1))
    assert again is None, "the same revision, with another story"


def test_a_webhook_that_is_set_again_is_told_what_was_given_up() -> None:
    given_up = ended(begin(told(1), None, NOW - timedelta(days=4)), 503, None, NOW)
    assert not is_pending(ONE, told(1), given_up)
    woken = ONE.model_copy(update={"webhook": hook().model_copy(update={"renewed": NOW + timedelta(hours=1)})})
    assert is_pending(woken, told(1), given_up)
    assert woken.webhook
    begun = begin(told(1), given_up, NOW + timedelta(hours=2), woken.webhook.renewed)
    assert (begun.attempts, begun.first) == (1, NOW + timedelta(hours=2)), "and has its time anew"


def test_a_search_is_too_broad_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "MOST_AN_HOUR", 2)
    alerts = [told(1), told(2)]
    assert not is_too_broad(alerts[:1], NOW)
    assert is_too_broad(alerts, NOW)
    assert not is_too_broad([alerts[0], alerts[1].model_copy(update={"kind": AlertKind.WITHDRAWN})], NOW)
    assert not is_too_broad(alerts, NOW + timedelta(hours=1, seconds=1))
