"""What `dateline status` shows in red: what somebody has to look at."""

from __future__ import annotations

import io
from typing import Any

import pytest
import typer

from pipeline.commands.shared import Exit, PlainConsole
from pipeline.commands.status import status

FOUND: dict[str, Any] = {
    "kafka": {"up": True},
    "elasticsearch": {"up": False, "error": "does not answer"},
    "stages": {
        "revise": {"group": "worker", "lag": 7, "started": True, "members": 0},
        "match": {"group": "worker", "lag": 0, "started": True, "members": 0},
        "index": {"group": "index", "lag": 9, "started": True, "members": 2},
    },
    "topics": {},
    "documents": {},
    "refusals": {
        "normalize": {"refused": 3, "failed_last_hour": 0},
        "enrich": {"refused": 5, "failed_last_hour": 4},
    },
    "ok": True,
}


def test_red_is_what_somebody_has_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    console = PlainConsole()
    console.file = io.StringIO()
    monkeypatch.setattr("pipeline.commands.status.out", console)
    monkeypatch.setattr("pipeline.commands.status.settings", lambda: None)
    monkeypatch.setattr("pipeline.commands.status.read_status", lambda _: FOUND)
    with pytest.raises(typer.Exit):
        status()
    shown = console.file.getvalue()
    red = {line.split()[0] for line in shown.splitlines() if "\x1b[31m" in line}
    assert red == {"elasticsearch", "revise", "enrich"}


@pytest.mark.parametrize(
    ("engines", "members", "failed", "code"),
    [
        (True, 1, 0, 0),
        (True, 1, 4, Exit.REFUSED),
        (True, 0, 0, Exit.AWAY),
        (True, 0, 4, Exit.AWAY),
        (False, 1, 0, Exit.AWAY),
    ],
)
def test_the_exit_code_says_it_too(
    monkeypatch: pytest.MonkeyPatch, engines: bool, members: int, failed: int, code: int
) -> None:
    found = FOUND | {
        "ok": engines,
        "stages": {"revise": FOUND["stages"]["revise"] | {"members": members}, "match": FOUND["stages"]["match"]},
        "refusals": {"revise": {"refused": 9, "failed_last_hour": failed}},
    }
    monkeypatch.setattr("pipeline.commands.status.settings", lambda: None)
    monkeypatch.setattr("pipeline.commands.status.read_status", lambda _: found)
    exits = []
    for json in (False, True):
        try:
            status(json)
            exits.append(0)
        except typer.Exit as e:
            exits.append(e.exit_code)
    assert exits == [code, code]
