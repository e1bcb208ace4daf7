"""What the receipt of a kill says, with an index in memory; and what the command makes of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from pipeline.cli import build
from pipeline.operations.kill import Kill, index_lines, is_known
from pipeline.operations.receipts import Line
from pipeline.settings import Settings
from pipeline.topology import INDEX
from tests.support.index import Client

SETTINGS = Settings(_env_file=None, kafka_servers="broker:9092", elasticsearch_url="http://index:9200")
ID = "00000000-0000-4000-8000-000000000001"
STUB = {"article_id": ID, "standing": "killed"}


def states(client: Any, *, through: bool) -> dict[str, str]:
    lines = index_lines(client, SETTINGS, [ID], through=through)
    return {line.place.removeprefix("index "): line.state for line in lines}


def test_only_what_every_stage_has_passed_is_removed() -> None:
    empty: Any = Client({})
    assert set(states(empty, through=True).values()) == {"removed"}
    assert set(states(empty, through=False).values()) == {"not yet"}, "the indexer may still write what it has to read"
    shown: Any = Client({"articles": {ID: {"article_id": ID, "standing": "public"}}, "articles-hidden": {ID: STUB}})
    assert states(shown, through=False)["articles"] == "still there"
    assert states(shown, through=True) == {
        "articles": "still there", "articles-hidden": "removed", "history": "removed", "comments": "removed",
        "its story": "removed",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("documents", "ids", "known"),
    [
        ({}, [ID], False),
        ({"articles-hidden": {ID: STUB}}, [ID], False),  # the stub of the kill itself
        ({"history": {f"{ID}:1": STUB}}, [ID], True),
        ({"comments-hidden": {"c": {"article_id": ID}}}, [ID], True),
        ({}, [ID, "another"], True),  # it was merged
    ],
)
def test_an_article_is_known_by_what_a_kill_leaves_of_it(documents: Any, ids: list[str], known: bool) -> None:
    client: Any = Client(documents)
    assert is_known(client, SETTINGS, ids) is known


DONE = Kill(UUID(ID), None, True, [Line("index articles", "removed")])
BEHIND = Kill(UUID(ID), INDEX, False, [Line("index articles", "not yet")])
THERE = Kill(UUID(ID), None, True, [Line("index comments", "still there", count=3)])
UNKNOWN = Kill(UUID(ID), None, False, [])


@pytest.mark.parametrize(
    ("made", "code", "text"),
    [
        (DONE, 0, "Kill of"),
        (BEHIND, 4, "index has not processed it"),
        (THERE, 4, "the indices still have the article"),
        (UNKNOWN, 1, f"no article has the id {ID}"),
    ],
)
def test_the_exit_code_means_it(monkeypatch: pytest.MonkeyPatch, made: Kill, code: int, text: str) -> None:
    monkeypatch.setattr("pipeline.operations.kill.kill_article", lambda *_, **__: made)
    for arguments in ([], ["--json"]):
        ended = CliRunner().invoke(build("kill"), ["kill", ID, "--reason", "libel", *arguments])
        assert ended.exit_code == code
    assert made.as_json()["done"] is (code == 0)
    shown = CliRunner().invoke(build("kill"), ["kill", ID, "--reason", "libel"])
    assert text in " ".join(shown.output.split())
