from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from pipeline.process.problems import Problem
from pipeline.push import items
from pipeline.settings import Settings
from schemas.identity import Claim, ClaimScheme
from tests.support.samples import ninjs, push

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
NOTHING: dict[str, Any] = {"documents": [], "steps": [], "status": None}


def pushed_id(guid: str) -> UUID:
    return push(ninjs(guid)).events[0].data.article_id


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """What is known of each article id; nothing of the others."""
    known: dict[str, dict[str, Any]] = {}
    monkeypatch.setattr(
        items, "trace_item", lambda _, name: {"article_id": name} | NOTHING | known.get(str(UUID(name)), {})
    )
    return known


def test_a_story_has_the_same_id_by_its_own_id_in_a_push_and_in_a_path() -> None:
    pushed = pushed_id("urn:1")
    found = items.claims_of("urn:1", "wire", SETTINGS)
    assert found is not None
    assert found[0] == pushed
    assert items.claims_of(str(pushed), "wire", SETTINGS) is None, "an article id doesn't show its provider"


@pytest.mark.parametrize("guid", [*OWN_UUIDS, VERSION_5])
def test_an_own_id_that_is_a_uuid_names_a_story_before_it_comes(guid: str, received: dict[str, dict[str, Any]]) -> None:
    article_id, claims = items.named(guid, "wire", SETTINGS)
    assert (article_id, claims) == (pushed_id(guid), (Claim(scheme=ClaimScheme.GUID, value=guid),))
    assert items.withdrawal_of(guid, "wire", "wrong", SETTINGS).data.article_id == article_id
    received[str(article_id)] = {"steps": [{"topic": "articles.raw", "at": "2026-03-14T08:20:00Z"}]}
    assert [step["stage"] for step in items.status_of(guid, "wire", SETTINGS)["steps"]] == ["articles.raw"]


def test_an_article_id_whose_provider_is_not_known_yet_is_no_own_id(received: dict[str, dict[str, Any]]) -> None:
    """A kill of something else would be confirmed, and the story shown."""
    name = str(pushed_id("urn:1"))
    received[name] = {"steps": [{"topic": "articles.raw", "at": "2026-03-14T08:20:00Z"}]}
    for ask in (items.named, items.status_of):
        with pytest.raises(Problem) as refused:
            ask(name, "wire", SETTINGS)
        assert refused.value.status == 404


def test_anothers_article_id_reaches_nothing_of_his(received: dict[str, dict[str, Any]]) -> None:
    name = str(pushed_id("urn:1"))
    received[name] = {"documents": [{"publisher": "other", "claims": ["guid:urn:1"]}]}
    for ask in (items.named, items.status_of):
        with pytest.raises(Problem) as refused:
            ask(name, "wire", SETTINGS)
        assert refused.value.status == 404


def test_an_own_article_is_named_by_its_article_id(received: dict[str, dict[str, Any]]) -> None:
    name = str(pushed_id("urn:1"))
    received[name] = {"documents": [{"publisher": "wire", "claims": ["guid:urn:1"]}], "status": "public"}
    assert str(items.named(name.replace("-", ""), "wire", SETTINGS)[0]) == name
    assert items.status_of(name, "wire", SETTINGS)["searchable"]
