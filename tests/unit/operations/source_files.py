"""Sources of a backfill, made for a test: pages, archives, a site; and what is read of one."""

from __future__ import annotations

import io
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pipeline.errors import Reject
from pipeline.formats.items import Item
from pipeline.operations.sources import Source
from pipeline.settings import Settings

SETTINGS = Settings(_env_file=None, private_networks=True)


SMALL = Settings(_env_file=None, private_networks=True, largest_record=16 * 1024)


def page(number: int, size: int = 0) -> bytes:
    text = f"Story {number} has a text that is long enough to be one. " * 8 + "x " * size
    return f"<html><head><title>Headline {number} of the day</title></head><body><article><h1>Headline {number} of the day</h1><p>{text}</p></article></body></html>".encode()


def parts(where: Path | str, settings: Settings = SETTINGS, **options: Any) -> list[tuple[str, Item | Reject]]:
    found: list[tuple[str, Item | Reject]] = []
    with Source(settings, str(where), delay=0.0, **options) as source:
        for part in source.parts():
            try:
                found.append((part.name, part.read()))
            except Reject as reject:
                found.append((part.name, reject))
    return found


def contents(found: list[tuple[str, Item | Reject]]) -> list[bytes]:
    return [item.content for _, item in found if isinstance(item, Item)]


@contextmanager
def site(pages: dict[str, bytes]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = pages.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Type", "application/xml" if "xml" in self.path else "text/html")
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def tar(packing: str, members: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode=f"w:{packing}", encoding="utf-8", errors="surrogateescape") as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return whole.getvalue()


def warc(*pages: tuple[str, bytes, str]) -> bytes:
    written: list[bytes] = []
    for url, content, media_type in pages:
        kind = f"Content-Type: {media_type}\r\n" if media_type else ""
        http = f"HTTP/1.1 200 OK\r\n{kind}Content-Length: {len(content)}\r\n\r\n".encode() + content
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-03-02T10:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:12345678-1234-1234-1234-12345678{len(written):04d}>\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        )
        written.append(head.encode() + http + b"\r\n\r\n")
    return b"".join(written)
