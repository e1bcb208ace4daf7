"""Processes under measurement: started, stopped, and what CPU and memory they have used."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.engines import Engines

_STOP_SECONDS = 40


class Processes:
    """By name; the engines among them."""

    def __init__(self, engines: Engines, log: Path) -> None:
        self._log = log
        self.running: dict[str, psutil.Popen] = {}
        self._engines = {"Kafka": engines.kafka, "Elasticsearch": engines.elasticsearch}

    def start(self, name: str, command: Sequence[str], variables: Mapping[str, str]) -> None:
        with self._log.open("ab") as out:
            self.running[name] = psutil.Popen(
                list(command), env=dict(variables), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )

    def python(self, name: str, module: str, variables: Mapping[str, str], *arguments: str) -> None:
        self.start(name, [sys.executable, "-m", module, *arguments], variables)

    def require_alive(self) -> None:
        """Raises SystemExit with the end of its log where one has ended."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise SystemExit(f"{name} ended with {process.returncode}:\n{_tail(self._log)}")

    def cpu(self) -> dict[str, float]:
        """Seconds of CPU so far, by name."""
        found = {}
        for name, process in {**self.running, **self._engines}.items():
            times = process.cpu_times()
            found[name] = times.user + times.system
        return found

    def memory(self) -> dict[str, int]:
        """Resident bytes, by name."""
        return {name: process.memory_info().rss for name, process in {**self.running, **self._engines}.items()}

    def stop(self) -> None:
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        for process in self.running.values():
            try:
                process.wait(_STOP_SECONDS)
            except psutil.TimeoutExpired:
                process.kill()
                process.wait(10)
        self.running.clear()


@contextmanager
def processes(engines: Engines, name: str) -> Iterator[Processes]:
    """None yet; all are stopped at the end."""
    made = Processes(engines, engines.folder / f"{name}.log")
    try:
        yield made
    finally:
        made.stop()


def spent(before: Mapping[str, float], after: Mapping[str, float], count: int) -> dict[str, float]:
    """Milliseconds of CPU for each of `count`, by name."""
    return {name: (after[name] - before[name]) * 1000 / count for name in after if name in before}


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])
