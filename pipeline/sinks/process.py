"""A sink's process: its loop, its signals and its health."""

from __future__ import annotations

import signal

from pipeline.process.health import serve_health, show_build
from pipeline.settings import Settings
from pipeline.sinks.loop import SinkLoop


def run_process(loop: SinkLoop, settings: Settings, port: int, variable: str) -> None:
    """The sink's process, until SIGTERM or SIGINT: `/healthz`, `/readyz` and `/metrics` on `port`, which the setting
    `variable` has. Raises Fatal where waiting does not help."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, loop.signalled)
    show_build(settings.process)
    serve_health(settings.bind, port, lambda: loop.ready, variable)
    loop.run()
