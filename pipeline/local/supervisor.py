"""The process that owns the local engines: starts them, starts again what died, ends them when it is told to.

The engines can't outlive it: the kernel kills them when it is gone.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from pipeline.errors import Fatal
from pipeline.index.roles import ROLE_OF, as_yaml, roles
from pipeline.local import elasticsearch, kafka
from pipeline.local.downloads import Downloads
from pipeline.local.engines import Ports, engine_folders
from pipeline.local.java import find_java
from pipeline.local.processes import download_folder, stop, unprivileged_user
from pipeline.local.secrets import prepare
from pipeline.settings import Settings, load_settings

log = logging.getLogger("dateline.local")
_LONGEST_DELAY = 30.0


class Engine:
    """One engine: its process, and how long to wait before starting it again."""

    def __init__(self, name: str, start: Callable[[], subprocess.Popen[bytes]], patience: float) -> None:
        self.name, self._start, self._patience = name, start, patience
        self.process = start()
        self._delay, self._again_at = 1.0, 0.0

    def look_after(self) -> None:
        """Start the engine again, with growing delays, where it has ended."""
        code = self.process.poll()
        if code is None:
            return
        now = time.monotonic()
        if not self._again_at:
            log.warning("%s ended with code %s; starting it again in %.0f s", self.name, code, self._delay)
            self._again_at, self._delay = now + self._delay, min(self._delay * 2, _LONGEST_DELAY)
        elif now >= self._again_at:
            self._again_at = 0.0
            self.process = self._start()

    def stop(self) -> None:
        stop(self.process, self._patience)


def _engines(folder: Path, ports: Ports, settings: Settings, secure: bool) -> list[Engine]:
    downloads = Downloads(download_folder(settings))
    java = find_java(downloads.folder)
    home, classpath = downloads.elasticsearch_home(), downloads.kafka_classpath()
    user = unprivileged_user(settings)
    secrets = prepare(folder) if secure else None
    access = elasticsearch.Access(secrets, as_yaml(roles(settings)), ROLE_OF) if secrets else None
    names = engine_folders(secure)
    return [
        Engine(
            "elasticsearch",
            lambda: elasticsearch.start(
                folder / names["elasticsearch"],
                port=ports.elasticsearch,
                transport=ports.elasticsearch_transport,
                java=java,
                home=home,
                heap=settings.elasticsearch_heap,
                user=user,
                access=access,
            ),
            patience=20,
        ),
        Engine(
            "kafka",
            lambda: kafka.start(
                folder / names["kafka"],
                port=ports.kafka,
                controller=ports.kafka_controller,
                java=java,
                classpath=classpath,
                secrets=secrets,
            ),
            patience=15,
        ),
    ]


def main(folder: Path, ports: Ports, *, secure: bool) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    lock = (folder / "supervisor.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        log.error("another process already keeps the engines in %s", folder)
        return 1
    try:
        engines = _engines(folder, ports, load_settings(), secure)
    except Fatal as e:
        log.error("%s", e)
        return 1
    state = folder / "running.json"
    me = {"pid": os.getpid(), "started": psutil.Process().create_time(), "ports": vars(ports), "secure": secure}
    state.with_suffix(".new").write_text(json.dumps(me))
    state.with_suffix(".new").replace(state)
    while not ending.wait(0.5):
        for engine in engines:
            engine.look_after()
    for engine in engines:
        engine.stop()
    state.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Ports(**json.loads(sys.argv[2])), secure="secure" in sys.argv[3:]))
