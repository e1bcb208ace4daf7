"""Who follows a saved search: by a list, a feed, a stream or its page."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import lxml.html
import pytest

from pipeline.saved.store import Store
from pipeline.search import saved_live
from pipeline.search.saved_live import Following, Live, event_id
from pipeline.settings import Settings
from schemas.saved_search import Alert, AlertKind
from tests.unit.alerts.memory import Topics
from tests.unit.alerts.memory import search as saved
from tests.unit.search.saved_api import KEYS, NOW, A, B, Reader, alert, ask, connect, made, save


def test_alerts_are_lists_and_feeds_without_what_was_withdrawn() -> None:
    api, store, _ = made()
    answer = save(api).json()
    own, token = UUID(answer["id"]), answer["token"]
    gone = UUID(int=0xC)
    known = [alert(A), alert(B), alert(gone, AlertKind.WITHDRAWN, number=2)]
    store.alerts.put((f"{own}/{one.article_id}", one.model_copy(update={"search_id": own})) for one in known)
    told = ask(api, "GET", f"/v1/searches/{own}/alerts?token={token}").json()
    assert {(one["type"], one["article"]["article_id"]) for one in told} == {
        ("story.matched", str(A)), ("story.withdrawn", str(gone)),
    }, "B can't be found, and its withdrawal is still to come"  # fmt: skip
    feed = ask(api, "GET", f"/v1/searches/{own}.atom?token={token}")
    assert feed.headers["content-type"] == "application/atom+xml"
    assert feed.text.count("<entry") == 1
    assert f'ref="urn:uuid:{gone}"' in feed.text
    assert ask(api, "GET", f"/v1/searches/{own}/deliveries?token={token}").json() == []
    assert ask(api, "GET", f"/v1/searches/{own}.atom").status_code == 404


def test_a_listener_hears_what_is_new_and_the_withdrawal_of_what_it_heard() -> None:
    listener = Following(None, NOW)
    old, new = alert(A, at=NOW - timedelta(minutes=1)), alert(B)
    assert listener.new([old, new]) == [new]
    listener.sent(new, told=True)
    kills = [alert(one, AlertKind.WITHDRAWN, NOW + timedelta(seconds=1), 2) for one in (A, B)]
    assert listener.new(kills) == [kills[1]]


def test_who_comes_back_gets_what_came_meanwhile() -> None:
    heard = alert(A, at=NOW - timedelta(minutes=1))
    back = Following(event_id(heard), NOW)
    missed = alert(B, at=NOW - timedelta(seconds=30))
    assert missed in back.new([heard, missed])
    kill = alert(A, AlertKind.WITHDRAWN, NOW, 2, matched=heard.at)
    never_heard = alert(B, AlertKind.WITHDRAWN, NOW, 2, matched=NOW - timedelta(seconds=30))
    assert back.new([kill, never_heard]) == [kill]
    for odd in ("", "x", "-", "²-x"):
        assert Following(odd, NOW).new([missed]) == []


def test_a_stream_ends_with_its_search() -> None:
    async def heard() -> list[bytes]:
        topics = Topics()
        store = Store(Settings(_env_file=None))
        connect(store, topics)
        one, got = saved(1, "ferry"), []
        store.put(one)
        live = Live(store, cast(Any, Reader()), every=0)
        async for event in live.events(one, "https://search.example", None):
            got.append(event)
            if b"retry" in event:
                store.alerts.put([(f"{one.search_id}/{A}", alert(A, at=datetime.now(UTC)))])
            else:
                store.delete(one)
                store._read = 0
        assert live.listeners.total() == 0
        return got

    _, event = asyncio.run(heard())
    assert b"event: story.matched" in event
    assert b'"headline":"Ferries"' in event


def test_a_feed_reader_and_a_browser_follow_by_the_token_alone() -> None:
    """Neither can send a key: an EventSource has no headers (WHATWG HTML, section 9.2.2)."""
    api, store, _ = made(search_keys=KEYS)
    answer = save(api, "herald").json()
    own, token = f"/v1/searches/{answer['id']}", answer["token"]
    for path in (".atom", "/live"):
        for wanted, asked, key in (
            (200, f"{own}{path}?token={token}", None),
            (404, f"{own}{path}?token=x", None),
            (404, f"/v1/searches/{A}{path}?token={token}", None),
            (401, f"{own}{path}", None),
            (401, f"{own}{path}?token={token}", "wrong"),
            (404, f"{own}{path}", "gazette"),
        ):
            assert ask(api, "HEAD", asked, key).status_code == wanted, asked
    for method, path in (("GET", ""), ("GET", "/alerts"), ("GET", "/deliveries"), ("DELETE", ""), ("DELETE", ".atom")):
        assert ask(api, method, f"{own}{path}?token={token}").status_code == 401, (method, path)
    assert store.searches.all()
    api.state.settings = api.state.settings.model_copy(update={"search_keys": {"gazette": KEYS["gazette"]}})
    for path in (f"{own}.atom", f"{own}/live", f"/saved/{answer['id']}"):
        assert ask(api, "HEAD", f"{path}?token={token}").status_code == 404, "the key that saved it was taken away"


def test_the_page_of_a_search_hears_what_it_was_rendered_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser sends Last-Event-ID only when it comes back: the first time the address says it, and a header is newer."""
    api, store, _ = made()
    asked: list[str | None] = []

    async def events(_: Any, __: str, last: str | None, *more: Any) -> Any:
        asked.append(last)
        yield b""

    monkeypatch.setattr(api.state.following, "events", events)
    place = ask(api, "POST", "/saved", data={"q": "ferry"}).headers["location"]
    before = int(datetime.now(UTC).timestamp() * 1000)
    page: Any = lxml.html.document_fromstring(ask(api, "GET", place).content)
    (live,) = page.xpath("//@data-alerts")
    ask(api, "GET", live)
    ask(api, "GET", live, headers={"Last-Event-ID": "5-x"})
    first, again = asked
    assert before <= int((first or "").partition("-")[0]) <= datetime.now(UTC).timestamp() * 1000
    assert again == "5-x"
    withdrawn = alert(A, AlertKind.WITHDRAWN, datetime.now(UTC), 2, matched=NOW)
    assert Following(first, datetime.now(UTC)).new([withdrawn]) == [withdrawn], "what the page shows leaves it"
    assert store.searches.all()


