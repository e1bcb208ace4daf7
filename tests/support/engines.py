"""Engines of a test's own are ended at once: what they hold isn't needed any more."""

from __future__ import annotations

from contextlib import suppress

import psutil

from pipeline.local.engines import LocalEngines


def kill_engines(local: LocalEngines) -> None:
    """Kill the engines that are up, and clean up after them. How they stop in order is tested by tests/integration/test_local.py."""
    if running := local.running():
        supervisor = psutil.Process(running.pid)
        family = supervisor.children(recursive=True)
        for process in (supervisor, *family):  # first of all the one that would start the others again
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(family, timeout=20)
    local.down(lambda *_: None)
