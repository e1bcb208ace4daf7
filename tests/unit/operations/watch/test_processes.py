"""Each process is asked where it says that it answers; one that doesn't is told apart from one that isn't ready."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.operations.watch import processes
from pipeline.operations.watch.processes import read_processes
from pipeline.process import registry
from pipeline.process.health import NotReady, serve_health
from pipeline.process.registry import registered
from pipeline.settings import load_settings


@contextmanager
def health(ready: Callable[[], bool]) -> Iterator[str]:
    server = serve_health("127.0.0.1", 0, ready, "X")
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def not_ready() -> bool:
    raise NotReady("waits for Elasticsearch")


def test_processes_of_this_machine_and_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "TIMEOUT", 0.5)
    with socket.socket() as hangs, health(lambda: True) as well, health(not_ready) as ill, socket.socket() as closed:
        hangs.bind(("127.0.0.1", 0))
        hangs.listen()
        closed.bind(("127.0.0.1", 0))
        silent, away = (f"http://127.0.0.1:{one.getsockname()[1]}" for one in (hangs, closed))
        settings = load_settings(
            local_dir=tmp_path, health_addresses=frozenset({well, silent, away, ill, "http://nobody.invalid:80"})
        )
        with registered(settings, "worker"):
            starting = {one.name: one for one in read_processes(settings)}["worker"]
            assert (starting.condition.value, starting.problem) == ("not-ready", "it is starting")
            registry.serving("127.0.0.1", int(ill.rpartition(":")[2]))
            found = {one.address: one for one in read_processes(settings)}
    assert {address: one.condition.value for address, one in found.items()} == {
        well: "ready",
        ill: "not-ready",
        silent: "silent",
        away: "silent",
        "http://nobody.invalid:80": "silent",
    }
    assert (found[ill].name, found[ill].problem) == ("worker", "waits for Elasticsearch"), "asked once, by its name"
    assert "doesn't answer" in (found[silent].problem or "")


@pytest.mark.parametrize(
    ("date", "ahead"),
    [
        ("Mon, 16 Mar 2026 12:00:00 GMT", 0.0),  # the second in which it was asked
        ("Mon, 16 Mar 2026 13:00:01 GMT", 3600.0),
        ("Mon, 16 Mar 2026 11:00:00 GMT", -3599.5),
        ("yesterday", None),
        ("Mon, 16 Mar 99999 11:00:00 GMT", None),
        (None, None),
    ],
)
def test_how_far_its_clock_is_ahead_is_told_by_its_answer(date: str | None, ahead: float | None) -> None:
    noon = datetime(2026, 3, 16, 12, tzinfo=UTC).timestamp()
    assert processes._clock(date, noon + 0.5, noon + 1) == ahead


def test_one_that_is_gone_says_why(tmp_path: Path) -> None:
    settings = load_settings(local_dir=tmp_path)
    with pytest.raises(ValueError, match="odd"), registered(settings, "indexer"):
        raise ValueError("odd")
    (gone,) = read_processes(settings)
    assert (gone.name, gone.condition.value, gone.problem, gone.address) == ("indexer", "gone", "ValueError: odd", None)
    assert gone.starts_last_hour == 1
