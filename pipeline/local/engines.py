"""The local engines from outside: start them, find them, stop them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from pipeline.errors import Fatal
from pipeline.local import elasticsearch, kafka, prefect
from pipeline.local.downloads import Downloads
from pipeline.local.java import find_java
from pipeline.local.secrets import Secrets
from pipeline.local.secrets import find as find_secrets
from pipeline.local.secrets import prepare as prepare_secrets
from pipeline.process.children import die_with_parent
from pipeline.process.folders import data_folder, download_folder
from pipeline.process.ports import free_port
from pipeline.settings import Settings

MIN_FREE_BYTES = 1_000_000_000
STARTED_TIMEOUT = 180.0
"""Seconds until the supervisor has started both, on a machine that does other things too."""
READY_TIMEOUT = 300.0
"""Seconds until both answer, likewise."""

Report = Callable[[str, str], None]
"""Receives progress: engine or step, and what it does now."""


@dataclass(frozen=True)
class Ports:
    """Remembered between runs, so that addresses stay the same where they can."""

    kafka: int
    kafka_controller: int
    elasticsearch: int
    elasticsearch_transport: int
    prefect: int = 0
    """0: none was asked for."""


@dataclass(frozen=True)
class Running:
    """The engines that are up in one folder."""

    folder: Path
    pid: int
    ports: Ports
    secrets: Secrets | None = None
    """Of engines that accept only TLS with passwords."""
    prefect: bool = False
    """A Prefect server with the flows is beside them."""

    @property
    def kafka_servers(self) -> str:
        return f"127.0.0.1:{self.ports.kafka}"

    @property
    def prefect_page(self) -> str | None:
        return prefect.page(self.ports.prefect) if self.prefect else None

    @property
    def elasticsearch_url(self) -> str:
        return f"{'https' if self.secrets else 'http'}://127.0.0.1:{self.ports.elasticsearch}"


class LocalEngines:
    """Kafka and Elasticsearch below one folder, run by one supervisor process (see supervisor.py)."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = data_folder(settings)
        self.downloads = Downloads(download_folder(settings))
        self._state = self.folder / "running.json"
        self._started: subprocess.Popen[bytes] | None = None

    def running(self) -> Running | None:
        """The engines that are up, or None. Never starts anything."""
        try:
            state = json.loads(self._state.read_text())
            process = psutil.Process(state["pid"])
            if abs(process.create_time() - state["started"]) > 2:
                return None  # the pid was reused by another process
            if process.status() == psutil.STATUS_ZOMBIE:
                return None  # it ended, and who started it hasn't asked how
            own = find_secrets(self.folder) if state.get("secure") else None
            return Running(self.folder, state["pid"], Ports(**state["ports"]), own, state.get("prefect", False))
        except (OSError, ValueError, KeyError, TypeError, psutil.Error):
            return None

    def health(self) -> dict[str, bool]:
        """Which engine answers right now."""
        running = self.running()
        if running is None:
            return {"kafka": False, "elasticsearch": False}
        return {
            "kafka": kafka.ready(running.ports.kafka, running.secrets),
            "elasticsearch": elasticsearch.ready(running.ports.elasticsearch, running.secrets),
        }

    def up(
        self,
        report: Report,
        *,
        fresh: bool = False,
        attached: bool = False,
        secure: bool = False,
        with_prefect: bool = False,
    ) -> Running:
        """Bring both engines up and wait until they answer; returns those that are up already. With Prefect its server and
        the flows are started beside them, which isn't waited for.

        `fresh` begins with empty engines. `secure` ones accept only TLS with passwords, and have data of their own.
        `attached` ties them to this process: they end when it does. The engines have to be downloaded already. Raises
        Fatal with what to do.
        """
        if fresh:
            self.down(report)
            for name in (*engine_folders(secure).values(), "worker"):
                shutil.rmtree(self.folder / name, ignore_errors=True)
        running = self.running()
        if running is not None and secure and running.secrets is None:
            raise Fatal("the engines are up, but not secured; stop them first (dateline local down)")
        if running is not None and with_prefect and not running.prefect:
            raise Fatal("the engines are up, but without Prefect; stop them first (dateline local down)")
        if running is None:
            running = self._start(
                report, attached, [*(["secure"] if secure else []), *(["prefect"] if with_prefect else [])]
            )
        self._await_ready(running, report)
        return running

    def down(self, report: Report) -> bool:
        """Stop both engines and wait until none of their processes runs. Returns whether they were up."""
        running = self.running()
        if running is None:
            if self._started is not None and self._started.poll() is not None:
                self._started = None  # it was killed, and is asked how it ended
            return False
        family = psutil.Process(running.pid).children(recursive=True)
        report("engines", "stopping")
        os.kill(running.pid, signal.SIGTERM)
        deadline = time.monotonic() + 45
        while self.running() is not None and time.monotonic() < deadline:
            time.sleep(0.1)
            if self._started is not None and self._started.poll() is not None:
                break
        if self._started is not None:
            self._started.wait(10)
            self._started = None
        for process in family:
            if process.is_running():
                process.kill()
        psutil.wait_procs(family, timeout=10)
        self._state.unlink(missing_ok=True)
        return True

    def _start(self, report: Report, attached: bool, options: list[str]) -> Running:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if os.geteuid() == 0:
                self.folder.chmod(0o755)
            (self.folder / "writable").touch()
            free = shutil.disk_usage(self.folder).free
        except OSError as e:
            raise Fatal(f"can't use the folder {self.folder}: {e}; set DATELINE_LOCAL_DIR to another") from e
        if free < MIN_FREE_BYTES:
            raise Fatal(
                f"only {free // 1_000_000} MB are free in {self.folder}, the engines need {MIN_FREE_BYTES // 1_000_000}; "
                "free some space, or set DATELINE_LOCAL_DIR to a folder on another disk"
            )
        elasticsearch.unprivileged_user(self.settings)
        if "secure" in options:
            prepare_secrets(self.folder)
        find_java(self.downloads.folder)
        ports = self._ports()
        report("engines", f"starting in {self.folder}")
        log = self.folder / "supervisor.log"
        self._state.unlink(missing_ok=True)
        with log.open("ab") as out:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "pipeline.local.supervisor",
                    str(self.folder),
                    json.dumps(asdict(ports)),
                    *options,
                ],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM) if attached else None,
                env=os.environ | self._environment(),
            )
        self._started = process
        deadline = time.monotonic() + STARTED_TIMEOUT
        while time.monotonic() < deadline:
            running = self.running()
            if running is not None:
                return running
            if process.poll() is not None:
                raise Fatal(f"the engines did not start:\n{_tail(log)}")
            time.sleep(0.05)
        raise Fatal(f"the engines did not start within {STARTED_TIMEOUT:.0f} s; see {log}")

    def _environment(self) -> dict[str, str]:
        values = {
            "DATELINE_LOCAL_DIR": str(self.folder),
            "DATELINE_DOWNLOAD_DIR": str(self.downloads.folder),
            "DATELINE_ELASTICSEARCH_HEAP": self.settings.elasticsearch_heap,
            "DATELINE_LOCAL_JAVA_OPTIONS": self.settings.local_java_options,
            "DATELINE_NAMESPACE": self.settings.namespace,
        }
        if self.settings.local_user:
            values["DATELINE_LOCAL_USER"] = self.settings.local_user
        return values

    def _ports(self) -> Ports:
        remembered: dict[str, int] = {}
        path = self.folder / "ports.json"
        with contextlib.suppress(OSError, ValueError):
            remembered = json.loads(path.read_text())
        used_ports: set[int] = set()
        chosen = {}
        for name in ("kafka", "kafka_controller", "elasticsearch", "elasticsearch_transport", "prefect"):
            port = free_port(remembered.get(name))
            while port in used_ports:
                port = free_port()
            used_ports.add(port)
            chosen[name] = port
        path.write_text(json.dumps(chosen))
        return Ports(**chosen)

    def _await_ready(self, running: Running, report: Report) -> None:
        waiting: dict[str, Callable[[], bool]] = {
            "kafka": lambda: kafka.ready(running.ports.kafka, running.secrets),
            "elasticsearch": lambda: elasticsearch.ready(running.ports.elasticsearch, running.secrets),
        }
        started = time.monotonic()
        while waiting:
            for name, is_ready in list(waiting.items()):
                report(name, "starting")
                if is_ready():
                    report(name, f"ready after {time.monotonic() - started:.1f} s")
                    del waiting[name]
            if waiting and self.running() is None:
                raise Fatal(f"the engines stopped while starting:\n{_tail(self.folder / 'supervisor.log')}")
            if waiting and time.monotonic() - started > READY_TIMEOUT:
                name = next(iter(waiting))
                log = self.folder / engine_folders(running.secrets is not None)[name] / f"{name}.log"
                raise Fatal(f"{name} did not answer within {READY_TIMEOUT:.0f} s. The end of its log:\n{_tail(log)}")
            if waiting:
                time.sleep(0.1)


def engine_folders(secure: bool) -> dict[str, str]:
    """Folder of each engine's data and log, below the local folder."""
    return {name: f"{name}-secure" if secure else name for name in ("kafka", "elasticsearch")}


def _tail(path: Path) -> str:
    try:
        return path.read_text(errors="replace")[-2000:].strip() or f"({path} is empty)"
    except OSError:
        return f"(no log at {path})"
