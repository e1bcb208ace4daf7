"""Which processes run on this machine, and why one ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import indent
from typing import IO

import pytest
from fastapi import FastAPI

from pipeline.errors import Fatal
from pipeline.operations.watch.processes import ask
from pipeline.process import registry, web
from pipeline.process.health import serve_health
from pipeline.process.registry import KILLED, entries, registered
from pipeline.settings import Settings, load_settings
from schemas.report import ProcessCondition
from tests.support.waiting import PATIENCE


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(local_dir=tmp_path, namespace="n")


def test_a_process_is_listed_while_it_lives_and_gone_when_it_ended_as_asked(settings: Settings) -> None:
    with registered(settings, "indexer"):
        registry.serving("0.0.0.0", 4711)
        (one,) = entries(settings)
        assert one.alive
        assert one.entry.pid == os.getpid()
        assert one.entry.address == "http://127.0.0.1:4711"
        assert entries(settings.model_copy(update={"namespace": "other"})) == [], "each namespace has its own"
    assert entries(settings) == []


def test_why_it_ended_is_told_while_it_is_gone_and_by_the_next_one(settings: Settings) -> None:
    for _ in range(3):
        with pytest.raises(Fatal), registered(settings, "worker"):
            raise Fatal("topic x has 3 partitions\nand more")
    (gone,) = entries(settings)
    assert not gone.alive
    assert gone.entry.reason == "topic x has 3 partitions"
    with registered(settings, "worker"):
        (one,) = entries(settings)
        assert one.entry.last_exit == "topic x has 3 partitions"
        assert len(one.entry.starts) == 4
        registry.leaving("short\u2009words")  # the next text is shorter in characters than the one before
        assert entries(settings)[0].entry.leaving == "short\u2009words"


@pytest.mark.parametrize("reason", ["nicht möglich: " + "ü" * 40, "不能连接" * 20, "no file \udce9.xml", "🗞" * 30])
def test_a_shorter_entry_leaves_nothing_of_one_with_letters_of_several_bytes(settings: Settings, reason: str) -> None:
    with pytest.raises(Fatal), registered(settings, "worker"):
        raise Fatal(reason)
    (gone,) = entries(settings)
    assert gone.entry.reason == reason.encode(errors="backslashreplace").decode()
    for _ in range(3):
        with registered(settings, "worker"):
            registry.leaving(reason)
            registry.leaving("short")
            assert [one.entry.leaving for one in entries(settings)] == ["short"]
        with pytest.raises(Fatal), registered(settings, "worker"):
            raise Fatal(reason)


@pytest.mark.parametrize("data", [b'{"name": "\xe4\xb8', b"{", b"\xff" * 900, b"[]", b"null"])
def test_a_file_that_is_no_entry_keeps_no_process_from_starting(settings: Settings, data: bytes) -> None:
    with registered(settings, "worker"):
        assert settings.local_dir is not None
        (folder,) = settings.local_dir.rglob("processes")
    (folder / "n" / "worker.json").write_bytes(data)
    assert entries(settings) == []
    with registered(settings, "worker"):
        assert [one.entry.name for one in entries(settings)] == ["worker"]


def test_an_exit_code_and_a_clean_exit(settings: Settings) -> None:
    with pytest.raises(SystemExit), registered(settings, "worker"):
        sys.exit(70)
    assert entries(settings)[0].entry.reason == "exit code 70"
    with pytest.raises(SystemExit), registered(settings, "worker"):
        sys.exit(0)
    assert entries(settings) == []


def child(settings: Settings, then: str) -> subprocess.Popen[bytes]:
    """A process that registers as a worker, says so, and does this."""
    code = (
        "import threading, time, uvicorn; from pipeline.settings import load_settings\n"
        "from pipeline.process.registry import registered\n"
        "def up():\n"
        "    print('up', flush=True)\n"
        f"with registered(load_settings(local_dir={str(settings.local_dir)!r}, namespace='n'), 'worker'):\n"
        + indent(then, "    ")
    )
    started = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert started.stdout is not None
    assert started.stdout.readline() == b"up\n"
    return started


# in short sleeps: a signal that comes just before one is only heard of behind it
SLEEPS = """
up()
while True:
    time.sleep(0.05)
"""
# up once the server has a handler of its own
SERVES = """
server = uvicorn.Server(uvicorn.Config(lambda *_: None, port=0, lifespan='off', log_level='error'))
def look():
    while not server.started:
        time.sleep(0.01)
    up()
threading.Thread(target=look, daemon=True).start()
server.run()
"""


def test_one_that_was_killed_is_found(settings: Settings) -> None:
    with child(settings, SLEEPS) as running:
        assert entries(settings)[0].alive
        with registered(settings, "worker"):
            assert [one.entry.name for one in entries(settings)] == ["worker", "worker-2"], "a second has its own file"
        running.send_signal(signal.SIGKILL)
        running.wait()
    (one,) = entries(settings)
    assert not one.alive
    assert one.entry.reason == KILLED


@pytest.mark.parametrize("then", [SLEEPS, SERVES], ids=["starting", "serving"])
def test_one_that_was_asked_to_stop_is_not_missed(settings: Settings, then: str) -> None:
    with child(settings, then) as running:
        running.send_signal(signal.SIGTERM)
        assert running.wait(PATIENCE) == 0
    assert entries(settings) == []


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with registered(load_settings(local_dir=tmp_path / "file"), "worker"):
        registry.serving("127.0.0.1", 1)


def test_a_process_is_asked_how_it_is_on_its_health_port(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped:
        def run(self) -> None:
            """Ends at once."""

    monkeypatch.setattr(web, "server", lambda *_: Stopped())
    with registry.registered(settings, "search-api"):
        health = serve_health("127.0.0.1", 0, lambda: True, "DATELINE_SEARCH_HEALTH_PORT")
        try:
            web.serve(FastAPI(), settings, 0)  # its own port has no /readyz
            (one,) = registry.entries(settings)
            assert one.entry.address == f"http://127.0.0.1:{health.server_port}"
            assert ask(one.entry.address) == (ProcessCondition.READY, None)
        finally:
            health.shutdown()
            health.server_close()


def test_the_end_of_one_process_does_not_remove_the_file_of_another(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "processes" / "n" / "worker.json"
    with registered(settings, "worker"):
        path.unlink()  # somebody cleared the folder, and another process began
        path.write_text(path.name)
    assert path.read_text() == path.name


def test_a_process_that_begins_while_the_one_before_ends_is_listed(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "processes" / "n" / "worker.json"
    patiently, ends = registry._lock_patiently, [1, 2]

    def ended_meanwhile(file: IO[bytes]) -> bool:
        if ends.pop(0) == 1:
            path.unlink()  # as the one before does, which then gives its lock back
        return patiently(file)

    monkeypatch.setattr(registry, "_lock_patiently", ended_meanwhile)
    with registered(settings, "worker"):
        assert [one.entry.name for one in entries(settings) if one.alive] == ["worker"]
    assert entries(settings) == []
