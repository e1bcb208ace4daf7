"""What `dateline status` shows in red: what somebody has to look at."""

from __future__ import annotations

import io
from typing import Any

import pytest

from pipeline.commands.shared import PlainConsole
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
    status()
    shown = console.file.getvalue()
    red = {line.split()[0] for line in shown.splitlines() if "\x1b[31m" in line}
    assert red == {"elasticsearch", "revise", "enrich"}
