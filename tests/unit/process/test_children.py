"""The supervisor of child processes: restarts with growing delays, output passed on, a stop that leaves nobody."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import Fatal
from pipeline.process import children
from pipeline.process.children import Child, Supervisor, spawn, stop
from tests.support.waiting import PATIENCE, until


def python(code: str, **options: Any) -> Callable[[], subprocess.Popen[bytes]]:
    return lambda: spawn([sys.executable, "-c", code], env=os.environ, **options)


def test_a_child_is_restarted_with_growing_delays_and_its_output_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_FIRST_DELAY", 0.05)
    monkeypatch.setattr(children, "_STABLE_AFTER", math.inf)
    reported: list[tuple[str, str]] = []
    supervisor = Supervisor(lambda name, text: reported.append((name, text)))
    supervisor.add("short", python("import sys; print('hello'); sys.exit(3)"))

    def ended() -> list[str]:
        supervisor.restart_ended()
        return [text for name, text in reported if name == "short" and text.startswith("ended with code 3")]

    until(lambda: len(ended()) >= 3)
    supervisor.stop()
    assert [text.partition("again in ")[2] for text in ended()[:3]] == ["0.1 s", "0.1 s", "0.2 s"]
    until(lambda: ("short", "hello") in reported)


def test_delays_start_again_after_a_child_was_stable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_STABLE_AFTER", 0.0)
    reported: list[str] = []
    child = Child("short", python("pass"), lambda _, text: reported.append(text))

    def two() -> bool:
        child.restart_if_ended()
        return len(reported) == 2

    until(two)
    assert all("again in 0.5 s" in text for text in reported)
    child.wait_or_kill(PATIENCE)


def test_a_child_that_can_not_be_started_again_is_tried_again_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(children, "_FIRST_DELAY", 0.01)
    reported: list[str] = []
    starts = [Fatal("the disk is full"), FileNotFoundError("gone"), subprocess.TimeoutExpired("format", 1)]

    def start() -> subprocess.Popen[bytes]:
        if supervisor.children and starts:
            raise starts.pop()
        return python("pass")()

    supervisor = Supervisor(lambda name, text: reported.append(text))
    supervisor.add("short", start)

    def ended() -> int:
        supervisor.restart_ended()
        return sum("ended with code 0" in text for text in reported)

    until(lambda: ended() == 2)
    supervisor.stop()
    failed = [text for text in reported if "could not be started" in text]
    assert len(failed) == 3
    assert "could not be started (the disk is full); trying again in" in failed[-1]


def test_what_an_ended_child_has_started_is_gone_before_it_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the node that Elasticsearch's launcher started, where the launcher is killed."""
    monkeypatch.setattr(children, "_FIRST_DELAY", 60)
    log = tmp_path / "log"
    code = (
        "import subprocess, sys; "
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600)']).pid, flush=True)"
    )
    child = Child("launcher", python(code, log=log), lambda *_: None)

    def ended() -> bool:
        child.restart_if_ended()
        return child.process.returncode is not None

    until(ended)
    until(lambda: _gone(int(log.read_text())))


def test_stop_kills_what_does_not_end_and_its_own_children(tmp_path: Path) -> None:
    code = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600)']); "
        "print(child.pid, flush=True); time.sleep(3600)"
    )
    log = tmp_path / "log"
    process = python(code, log=log)()
    until(lambda: log.read_text().strip())
    grandchild = int(log.read_text())
    assert not stop(process, 0.2)
    assert process.returncode == -9
    until(lambda: _gone(grandchild))


def test_stop_of_a_child_that_ends_by_itself_says_so() -> None:
    process = python("import time; time.sleep(3600)")()
    assert process.stdout
    assert stop(process, PATIENCE)
    process.stdout.close()
    assert process.returncode == -15
    assert stop(process, PATIENCE), "once more changes nothing"


def _gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except OSError:
        return True
