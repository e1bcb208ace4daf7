"""`dateline run`: how many workers, what each has of its own, and that all of them are started and stopped."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path

import pytest

from pipeline.commands.processes import Processes, json_line
from pipeline.commands.run import _status_port
from pipeline.commands.workers import worker_count, worker_variables
from pipeline.errors import Fatal
from pipeline.process import children
from pipeline.process.cores import usable_cores
from pipeline.settings import Settings, load_settings
from tests.support.waiting import PATIENCE, until


def settings(**more: object) -> Settings:
    return load_settings(_env_file=None, **more)


@pytest.mark.parametrize(("cores", "workers"), [(1, 1), (2, 1), (3, 2), (4, 3), (8, 5), (16, 11), (64, 12)])
def test_as_many_workers_as_cores_want(cores: int, workers: int) -> None:
    assert worker_count(settings(), cores) == workers


def test_the_setting_decides() -> None:
    assert worker_count(settings(workers=4), 1) == 4
    with pytest.raises(Fatal, match="12 partitions"):
        worker_count(settings(workers=13), 64)
    for wrong in ("0", "-1", "many"):
        with pytest.raises(Fatal, match="DATELINE_WORKERS"):
            settings(workers=wrong)


def test_the_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_WORKERS", "3")
    assert worker_count(settings(), 1) == 3


def test_each_worker_has_an_id_of_its_own_that_stays() -> None:
    def ids(count: int, **more: object) -> list[str]:
        return [one["DATELINE_WORKER_ID"] for one in worker_variables(settings(**more), count).values()]

    assert ids(3) == ["1", "2", "3"]
    assert ids(1) == ["1"]
    assert ids(2, worker_id="7") == ["7", "8"]
    assert ids(2, worker_id="news") == ["news", "news-2"]


def test_each_worker_has_a_port_of_its_own() -> None:
    made = worker_variables(settings(worker_port=8640, indexer_port=8641), 4)
    assert list(made) == ["worker", "worker-2", "worker-3", "worker-4"]
    ports = [one["DATELINE_WORKER_PORT"] for one in made.values()]
    assert ports == ["8640", "8644", "8645", "8646"], "8642 and 8643 are those of the APIs"
    assert all("DATELINE_WORKER_PORT" not in one for one in worker_variables(settings(), 2).values())
    with pytest.raises(Fatal, match="no port is left"):
        worker_variables(settings(worker_port=65535), 2)


def test_the_operators_page_takes_another_port_where_its_usual_one_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        usual = settings().model_copy(update={"status_port": port})
        usual.model_fields_set.discard("status_port")  # as a default is
        assert _status_port(usual, ()) not in (0, port)
        with pytest.raises(Fatal, match="set DATELINE_STATUS_PORT"):
            _status_port(settings(status_port=port), ())
    assert _status_port(settings(status_port=port), {port}) != port, "another process is set to it"
    assert _status_port(settings(status_port=0), ()) != 0


@pytest.mark.parametrize(("limit", "most"), [("100000 100000", 1), ("150000 100000", 2), ("1000 100000", 1)])
def test_a_container_s_limit_counts(tmp_path: Path, limit: str, most: int) -> None:
    file = tmp_path / "cpu.max"
    file.write_text(f"{limit}\n")
    assert usable_cores(file) == min(most, usable_cores(tmp_path / "none"))


@pytest.mark.parametrize("content", ["max 100000\n", "", "odd", "1 0"])
def test_without_a_limit_all_cores_count(tmp_path: Path, content: str) -> None:
    file = tmp_path / "cpu.max"
    file.write_text(content)
    assert usable_cores(file) == usable_cores(tmp_path / "none") >= 1


def test_workers_run_with_their_own_variables_and_all_are_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "worker.py"
    script.write_text(
        "import os, pathlib, signal\n"
        f"mine = pathlib.Path({str(tmp_path)!r}) / os.environ['DATELINE_WORKER_ID']\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})\n"  # until it is waited for: none is missed
        "mine.write_text('runs')\n"
        "signal.sigwait({signal.SIGTERM})\n"
        "mine.write_text('stopped')\n"
    )
    started: list[list[str]] = []

    def spawn(line: list[str], **options: object) -> object:
        started.append(line)
        return children.spawn([sys.executable, str(script)], **options)  # type: ignore[arg-type]

    monkeypatch.setattr("pipeline.commands.processes.spawn", spawn)
    monkeypatch.setattr(children, "STOP_TIMEOUT", PATIENCE)
    running = Processes({"PATH": os.environ["PATH"]})
    for name, variables in worker_variables(settings(), 3).items():
        running.add_command(name, "worker", variables)
    files = [tmp_path / number for number in "123"]
    until(lambda: all(one.exists() and one.read_text() for one in files))
    running.stop()
    assert [one.read_text() for one in files] == ["stopped"] * 3
    assert [line[-1] for line in started] == ["worker"] * 3


def test_json_logs_stay_json_whole_and_say_whose_they_are(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    long = json.dumps({"level": "INFO", "message": "x" * 300, "fields": {"provider": "münchen"}})
    running = Processes({}, as_json=True)
    for line in (long, "Traceback (most recent call last):", "[1]", "\x1b[31mred"):
        running._print("worker", line)
    rows = [json.loads(row) for row in capfd.readouterr().err.splitlines()]
    assert rows[0] == json.loads(long) | {"process": "worker"}
    assert [row["message"] for row in rows[1:]] == ["Traceback (most recent call last):", "[1]", "\x1b[31mred"]
    assert "\x1b" not in json_line("worker", "\x1b[31mred")


def test_a_line_of_text_is_not_wrapped(capfd: pytest.CaptureFixture[str]) -> None:
    Processes({})._print("worker", "word " * 60)
    assert capfd.readouterr().err.count("\n") == 1
