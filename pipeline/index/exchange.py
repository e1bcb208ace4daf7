"""A request and its answer over a connection that stays open, by HTTP/1.1 (RFC 9112). Python's own `http.client` reads an answer's
head as that of a mail, which costs more than all else that it does.
"""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Mapping
from typing import NamedTuple

MAX_HEAD = 64 * 1024
_STATUS = re.compile(r"HTTP/1\.[01] ([1-5]\d\d)(?: .*)?")
_UNSENT = re.compile(r"[^\x21-\x7e]")
_AT_ONCE = 256 * 1024
_WITHOUT_BODY = frozenset({204, 304})


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    """By names in small letters."""
    body: bytes
    stays: bool
    """Whether the connection can be asked again."""


def head(host: str, headers: Mapping[str, str]) -> bytes:
    """The headers of requests to `host`. Raises ValueError for one that would be more than one."""
    lines = [f"host: {host}", "accept-encoding: identity", *(f"{name}: {value}" for name, value in headers.items())]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a header with a line break")
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


def ask(sock: socket.socket, method: str, target: str, headers: bytes, body: bytes | None) -> Answer:
    """Raises OSError and http.client.HTTPException, after which nothing is known of the connection."""
    if _UNSENT.search(target) or not method.isalpha():
        raise http.client.InvalidURL(f"{method} {target!r} can't be asked for")
    length = b"" if body is None else b"content-length: %d\r\n" % len(body)
    sock.sendall(f"{method} {target} HTTP/1.1\r\n".encode() + headers + length + b"\r\n" + (body or b""))
    return _Reader(sock).answer(method)


class _Reader:
    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._data = sock, bytearray()

    def answer(self, method: str) -> Answer:
        status, headers = self._head()
        while status < 200:  # only in passing
            status, headers = self._head()
        stays = "close" not in headers.get("connection", "").casefold()
        if method == "HEAD" or status in _WITHOUT_BODY:
            body = b""
        elif (coding := headers.get("transfer-encoding")) is not None:
            if coding.strip().casefold() != "chunked":
                raise http.client.UnknownTransferEncoding(coding)
            body = b"".join(self._chunks())
        elif (length := headers.get("content-length")) is not None:
            if not (length.isascii() and length.isdigit()):
                raise http.client.BadStatusLine(f"content-length: {length}")
            body = self._taken(int(length))
        else:
            body, stays = self._rest(), False
        return Answer(status, headers, body, stays and not self._data)

    def _head(self) -> tuple[int, dict[str, str]]:
        first, *lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        found = _STATUS.fullmatch(first)
        if found is None:
            raise http.client.BadStatusLine(first[:100])
        headers: dict[str, str] = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon:
                raise http.client.BadStatusLine(line[:100])
            name = name.lower()
            headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
        return int(found[1]), headers

    def _chunks(self) -> list[bytes]:
        found: list[bytes] = []
        while True:
            size = self._until(b"\r\n").partition(b";")[0].strip()
            try:
                length = int(size, 16)
            except ValueError:
                length = -1
            if length < 0:
                raise http.client.BadStatusLine(f"a chunk of {size[:20]!r}")
            if length == 0:
                while self._until(b"\r\n"):  # trailers
                    pass
                return found
            found.append(self._taken(length))
            if self._taken(2) != b"\r\n":
                raise http.client.BadStatusLine("a chunk longer than it says")

    def _until(self, end: bytes) -> bytes:
        """What comes before `end`."""
        looked = 0
        while (at := self._data.find(end, looked)) < 0:
            looked = max(0, len(self._data) - len(end) + 1)
            if len(self._data) > MAX_HEAD:
                raise http.client.LineTooLong("the head of an answer")
            self._more()
        found = bytes(self._data[:at])
        del self._data[: at + len(end)]
        return found

    def _taken(self, length: int) -> bytes:
        while len(self._data) < length:
            self._more()
        found = bytes(self._data[:length])
        del self._data[:length]
        return found

    def _rest(self) -> bytes:
        while part := self._sock.recv(_AT_ONCE):
            self._data += part
        found = bytes(self._data)
        self._data.clear()
        return found

    def _more(self) -> None:
        part = self._sock.recv(_AT_ONCE)
        if not part:
            raise http.client.RemoteDisconnected("the server closed the connection within an answer")
        self._data += part
