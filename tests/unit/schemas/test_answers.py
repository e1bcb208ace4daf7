"""What commands print with --json is what their schemas say: here those that need no engine, and the others with their
operation replaced. Commands that tests run against engines are held to them too (tests/conftest.py)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from pipeline.cli import build
from pipeline.operations import doctor
from pipeline.operations.kill import Kill
from pipeline.operations.receipts import Line
from pipeline.operations.reconcile import Differences
from pipeline.topology import INDEX
from schemas.answers import ANSWERS
from tests.conftest import ROOT
from tests.support.answers import hold, words_of

ID = "00000000-0000-0000-0000-000000000001"
AT = "2026-03-16T12:00:00+00:00"
LINES = [
    Line("index articles", "removed", count=1),
    Line("articles.raw", "still there", by=datetime(2026, 3, 20, tzinfo=UTC)),
]
LETTER = {"id": "0-1", "at": AT, "stage": "normalize", "reason": "invalid", "detail": "no headline", "partition": 0}
DONE = {"replayed": 1, "events": 2, "refused": [{"id": "0-2", "reason": "invalid", "detail": "again"}]}
DIFFERENCES = Differences(3, missing=[("articles", ID)])


def walk(command: Any, words: tuple[str, ...] = ()) -> Iterator[str]:
    for name, one in getattr(command, "commands", {}).items():
        yield from walk(one, (*words, name))
    if any("--json" in parameter.opts for parameter in command.params):
        yield " ".join(words)


def test_every_command_with_json_has_a_schema() -> None:
    assert set(walk(get_command(build()))) == set(ANSWERS)


@pytest.mark.parametrize(
    ("arguments", "operation", "answer"),
    [
        (["kill", ID, "--reason", "x"], "kill.kill_article", Kill(UUID(ID), INDEX, True, LINES)),
        (["kill", ID, "--reason", "x"], "kill.kill_article", Kill(UUID(ID), None, False, [])),
        (["erase", "comment-author", "Ann", "--yes"], "erase.erase_author", {"comments": 2, "done": False, "receipt": [one.as_json() for one in LINES]}),
        (["dead-letters", "list"], "dead_letters.find", {"total": 1, "reasons": {"invalid": 1}, "letters": [LETTER, LETTER | {"handled": "replayed by ann"}]}),
        (["dead-letters", "replay", "0-1"], "dead_letters.replay", DONE),
        (["dead-letters", "edit", "0-1", "--file", __file__], "dead_letters.edit", DONE),
        (["dead-letters", "discard", "0-1", "--why", "x"], "dead_letters.discard", 1),
        (["audit"], "audit.find_entries", {"total": 1, "entries": [{"id": ID, "at": AT, "by": "ann", "action": "kill", "subject": ID, "reason": "x", "detail": {}}]}),
        (["embargoes"], "embargoes.withheld_articles", {"total": 1, "articles": [{"article_id": ID, "status": "withheld", "standing": "withheld"}]}),
        (["history", ID], "history.revisions", [{"number": 1, "status": "public", "headline": "A"}]),
        (["history", ID, "--diff", "1", "1"], "history.revisions", [{"number": 1, "status": "public", "headline": "A"}]),
        (["reconcile"], "reconcile.reconcile_indices", DIFFERENCES),
        (["reindex"], "reindex.build_next", {"from": 1, "to": 2, "compared": 9}),
        (["reindex", "--finish"], "reindex.delete_previous", ["articles-1"]),
        (["snapshot", "create"], "snapshots.create_snapshot", {"name": "s", "indices": ["articles-1"], "seconds": 1.5}),
        (["snapshot", "list"], "snapshots.list_snapshots", [{"name": "s", "at": AT, "state": "SUCCESS", "indices": [], "aliases": {}}]),
        (["grant", "search", "page"], "grants.create_search_key", {"name": "page", "id": "i", "encoded": "e", "expires": 1}),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) and value and isinstance(value[0], str) else "",
)  # fmt: skip
def test_an_answer_is_what_its_schema_says(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], operation: str, answer: Any
) -> None:
    monkeypatch.setattr(f"pipeline.operations.{operation}", lambda *_, **__: answer)
    monkeypatch.setattr("pipeline.operations.dead_letters.choose", lambda _, ids, *__, **___: (ids, len(ids)))
    ran = CliRunner().invoke(build(arguments[0]), [*arguments, "--json"])
    assert ran.stdout.strip(), ran.output
    hold([*arguments, "--json"], ran.stdout)


def test_a_restored_snapshot_and_an_original(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.operations.snapshots.prepare_restore", lambda *_: ({}, {}))
    monkeypatch.setattr("pipeline.operations.snapshots.open_restored", lambda *_: None)
    monkeypatch.setattr("pipeline.operations.reconcile.reconcile_indices", lambda *_, **__: DIFFERENCES)
    header = SimpleNamespace(model_dump=lambda **_: {name: LETTER[name] for name in ("stage", "reason", "detail")})
    letter = SimpleNamespace(id="0-1", value=b"\xff{", header=header)
    monkeypatch.setattr("pipeline.operations.dead_letters.read", lambda *_: letter)
    for arguments in (["snapshot", "restore", "s", "--json"], ["dead-letters", "show", "0-1", "--json"]):
        ran = CliRunner().invoke(build(arguments[0]), arguments)
        assert ran.stdout.strip(), ran.output
        hold(arguments, ran.stdout)


@pytest.mark.parametrize(
    "arguments", [["topology"], ["preview", str(ROOT / "samples/pages/harbour-times.txt")], ["grant", "rights"]]
)
def test_what_needs_no_engine(arguments: list[str]) -> None:
    ran = CliRunner().invoke(build(arguments[0]), [*arguments, "--json"])
    assert ran.exit_code == 0, ran.output
    hold([*arguments, "--json"], ran.stdout)


def test_a_preview_of_what_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    ran = CliRunner().invoke(build("preview"), ["preview", str(tmp_path / "a.json"), "--json"])
    assert "rejected" in ran.stdout
    hold(["preview", "--json"], ran.stdout)


def test_a_checkup() -> None:
    found = doctor.checkup([doctor.ok("a", "x"), doctor.unknown("a", "y")])
    hold(["doctor", "--json"], found.model_dump_json())


def test_what_is_not_in_the_schema_is_seen() -> None:
    with pytest.raises(jsonschema.ValidationError):
        hold(["dead-letters", "discard", "0-1", "--json"], json.dumps({"discarded": "one"}))
    assert words_of(["dead-letters", "list"]) == "dead-letters list"
    assert words_of(["status", "--json"]) == "status"
    assert words_of(["run"]) is None
