"""A proxy in front of Elasticsearch that misbehaves on demand: 429, 503, delays, connections cut in mid-response."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from contextlib import suppress

BUSY = b"HTTP/1.1 %d Busy\r\ncontent-type: application/json\r\nx-elastic-product: Elasticsearch\r\ncontent-length: 2\r\n\r\n{}"


class BadProxy:
    """One connection at a time per thread; each request of it is passed on, refused, delayed or cut."""

    def __init__(self, target: str, seed: int) -> None:
        host, port = target.removeprefix("http://").split(":")
        self._target = (host, int(port))
        self._rng = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopping = False
        self.faults: Counter[str] = Counter()
        self.bad = 0.0
        """Share of requests that something happens to."""
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._stopping = True
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopping:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(self._target) as server:
            while request := _message(client):
                fault = (
                    self._rng.choice(("429", "503", "delay", "cut", "cut in the response"))
                    if self._rng.random() < self.bad
                    else ""
                )
                if fault:
                    self.faults[fault] += 1
                if fault in ("429", "503"):
                    client.sendall(BUSY % int(fault))
                    continue
                if fault == "cut":
                    return
                if fault == "delay":
                    time.sleep(self._rng.uniform(0.2, 1.5))
                server.sendall(request)
                answer = _message(server, headers_only=request.startswith(b"HEAD "))
                if fault == "cut in the response":
                    client.sendall(answer[: len(answer) // 2])  # it was done, but nobody hears of it
                    return
                client.sendall(answer)


def _message(source: socket.socket, *, headers_only: bool = False) -> bytes:
    """One HTTP message with its body; empty at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = source.recv(65536)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lower = head.lower()
    if headers_only:
        return head + b"\r\n\r\n"
    if b"transfer-encoding: chunked" in lower:
        while not body.endswith(b"0\r\n\r\n"):
            part = source.recv(65536)
            if not part:
                break
            body += part
    elif b"content-length:" in lower:
        length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            part = source.recv(65536)
            if not part:
                break
            body += part
    return head + b"\r\n\r\n" + body
