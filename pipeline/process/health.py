"""`/healthz`, `/readyz` and `/metrics` of every long-running process, on a port of their own. The ingest API has the first two
among its routes as well (web.py)."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from typing import Any, NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from pipeline import telemetry
from pipeline.errors import DatelineError, Fatal
from pipeline.process import registry
from pipeline.process.ports import family_of, host_in_url

PATHS = ("/healthz", "/readyz", "/metrics")
PUBLIC = PATHS[:2]
"""What strangers may ask. Metrics say how many providers there are, and how busy they are."""


class NotReady(DatelineError):
    """Raised to say why the process isn't ready. `/readyz` shows the text to whoever asks: no addresses in it."""


class Probe(NamedTuple):
    """The answer to one of PATHS."""

    status: int
    body: bytes
    media_type: str


def probe(path: str, ready: Callable[[], bool]) -> Probe:
    """The answer for `path`, 404 for any other than PATHS. `ready` may block; where it raises, the process isn't ready, and
    a NotReady says why."""
    if path == "/healthz":
        return Probe(200, b"alive\n", "text/plain")
    if path == "/readyz":
        problem = _problem(ready)
        telemetry.READY.set(problem is None)
        return Probe(200, b"ready\n", "text/plain") if problem is None else Probe(503, problem.encode(), "text/plain")
    if path == "/metrics":
        return Probe(200, generate_latest(), CONTENT_TYPE_LATEST)
    return Probe(404, b"only /healthz, /readyz and /metrics are here\n", "text/plain")


def show_build(process: str) -> None:
    """Have /metrics say which version and process this is."""
    telemetry.BUILD.labels(version("dateline"), process).set(1)


def serve_health(bind: str, port: int, ready: Callable[[], bool], variable: str) -> ThreadingHTTPServer:
    """Serve PATHS until the process ends; `port` 0 takes any free one. Raises Fatal where the port is taken."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10  # seconds, for each piece of a request

        def do_GET(self) -> None:
            status, body, media_type = probe(self.path, ready)
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Scrapes are not worth a log line."""

    class Server(ThreadingHTTPServer):
        address_family = family_of(bind)

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Whoever asked may have gone before the answer, as with a process that was stopped for some time."""
            if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
                super().handle_error(request, client_address)

    try:
        server = Server((bind, port), Handler)
    except OSError as e:
        raise Fatal(
            f"can't listen on {host_in_url(bind)}:{port} ({e.strerror}); set {variable} to another port, or to 0"
        ) from e
    server.daemon_threads = True
    registry.serving(bind, server.server_port)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server


def _problem(ready: Callable[[], bool]) -> str | None:
    """The body of a 503; None where the process is ready."""
    try:
        return None if ready() else "not ready\n"
    except NotReady as e:
        return f"not ready: {e}\n"
    except Exception as e:  # whatever it is, the process isn't ready
        telemetry.NOT_READY(problem=e)
        return "not ready\n"
