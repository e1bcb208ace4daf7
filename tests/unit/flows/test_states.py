"""A run's state alone tells whether something was refused; text from outside is plain in it, and in artifacts."""

from __future__ import annotations

import importlib
import logging
from typing import Any
from uuid import UUID

import pytest
from prefect.client.schemas.objects import State

from flows.support import artifacts, operation
from flows.support.states import REFUSALS, finished


def state(done: int, refused: int, message: str = "m") -> State[Any]:
    found: Any = finished({"a": 1}, message, done=done, refused=refused)
    assert isinstance(found, State)
    return found


@pytest.mark.parametrize(
    ("done", "refused", "name", "type_"),
    [(3, 0, "Completed", "COMPLETED"), (0, 0, "Completed", "COMPLETED"), (3, 1, REFUSALS, "COMPLETED"), (0, 4, "Failed", "FAILED")],
)  # fmt: skip
def test_a_run_with_refusals_is_not_plainly_green(done: int, refused: int, name: str, type_: str) -> None:
    found = state(done, refused)
    assert (found.name, found.type.value) == (name, type_)


def test_a_message_is_one_line_without_what_controls_a_terminal_or_is_secret() -> None:
    message = state(1, 0, "feed https://ann:secret@feeds.example/ \x1b[31mfailed\n\n# twice " + "x" * 900).message or ""
    assert "secret" not in message
    assert not {"\x1b", "\n"} & set(message)
    assert len(message) <= 400


def test_what_comes_from_outside_is_no_markup_in_a_report() -> None:
    evil = "[x](http://evil.example) <img src=x> | `` \x1b[2J"
    text = artifacts.report("T", {evil[:1]: 1, "name": evil}, {"Refused": [[evil, "https://a:b@c.example/"]]})
    for line in text.splitlines():
        if "evil" in line:
            assert "| |" not in line
            assert "``` [x]" in line, "it is in a code span with a fence of its own"
    assert "a:b@" not in text
    assert "\x1b" not in text


def test_a_long_list_ends_with_how_many_more_there_are() -> None:
    text = artifacts.report("T", {}, {"Refused": [["a", "b"]] * (artifacts.MOST_ROWS + 5)})
    assert text.endswith("- and 5 more: `dateline dead-letters list`")


def test_a_table_shows_plain_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(artifacts, "create_table_artifact", lambda **fields: shown.append(fields))
    artifacts.show_table("k", [{"feed": "https://u:p@f.example/\x1b[1m", "events": 3, "next": None}], "D")
    artifacts.show_table("k", [], "nothing")
    assert [one["table"] for one in shown] == [[{"feed": "https://***@f.example/[1m", "events": 3, "next": None}]]


def test_progress_costs_a_request_for_each_percent_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[float] = []

    def send(*arguments: Any, **_: Any) -> UUID:
        sent.append(arguments[-1])
        return UUID(int=1)

    monkeypatch.setattr(artifacts, "create_progress_artifact", send)
    monkeypatch.setattr(artifacts, "update_progress_artifact", send)
    progress = artifacts.Progress("k", "d")
    for number in range(10_000):
        progress(number, 10_000)
    progress.finish()
    assert sent == [float(percent) for percent in range(101)]


def test_libraries_do_not_fill_the_logs_of_a_run() -> None:
    # a process that runs a flow has imported it
    importlib.reload(operation)
    for name in ("kafka.net.manager", "elastic_transport.transport", "aiokafka"):
        assert not logging.getLogger(name).isEnabledFor(logging.ERROR)
    assert logging.getLogger("dateline").isEnabledFor(logging.WARNING)
