"""Saved searches in the API, without engines: who may, what may be saved, and what is answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest

from pipeline.saved import deciding
from pipeline.saved.store import Store
from pipeline.saved.tables import SavedSearches
from pipeline.search.api import build_api
from pipeline.settings import Settings
from schemas.saved_search import AlertKind
from tests.unit.search.saved_api import KEYS, A, B, Reader, alert, ask, made, save


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
    ("path", "allowed"),
    [
        ("/v1/searches", "GET, POST, HEAD"),
        (f"/v1/searches/{A}", "DELETE, GET, PATCH, HEAD"),
        (f"/v1/searches/{A}.atom", "GET, HEAD"),
        (f"/v1/searches/{A}/alerts", "GET, HEAD"),
    ],
)
def test_what_can_be_done_at_an_address_is_said_whole(path: str, allowed: str) -> None:
    """RFC 9110, section 15.5.6."""
    api, _, _ = made()
    for method in {"PUT", "PATCH", "DELETE", "POST", "OPTIONS", "TRACE"} - set(allowed.split(", ")):
        answer = ask(api, method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed), method


@pytest.mark.parametrize("more", [{"updates": 0}, {"updates": "true"}, {"updates": 1.0}, {"name": 5}])
def test_a_body_is_what_is_described(more: dict[str, Any]) -> None:
    api, _, _ = made()
    answer = save(api, **more)
    assert (answer.status_code, answer.json()["parameter"]) == (422, next(iter(more)))
    one = save(api).json()
    path = f"/v1/searches/{one['id']}?token={one['token']}"
    assert ask(api, "PATCH", path, json=more).status_code == 422
    assert ask(api, "GET", path).json()["updates"] is False


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
    assert answer.json()["expires"] == one.expires.isoformat()
    ended = one.model_copy(update={"expires": datetime.now(UTC) + timedelta(seconds=60)})
    store.searches.put([(str(one.search_id), ended)])
    changed = ask(api, "PATCH", f"{path}?token={token}", json={"name": "Boats"})
    assert changed.status_code == 200
    renewed = store.searches.all()[0].expires
    assert renewed is not None
    assert changed.json()["expires"] == renewed.isoformat()
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


def test_a_page_without_saved_searches_has_no_button_and_says_nothing_of_them() -> None:
    settings = Settings(_env_file=None)
    assert settings.saved_searches == 0
    api = build_api(cast(Any, Reader()), settings)
    assert ask(api, "POST", "/saved", data={"q": "ferry"}).status_code == 404
    assert ask(api, "GET", f"/saved/{A}").status_code == 404
