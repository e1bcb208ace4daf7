"""`/healthz`, `/readyz` and `/metrics` of a long-running process, on a thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from pipeline.errors import Fatal


def serve_health(bind: str, port: int, ready: Callable[[], bool], variable: str) -> ThreadingHTTPServer:
    """Serve until the process ends; `port` 0 takes any free one. Raises Fatal where the port is taken."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/healthz":
                self._answer(200, b"alive\n", "text/plain")
            elif self.path == "/readyz":
                ok = _safely(ready)
                self._answer(200 if ok else 503, b"ready\n" if ok else b"not ready\n", "text/plain")
            elif self.path == "/metrics":
                self._answer(200, generate_latest(), CONTENT_TYPE_LATEST)
            else:
                self._answer(404, b"only /healthz, /readyz and /metrics are here\n", "text/plain")

        def _answer(self, status: int, body: bytes, media_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Scrapes are not news."""

    try:
        server = ThreadingHTTPServer((bind, port), Handler)
    except OSError as e:
        raise Fatal(f"can't listen on {bind}:{port} ({e.strerror}); set {variable} to another port, or to 0") from e
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server


def _safely(ready: Callable[[], bool]) -> bool:
    try:
        return ready()
    except Exception:  # not ready is all that a probe needs to know
        return False