def heard(store: Store, reader: Any, last: str | None = None, turns: int = 1) -> bytes:
    """What a listener gets in its first turns."""

    async def listen() -> bytes:
        (one,) = store.searches.all()
        live, got = Live(store, reader, every=0), b""
        asked = 0

        def stopping() -> bool:
            nonlocal asked
            asked += 1
            return asked > turns

        async for event in live.events(one, "https://search.example", last, stopping=stopping):
            got += event
        return got

    return asyncio.run(listen())


def stored(*alerts: Alert) -> Store:
    topics = Topics()
    store = Store(Settings(_env_file=None))
    connect(store, topics)
    store.put(saved(1, "ferry"))
    store.refresh()
    store.alerts.put((f"{one.search_id}/{one.article_id}", one) for one in alerts)
    return store


def test_a_listener_can_come_back_before_its_first_alert() -> None:
    first = heard(stored(), Reader()).split(b"\n")[0]
    assert first.startswith(b"id: ")
    last = first.removeprefix(b"id: ").decode()
    missed = alert(A, at=datetime.now(UTC))
    assert Following(last, datetime.now(UTC)).new([missed]) == [missed]


def test_a_story_that_one_copy_of_the_index_does_not_have_yet_is_looked_for_again() -> None:
    class Behind(Reader):
        asked = 0

        def sources(self, alias: str, body: Any) -> list[dict[str, Any]]:
            self.asked += 1
            return super().sources(alias, body) if self.asked > 1 else []

    now = datetime.now(UTC)
    assert b"story.matched" in heard(stored(alert(A, at=now)), Behind(), "1-", turns=2)
    reader = Behind()
    heard(stored(alert(A, at=now - timedelta(hours=1))), reader, "1-", turns=3)
    assert reader.asked == 1, "of one that is long gone"


def test_a_turn_has_a_bounded_number_of_stories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_live, "_AT_ONCE", 2)
    asked: list[int] = []

    class Counting:
        def sources(self, _: str, body: Any) -> list[dict[str, Any]]:
            asked.append(len(body["query"]["ids"]["values"]))
            return [{"article_id": one} for one in body["query"]["ids"]["values"]]

    alerts = [alert(UUID(int=100 + n), at=NOW) for n in range(5)]
    events = heard(stored(*alerts), Counting(), "1-", turns=4)
    assert (asked, events.count(b"event: story.matched")) == ([2, 2, 1], 5)


def test_one_sender_does_not_take_all_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_live, "MAX_OF_ONE", 2)
    monkeypatch.setattr(saved_live, "MAX_LISTENERS", 3)
    live = Live(stored(), cast(Any, Reader()))
    live.listeners["key herald"] = 2
    refused = live.full("key herald")
    assert refused
    assert refused.status == 429
    assert live.full("key gazette") is None
    live.listeners["key gazette"] = 1
    full = live.full("address 127.0.0.1")
    assert full
    assert full.status == 503
    api, _, _ = made(search_keys=KEYS)
    path = save(api, "herald").headers["location"]
    api.state.following.listeners["key herald"] = 2
    assert ask(api, "GET", f"{path}/live", "herald").status_code == 429


@pytest.mark.parametrize("odd", ["253402300799000-", "9" * 30 + "-x", "0-", "99999999999999-", "1-"])
def test_a_time_that_no_event_has_is_bounded(odd: str) -> None:
    back = Following(odd, NOW)
    kill = alert(A, AlertKind.WITHDRAWN, NOW, 2, matched=NOW)
    assert isinstance(back.new([kill, alert(B)]), list)
