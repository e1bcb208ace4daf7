"""The operator's view of saved searches."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from pipeline.cli import build
from pipeline.commands import searches
from pipeline.saved.tables import SavedSearches
from tests.support.answers import hold
from tests.unit.alerts.memory import Topics, hook, save, search


@pytest.fixture
def topics(monkeypatch: pytest.MonkeyPatch) -> Topics:
    made = Topics()
    save(made, search(1, "ferry", owner="desk", webhook=hook()), search(2, "oslo"), search(3, "port", owner="desk"))
    monkeypatch.setattr(searches, "_searches", lambda: made.table(SavedSearches))
    return made


def run(*arguments: str) -> Result:
    ran = CliRunner().invoke(build("searches"), ["searches", *arguments])
    hold(("searches", *arguments), ran.stdout)
    return ran


def left(topics: Topics) -> set[int]:
    table = topics.table(SavedSearches)
    table.load()
    return {one.search_id.int for one in table.all()}


def test_all_are_listed_without_their_secrets(topics: Topics) -> None:
    rows = json.loads(run("list", "--json").stdout)
    assert [(one["name"], one["owner"], one["webhook"]) for one in rows] == [
        ("ferry", "desk", True), ("oslo", None, False), ("port", "desk", False),
    ]  # fmt: skip
    shown = run("list").stdout
    assert "ferry" in shown
    for text in (shown, json.dumps(rows)):
        assert "whsec_" not in text
        assert "a" * 64 not in text


def test_some_are_deleted_by_their_ids_their_key_or_as_nobodys(topics: Topics) -> None:
    assert json.loads(run("delete", str(UUID(int=1)), "--json").stdout) == {"deleted": 1}
    assert left(topics) == {2, 3}
    assert run("delete", "--without-key").exit_code == 0
    assert left(topics) == {3}
    assert run("delete", "--owner", "desk").exit_code == 0
    assert left(topics) == set()


def test_nothing_is_deleted_by_mistake(topics: Topics) -> None:
    assert run("delete").exit_code != 0
    assert run("delete", str(UUID(int=1)), str(UUID(int=9))).exit_code != 0
    assert left(topics) == {1, 2, 3}
