"""Saved searches in the API, without engines: who may, what may be saved, and what is answered."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import httpx
import lxml.html
import pytest
from fastapi import FastAPI

from pipeline.saved import deciding
from pipeline.saved.store import Store
from pipeline.saved.tables import Alerts, Deliveries, SavedSearches
from pipeline.search import saved_live
from pipeline.search.api import build_api
from pipeline.search.saved_live import Following, Live, event_id
from pipeline.settings import Settings
from schemas.saved_search import Alert, AlertKind
from tests.unit.alerts.memory import Topics
from tests.unit.alerts.memory import search as saved

A, B = UUID(int=0xA), UUID(int=0xB)
NOW = datetime.now(UTC)
KEYS = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("herald", "gazette")}


class Reader:
    """Readers can see A."""

    def sources(self, _: str, body: Any) -> list[dict[str, Any]]:
        ids = body["query"]["ids"]["values"]
        return [{"article_id": str(A), "headline": "Ferries"}] if str(A) in ids else []


def connect(store: Store, topics: Topics) -> None:
    store.searches, store.alerts = topics.table(SavedSearches), topics.table(Alerts)
    store.deliveries = topics.table(Deliveries)


def made(**options: Any) -> tuple[FastAPI, Store, Topics]:
    topics, settings = (
        Topics(),
        Settings(_env_file=None, search_url="https://search.example", **{"saved_searches": 100, **options}),
    )
    store = Store(settings)
    connect(store, topics)
    return build_api(cast(Any, Reader()), settings, store), store, topics


def ask(api: FastAPI, method: str, path: str, key: str | None = None, **more: Any) -> httpx.Response:
    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://test") as client:
            headers = {"Authorization": f"Bearer {key}"} if key else more.pop("headers", {})
            return await client.request(method, path, headers=headers, **more)

    return asyncio.run(asked())


def save(api: FastAPI, key: str | None = None, **more: Any) -> httpx.Response:
    return ask(api, "POST", "/v1/searches", key, json={"name": "Ferries", "query": {"q": "ferry"}} | more)


def alert(
    article_id: UUID, kind: AlertKind = AlertKind.MATCHED, at: datetime = NOW, number: int = 1, matched: datetime = NOW
) -> Alert:
    return Alert(
        search_id=UUID(int=1),
        article_id=article_id,
        kind=kind,
        version=number,
        at=at,
        matched=matched,
        reason="killed",
    )


def test_without_keys_a_search_is_its_tokens() -> None:
    api, _, topics = made()
    answer = save(api)
    assert answer.status_code == 201
    one = answer.json()
    path, token = answer.headers["location"], one["token"]
    assert token not in str(topics.logs[SavedSearches]), "the token itself is stored nowhere"
    assert ask(api, "GET", f"{path}?token={token}").json()["query"] == {"q": "ferry"}
    assert ask(api, "GET", path, token).status_code == 200, "as a bearer's too"
    for wrong in (path, f"{path}?token=x", f"{path}?token={'é' * 20}", f"/v1/searches/{A}?token={token}"):
        assert ask(api, "GET", wrong).status_code == 404
    for method in ("PATCH", "DELETE"):
        assert ask(api, method, path, json={"name": "x"}).status_code == 404
    changed = ask(api, "PATCH", f"{path}?token={token}", json={"name": "Boats", "updates": True}).json()
    assert (changed["name"], changed["updates"], changed["query"]) == ("Boats", True, {"q": "ferry"})
    assert ask(api, "GET", "/v1/searches").status_code == 403
    assert ask(api, "DELETE", f"{path}?token={token}").status_code == 204
    assert ask(api, "GET", f"{path}?token={token}").status_code == 404


def test_with_keys_a_search_is_its_keys() -> None:
    api, _, _ = made(search_keys=KEYS)
    answer = save(api, "herald")
    path = answer.headers["location"]
    assert ask(api, "GET", path, "herald").status_code == 200
    assert ask(api, "GET", path, "gazette").status_code == 404
    assert ask(api, "GET", path).status_code == 401
    assert [one["id"] for one in ask(api, "GET", "/v1/searches", "herald").json()] == [answer.json()["id"]]
    assert ask(api, "GET", "/v1/searches", "gazette").json() == []


@pytest.mark.parametrize(
    "query",
    [
        {}, {"q": " "}, {"timezone": "Europe/Berlin"}, {"q": "x" * 501}, {"q": " ".join(f"w{n}" for n in range(17))}, {"has": ["comments"]},
        {"q": "a", "since": "never"}, {"q": "a", "sort": "newest"}, {"q": "a", "near": "north"}, "ferry", None, {"q": ["a"]},
    ],
)  # fmt: skip
def test_what_can_not_be_saved_is_said(query: Any) -> None:
    api, _, topics = made()
    answer = save(api, query=query)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert not topics.logs[SavedSearches]


def test_odd_bodies_are_answered() -> None:
    api, _, _ = made()
    for body in (
        b"",
        b"{",
        b"\xff",
        b"[]",
        b'{"name": "x", "query": {"q": "a"}, "more": 1}',
        b'{"name": " ", "query": {"q": "a"}}',
    ):
        assert ask(api, "POST", "/v1/searches", content=body).status_code in (400, 422)
    assert ask(api, "POST", "/v1/searches", content=b"x" * 20_000).status_code == 413
    assert ask(api, "GET", "/v1/searches/x").status_code == 422


def test_a_webhook_needs_a_key_and_a_public_scheme() -> None:
    hook: dict[str, Any] = {"webhook": {"url": "https://desk.example/alerts"}}
    assert save(made()[0], **hook).status_code == 403
    assert save(made(open_webhooks=True)[0], **hook).status_code == 201
    api, store, _ = made(search_keys=KEYS)
    answer = save(api, "herald", **hook)
    assert answer.json()["secret"].startswith("whsec_")
    path = answer.headers["location"]
    shown = ask(api, "GET", path, "herald").json()
    assert "secret" not in str(shown)
    assert shown["webhook"]["disabled"] is False
    for wrong in (
        "http://desk.example",
        "ftp://desk.example",
        "https://",
        "https://u:p@desk.example",
        "https://a b",
        "https://desk.example:6379",
        "x",
    ):
        assert save(api, "herald", webhook={"url": wrong}).status_code == 422
    before = store.searches.all()[0].webhook
    assert "secret" not in ask(api, "PATCH", path, "herald", json={"webhook": {"url": "https://desk.example/2"}}).json()
    after = store.searches.all()[0].webhook
    assert before
    assert after
    assert (after.secret, after.since) == (before.secret, before.since), "what was not told yet still is"
    assert after.renewed > before.renewed
    assert ask(api, "PATCH", path, "herald", json={"webhook": None}).json()["webhook"] is None
    assert (
        save(
            made(search_keys=KEYS, private_networks=True)[0], "herald", webhook={"url": "http://127.0.0.1:8000"}
        ).status_code
        == 422
    )
    private = made(search_keys=KEYS, private_webhooks=True)[0]
    assert save(private, "herald", webhook={"url": "http://127.0.0.1:8000"}).status_code == 201


def test_there_are_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    api, _, _ = made(saved_searches=2)
    assert [save(api).status_code for _ in range(3)] == [201, 201, 429]
    monkeypatch.setattr(Store, "MOST_OF_ONE", 1)
    api, _, _ = made(search_keys=KEYS)
    assert [save(api, key).status_code for key in ("herald", "herald", "gazette")] == [201, 429, 201]
    api, _, _ = made()
    assert [save(api).status_code for _ in range(31)][-2:] == [201, 429], "of one network in an hour"


def test_a_server_without_saved_searches_says_so() -> None:
    settings = Settings(_env_file=None)
    api = build_api(cast(Any, Reader()), settings)
    answer = save(api)
    assert answer.status_code == 404
    assert "DATELINE_SAVED_SEARCHES" in answer.text
    assert ask(api, "GET", f"/v1/searches/{A}/live").status_code == 404


def test_a_reader_saves_a_search_by_its_page_and_deletes_it_there() -> None:
    api, store, _ = made()
    form = {"q": "ferry", "section": ["Business", "Travel"], "sort": "newest", "odd": "x"}
    saved_at = ask(api, "POST", "/saved", data=form)
    assert saved_at.status_code == 303
    (one,) = store.searches.all()
    assert (one.query, one.name) == ({"q": "ferry", "section": ["Business", "Travel"]}, "ferry · Business · Travel")
    known = [alert(A), alert(B, AlertKind.WITHDRAWN, number=2)]
    store.alerts.put(
        (f"{one.search_id}/{new.article_id}", new.model_copy(update={"search_id": one.search_id})) for new in known
    )
    page = ask(api, "GET", saved_at.headers["location"])
    assert page.status_code == 200
    assert "Ferries" in page.text
    assert "A story was withdrawn" in page.text
    own, _, token = saved_at.headers["location"].partition("?token=")
    for path in (own, f"{own}?token=x", f"/saved/{A}?token={token}"):
        assert ask(api, "GET", path).status_code == 404
    assert ask(api, "POST", f"{own}/delete", data={"token": "x"}).status_code == 404
    assert ask(api, "POST", f"{own}/delete", data={"token": token}).status_code == 303
    assert store.searches.all() == []
    assert ask(api, "POST", "/saved", data={"sort": "newest"}).status_code == 422
    assert ask(made(search_keys=KEYS)[0], "POST", "/saved", data=form).status_code == 403


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


def test_a_search_that_nothing_can_be_looked_up_of_is_one_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded: list[dict[str, Any]] = [
        {"q": "-ferry"}, {"since": "24h"}, {"near": "59.9,10.7"}, {"not_section": ["Sport"]}, {"q": "-a -b", "until": "2030-01-01"},
    ]  # fmt: skip
    for query in unguarded:
        assert save(made()[0], query=query).status_code == 422, query
    for query in ({"q": "ferry -strike"}, {"section": ["Sport"], "since": "24h"}, {"q": "ferr*"}, {"q": "東京"}):
        assert save(made()[0], query=query).status_code == 201, query
    monkeypatch.setattr(Store, "MOST_UNGUARDED", 2)
    api, store, _ = made(search_keys=KEYS)
    answers = [save(api, "herald", query=query) for query in unguarded[:3]]
    assert [one.status_code for one in answers] == [201, 201, 429]
    assert all(one.unguarded for one in store.searches.all())
    path = save(api, "gazette").headers["location"]
    assert ask(api, "PATCH", path, "gazette", json={"query": unguarded[0]}).status_code == 429
    assert (
        ask(api, "PATCH", answers[0].headers["location"], "herald", json={"query": {"q": "ferry"}}).status_code == 200
    )
    assert ask(api, "PATCH", path, "gazette", json={"query": unguarded[0]}).status_code == 200


def test_a_search_of_nobody_ends_unless_it_is_changed() -> None:
    api, store, topics = made()
    answer = save(api)
    path, token = answer.headers["location"], answer.json()["token"]
    (one,) = store.searches.all()
    assert one.expires is not None
    assert one.expires >= one.created + Store.KEPT
    ended = one.model_copy(update={"expires": datetime.now(UTC) + timedelta(seconds=60)})
    store.searches.put([(str(one.search_id), ended)])
    assert ask(api, "PATCH", f"{path}?token={token}", json={"name": "Boats"}).status_code == 200
    renewed = store.searches.all()[0].expires
    assert renewed is not None
    assert renewed > one.created + Store.KEPT - timedelta(seconds=1)
    store.searches.put([(str(one.search_id), one.model_copy(update={"expires": datetime.now(UTC)}))])
    assert ask(api, "GET", f"{path}?token={token}").status_code == 404
    assert save(api).status_code == 201
    assert topics.logs[SavedSearches][-2] == (str(one.search_id), None), "its place is free"
    keyed, store, _ = made(search_keys=KEYS)
    save(keyed, "herald")
    assert store.searches.all()[0].expires is None


def test_a_search_that_finds_too_much_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "MOST_AN_HOUR", 2)
    api, store, _ = made()
    answer = save(api)
    own, path = UUID(answer.json()["id"]), f"{answer.headers['location']}?token={answer.json()['token']}"
    assert ask(api, "GET", path).json()["too_broad"] is False
    known = [alert(one, at=datetime.now(UTC)).model_copy(update={"search_id": own}) for one in (A, B)]
    store.alerts.put((f"{own}/{one.article_id}", one) for one in known)
    assert ask(api, "GET", path).json()["too_broad"] is True


def test_a_key_of_the_api_reads_no_page_of_a_search() -> None:
    api, _, _ = made(search_keys=KEYS)
    own = save(api, "herald").json()
    assert ask(api, "GET", f"/saved/{own['id']}", "herald").status_code == 404, "a page is read by the search's token"
    assert ask(api, "GET", f"/saved/{own['id']}?token={own['token']}").status_code == 200


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


def test_a_page_without_saved_searches_has_no_button_and_says_nothing_of_them() -> None:
    settings = Settings(_env_file=None)
    assert settings.saved_searches == 0
    api = build_api(cast(Any, Reader()), settings)
    assert ask(api, "POST", "/saved", data={"q": "ferry"}).status_code == 404
    assert ask(api, "GET", f"/saved/{A}").status_code == 404


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
