from __future__ import annotations

import asyncio
import threading
from typing import Any
from uuid import UUID

import pytest

from pipeline.errors import Retry
from pipeline.process.problems import Problem
from pipeline.push import items
from pipeline.settings import Settings
from schemas.identity import Claim, ClaimScheme
from tests.support.ingest import Door
from tests.support.samples import ninjs, push
from tests.support.waiting import PATIENCE

SETTINGS = Settings(_env_file=None)
OWN_UUIDS = (
    "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
    "6e8bc430-9c3a-11d9-9669-0800200c9a66",
    "6E8BC4309C3A11D996690800200C9A66",
    "{0b51d2a7-49ca-4aa0-9c1f-9a3f7a4d1c11}",
    "886313e13b8a53729b900c9aee199e5d",
)
VERSION_5 = "886313e1-3b8a-5372-9b90-0c9aee199e5d"
"""An own id that looks like an article id."""
NOTHING: dict[str, Any] = {"documents": [], "steps": [], "status": None, "complete": True}
RECEIVED: dict[str, Any] = {"steps": [{"topic": "articles.raw", "at": "2026-03-14T08:20:00Z"}]}
OWN = {"publisher": "wire", "claims": ["guid:urn:1"]}


def one_step(**more: Any) -> dict[str, Any]:
    return {"steps": [RECEIVED["steps"][0] | OWN | more]}


def pushed_id(guid: str) -> UUID:
    return push(ninjs(guid)).events[0].data.article_id


class Received(dict[str, dict[str, Any]]):
    """What is known of each article id; nothing of the others."""

    def trace(self, settings: Settings, name: str, *, seconds: float) -> dict[str, Any]:
        return {"article_id": str(UUID(name))} | NOTHING | self.get(str(UUID(name)), {})

    def find(self, settings: Settings, name: str) -> tuple[UUID, None, list[dict[str, Any]]]:
        return UUID(name), None, self.trace(settings, name, seconds=0)["documents"]


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> Received:
    known = Received()
    monkeypatch.setattr(items, "trace_item", known.trace)
    monkeypatch.setattr(items, "find_item", known.find)
    return known


def named(name: str) -> items.Named:
    """As a kill and a change find it."""
    door = Door()
    return asyncio.run(door.service.named("wire", name))


def status_of(name: str) -> dict[str, Any]:
    return asyncio.run(Door().service.status("wire", name))


def test_a_story_has_the_same_id_by_its_own_id_in_a_push_and_in_a_path() -> None:
    pushed = pushed_id("urn:1")
    found = items.claims_of("urn:1", "wire", SETTINGS)
    assert found is not None
    assert found[0] == pushed
    assert items.claims_of(str(pushed), "wire", SETTINGS) is None, "an article id doesn't show its provider"


@pytest.mark.parametrize("guid", [*OWN_UUIDS, VERSION_5])
def test_an_own_id_that_is_a_uuid_names_a_story_before_it_comes(guid: str, received: Received) -> None:
    article_id, claims = found = named(guid)
    assert found == (pushed_id(guid), (Claim(scheme=ClaimScheme.GUID, value=guid),))
    kill = items.withdrawal_of(found, "wire", "wrong", SETTINGS)
    assert (kill.data.article_id, kill.data.claims) == (article_id, claims)
    received[str(article_id)] = RECEIVED
    assert [step["stage"] for step in status_of(guid)["steps"]] == ["articles.raw"]


@pytest.mark.parametrize("ask", [named, status_of])
@pytest.mark.parametrize(
    "known",
    [
        RECEIVED,
        {"documents": [OWN | {"publisher": "other"}]},
        one_step(publisher="other"),
        one_step(topic="dead-letters", refused="normalize: bad-date"),
        one_step() | {"documents": [OWN | {"publisher": "other"}]},
    ],
    ids=["nobody's", "another's", "another's, not indexed", "refused", "indexed as another's"],
)
def test_an_article_id_that_is_not_known_to_be_ones_own_is_no_own_id(
    ask: Any, known: dict[str, Any], received: Received
) -> None:
    """A kill of something else would be confirmed, and the story shown."""
    name = str(pushed_id("urn:1"))
    received[name] = known
    with pytest.raises(Problem) as refused:
        ask(name)
    assert refused.value.status == 404


@pytest.mark.parametrize("ask", [named, status_of])
def test_what_was_not_read_to_the_end_is_not_taken_for_unknown(ask: Any, received: Received) -> None:
    received[VERSION_5] = {"complete": False}
    with pytest.raises(Retry):
        ask(VERSION_5)


def test_an_own_article_is_named_by_its_article_id(received: Received) -> None:
    name = str(pushed_id("urn:1"))
    received[name] = {"documents": [OWN], "status": "public"}
    assert str(named(name.replace("-", ""))[0]) == name
    assert status_of(name)["searchable"]


def test_an_own_article_is_named_by_its_article_id_before_the_index_shows_it(received: Received) -> None:
    """A desk may kill a second after it pushed, by the id that it was given."""
    name = str(pushed_id("urn:1"))
    received[name] = one_step()
    assert named(name) == (UUID(name), (Claim(scheme=ClaimScheme.GUID, value="urn:1"),))
    told = status_of(name)
    assert [step["stage"] for step in told["steps"]] == ["articles.raw"]
    assert not told["searchable"]
    received[name] = {"steps": [*one_step(claims=[])["steps"], *one_step()["steps"]]}
    assert named(name)[0] == UUID(name), "an operator's kill, which names no claims, came before"


def test_a_provider_has_one_look_up_at_a_time_and_keeps_no_kill_from_kafka(monkeypatch: pytest.MonkeyPatch) -> None:
    running = most = 0
    end = threading.Event()

    def trace(settings: Settings, name: str, *, seconds: float) -> dict[str, Any]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        assert end.wait(PATIENCE)
        running -= 1
        return {"article_id": name} | NOTHING | RECEIVED

    monkeypatch.setattr(items, "trace_item", trace)

    async def ask() -> list[int]:
        door = Door()
        async with door.desk("wire") as wire, door.desk("other") as other:
            looks = [asyncio.create_task(desk.get(f"/v1/items/urn:{n}")) for n in range(4) for desk in (wire, other)]
            kills = [(await desk.delete("/v1/items/urn:9")).status_code for desk in (wire, other)]
            end.set()
            return kills + [(await look).status_code for look in looks]

    assert asyncio.run(ask()) == [202] * 2 + [200] * 8
    assert most <= 2
