"""The local engines as a user meets them: up, found again, gone without a trace; and what is said when they can't."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import namedtuple
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from pipeline.errors import Fatal
from pipeline.local import downloads, java
from pipeline.local.downloads import Downloads, locked_artifacts
from pipeline.local.engines import LocalEngines
from pipeline.process.ports import require_free
from pipeline.settings import load_settings
from pipeline.streams.state_folder import open_state_folder
from tests.conftest import ROOT
from tests.support.waiting import PATIENCE, until

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="dateline-local-", dir="/var/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def dateline(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In an odd environment: a folder with a name of its own, another locale, no home, and a working folder that is gone."""
    environment = os.environ | {
        "DATELINE_LOCAL_DIR": str(folder / "lökal: #1 日"),
        "DATELINE_ELASTICSEARCH_HEAP": "512m",
        "PYTHONPATH": str(ROOT),
        "LC_ALL": "C",
        "LANG": "tr_TR.UTF-8",
        "HOME": "/nonexistent",
        "TMPDIR": "/nonexistent",
    }
    gone = folder / "gone"
    gone.mkdir()
    return subprocess.run(
        ["sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh", sys.executable, "-m", "pipeline.cli", "local", *arguments],
        env=environment,
        cwd=gone,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def test_up_is_found_again_and_a_crash_of_the_supervisor_leaves_no_orphans(folder: Path) -> None:
    up = dateline(folder, "up")
    assert up.returncode == 0, up.stderr
    first = json.loads(dateline(folder, "status", "--json").stdout)
    assert first["health"] == {"kafka": True, "elasticsearch": True}
    assert dateline(folder, "up").returncode == 0
    again = json.loads(dateline(folder, "status", "--json").stdout)
    assert again == first, "the second `up` found the first"
    family = psutil.Process(first["pid"]).children(recursive=True)
    assert len(family) >= 2
    supervisor = psutil.Process(first["pid"])
    supervisor.kill()
    until(lambda: not any(map(_lives, [supervisor, *family])))
    status = dateline(folder, "status")
    assert status.returncode == 4
    assert "No engines are up" in status.stdout

    assert dateline(folder, "up").returncode == 0, "the same data folder serves again"
    second = json.loads(dateline(folder, "status", "--json").stdout)
    assert second["kafka_servers"] == first["kafka_servers"], "ports are remembered"
    family = psutil.Process(second["pid"]).children(recursive=True)
    assert dateline(folder, "down").returncode == 0
    assert not any(map(_lives, family))


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def test_no_java_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import cjdk

    def unreachable(**_: Any) -> None:
        raise OSError("no network")

    monkeypatch.setattr(java, "_candidates", lambda _: iter(()))
    monkeypatch.setattr(cjdk, "java_home", unreachable)
    with pytest.raises(Fatal, match="(?s)needs Java 21 or later.*apt-get install openjdk-21"):
        java.find_java(tmp_path)


def test_an_old_java_is_passed_over_and_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for version in (17, 21):
        binary = tmp_path / str(version) / "bin" / "java"
        binary.parent.mkdir(parents=True)
        binary.touch(0o755)
        (tmp_path / str(version) / "release").write_text(
            f'JAVA_VERSION="{version}.0.1"\nMODULES="java.base jdk.incubator.vector"\n'
        )
    monkeypatch.setattr(java, "_candidates", lambda _: iter([tmp_path / "17", tmp_path / "21"]))
    assert java.find_java(tmp_path) == tmp_path / "21"
    (tmp_path / "21" / "release").write_text('JAVA_VERSION="21.0.1"\nMODULES="java.base"\n')
    assert not java._has_module(tmp_path / "21")


def test_no_disk_space_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 10**6))
    with pytest.raises(Fatal, match="only 1 MB are free.*DATELINE_DOWNLOAD_DIR"):
        Downloads(tmp_path).fetch(lambda *_: None)
    with pytest.raises(Fatal, match="only 1 MB are free.*DATELINE_LOCAL_DIR"):
        LocalEngines(load_settings(local_dir=tmp_path / "x")).up(lambda *_: None)


def test_a_folder_that_can_not_be_written_says_what_to_do(tmp_path: Path) -> None:
    place = tmp_path / "read-only"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        place.chmod(0o555)
    if os.access(place, os.W_OK):
        pytest.skip("root writes everywhere, and no file system can be mounted here")
    settings = load_settings(local_dir=place)
    try:
        with pytest.raises(Fatal, match="can't use the folder .*; set DATELINE_LOCAL_DIR to another"):
            LocalEngines(settings).up(lambda *_: None)
        with pytest.raises(Fatal, match="can't be written .*DATELINE_LOCAL_DIR"):
            open_state_folder(settings)
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", str(place)], check=True)


def test_a_download_that_is_cut_off_is_cleaned_up_and_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from jgo.maven import PythonResolver

    target = Downloads(tmp_path)
    artifact = min(locked_artifacts(), key=lambda a: a.size)
    path = target._path(artifact)

    def cut_off(_self: Any, _artifact: Any) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half of")
        raise requests.ConnectionError("connection broken")

    monkeypatch.setattr(PythonResolver, "download", cut_off)
    monkeypatch.setattr(downloads, "locked_artifacts", lambda: [artifact])
    with pytest.raises(Fatal, match="run the command again: files already downloaded stay in"):
        target.fetch(lambda *_: None)
    assert not path.exists()

    def damaged(_self: Any, _artifact: Any) -> Path:
        path.write_bytes(b"x" * artifact.size)
        return path

    monkeypatch.setattr(PythonResolver, "download", damaged)
    with pytest.raises(Fatal, match="arrived damaged"):
        target.fetch(lambda *_: None)
    assert not path.exists()


def test_a_port_that_is_taken_is_said() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Fatal, match="is taken by another program; set DATELINE_SEARCH_PORT"):
            require_free(taken.getsockname()[1], "DATELINE_SEARCH_PORT")


def test_run_starts_again_what_died_and_stops_everything(make_pipeline: Any) -> None:
    pipeline = make_pipeline()
    environment = pipeline.environment | {f"DATELINE_{name}_PORT": "0" for name in ("SEARCH", "INGEST", "STATUS")}
    with (pipeline.folder / "run.log").open("wb") as log:
        run = subprocess.Popen(
            [sys.executable, "-m", "pipeline.cli", "run"], env=environment, cwd=ROOT, stdout=log, stderr=log
        )
    try:
        pipeline.until(lambda: len(psutil.Process(run.pid).children()) == 5)
        assert pipeline.command("publish", "samples/pages/northern-post.txt").returncode == 0
        pipeline.until(lambda: pipeline.count("articles") == 1)
        before = {child.pid for child in psutil.Process(run.pid).children()}
        worker = next(c for c in psutil.Process(run.pid).children() if "worker" in c.cmdline())
        worker.kill()
        pipeline.until(lambda: len({c.pid for c in psutil.Process(run.pid).children()} - before) >= 1)
        assert pipeline.command("publish", "samples/pages/coast-courier.txt").returncode == 0
        pipeline.until(lambda: pipeline.count("articles") == 2)
        family = psutil.Process(run.pid).children(recursive=True)
        run.send_signal(signal.SIGINT)
        assert run.wait(PATIENCE) == 0
        until(lambda: not any(map(_lives, family)))
        shown = (pipeline.folder / "run.log").read_text()
        assert "worker" in shown
        assert "ended with code -9; starting it again" in shown
    finally:
        if run.poll() is None:
            run.kill()
            run.wait()
