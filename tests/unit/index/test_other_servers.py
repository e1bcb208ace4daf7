"""What answers in the place of Elasticsearch: a proxy's page, another product, another version. Nothing is refused for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipeline.errors import Fatal, Retry
from pipeline.index.bulk import Bulk
from pipeline.index.client import elasticsearch_client
from pipeline.index.requests import Operation
from pipeline.index.templates import install
from pipeline.settings import Settings

ELASTIC = {"X-Elastic-Product": "Elasticsearch"}
JSON = {"Content-Type": "application/json"}


class Double(ThreadingHTTPServer):
    """Answers everything alike."""

    status, body = 200, b""
    headers: dict[str, str] = {}  # noqa: RUF012


class Handler(BaseHTTPRequestHandler):
    server: Double

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(self.server.body)

    do_HEAD = do_POST = do_PUT = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def double() -> Iterator[Double]:
    server = Double(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


PAGE = b"<html>We are back soon.</html>"
VERSION = (
    b'{"error":{"root_cause":[{"type":"media_type_header_exception","reason":"Invalid media-type value on headers"}],'
    b'"type":"media_type_header_exception","reason":"Invalid media-type value on headers"},"status":400}'
)
ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "a proxy's page": (200, {"Content-Type": "text/html"}, PAGE),
    "a page with the header": (200, {"Content-Type": "text/html"} | ELASTIC, PAGE),
    "other JSON": (200, JSON | ELASTIC, b'{"status":"maintenance"}'),
    "JSON that is no object": (200, JSON | ELASTIC, b"[]"),
    "broken JSON": (200, JSON | ELASTIC, b'{"items":['),
    "fewer items": (200, JSON | ELASTIC, b'{"items":[],"errors":false}'),
    "items of others": (200, JSON | ELASTIC, b'{"items":[{"index":{"_id":"x","status":201}}],"errors":false}'),
    "items that are none": (200, JSON | ELASTIC, b'{"items":[null],"errors":false}'),
    "another product": (200, JSON | {"X-Elastic-Product": "OpenSearch"}, b'{"items":[]}'),
    "no product": (200, JSON, b'{"items":[{"index":{"_id":"1","status":201}}],"errors":false}'),
    "another version": (400, JSON | ELASTIC, VERSION),
    "a page of a proxy that refuses": (400, {"Content-Type": "text/html"}, b"<html>Bad request</html>"),
    "another path": (404, {"Content-Type": "text/html"}, b"<html>Not found</html>"),
}


class GiveUp(Exception):
    pass


@pytest.mark.parametrize("answer", ANSWERS)
def test_nothing_is_written_and_nothing_refused(double: Double, answer: str) -> None:
    double.status, double.headers, double.body = ANSWERS[answer]
    settings = Settings(_env_file=None, elasticsearch_url=f"http://127.0.0.1:{double.server_port}")
    client = elasticsearch_client(settings)
    said: list[str] = []

    def wait(seconds: float, why: str = "") -> None:
        said.append(why)
        raise GiveUp

    def doubt() -> str | None:
        try:
            install(client, settings)
        except (Retry, Fatal) as e:
            return str(e)
        return None

    bulk = Bulk(client, lambda name: name, 100, wait, doubt=doubt)
    try:
        with pytest.raises(GiveUp):
            bulk.write([Operation("articles", "1", 1, {})])
        assert said[0].startswith("1 documents wait for Elasticsearch: ")
        with pytest.raises(Fatal if double.status == 400 else (Retry, Fatal)) as raised:
            install(client, settings)
        if answer == "another version":
            assert "another major version" in str(raised.value)
    finally:
        bulk.close()
        client.close()
