"""The HTTP client for everything that Dateline fetches: no private networks, and limits on time, size, redirects and
decompression."""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import brotli
import httpcore
import httpx

from pipeline import __version__
from pipeline.errors import Fatal
from pipeline.formats import encodings
from pipeline.ingest.addresses import is_public as is_public
from pipeline.ingest.addresses import resolve as resolve
from pipeline.numbers import whole_number

AGENT = f"Dateline/{__version__}"
_MAX_REDIRECTS = 5
_TIMEOUT = 30.0
"""Seconds for a whole answer."""
_STEP_TIMEOUT = 10.0
"""Seconds for a connection, and for each piece of an answer."""
_PERMANENT = frozenset({301, 308})
_TEMPORARY = frozenset({302, 303, 307})
_PIECE = 256 * 1024


class Unfetchable(Fatal):
    """It can't be fetched. `status` is that of the answer, if there was one; `retry_after` is in seconds."""

    def __init__(self, detail: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.status, self.retry_after = status, retry_after


@dataclass(frozen=True)
class Fetched:
    """An answer of 200 or 304. `url` is the address after all redirects, `moved_to` the one after the permanent redirects,
    by which it is to be fetched from now on (None where there were none)."""

    url: str
    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    moved_to: str | None = None

    @property
    def media_type(self) -> str | None:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() or None

    @property
    def charset(self) -> str | None:
        return encodings.charset(self.headers.get("content-type"))


class Fetcher:
    """Fetches addresses. Use as a context manager. `private_networks` lets it connect to any address."""

    def __init__(self, largest: int, *, private_networks: bool = False, seconds: float = _TIMEOUT) -> None:
        self._largest, self._seconds = largest, seconds
        transport = httpx.HTTPTransport(retries=0)
        # httpx has no public way to restrict addresses; checking the name before the request would leave a gap in which it
        # can resolve to another address. Nor has it one to limit the time of a request, only of each step
        self._network = _Network(public_only=not private_networks)
        transport._pool._network_backend = self._network
        self._client = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(_STEP_TIMEOUT),
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip, deflate, br", "Accept": "*/*"},
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Fetched:
        """An answer of 200 (or 304, where `headers` ask for it). Raises Unfetchable for everything else."""
        self._network.until = time.monotonic() + self._seconds
        moved_to, permanent = None, True
        asked = url
        for _ in range(_MAX_REDIRECTS + 1):
            _require_http(url)
            try:
                with self._client.stream("GET", url, headers=dict(headers or {})) as answer:
                    if answer.status_code in _PERMANENT | _TEMPORARY and "location" in answer.headers:
                        permanent = permanent and answer.status_code in _PERMANENT
                        url = urljoin(url, answer.headers["location"])
                        moved_to = url if permanent else moved_to
                        continue
                    if answer.status_code == 304:
                        return Fetched(url, 304, b"", dict(answer.headers), moved_to)
                    if answer.status_code != 200:
                        raise Unfetchable(
                            f"{url} answered {answer.status_code} {answer.reason_phrase}".rstrip(),
                            status=answer.status_code,
                            retry_after=retry_after(answer.headers.get("retry-after")),
                        )
                    content = self._read(answer, url)
                    return Fetched(url, 200, content, dict(answer.headers), moved_to)
            except (httpx.HTTPError, httpx.InvalidURL, httpcore.NetworkError, ValueError, UnicodeError) as e:
                self._require_time(url)
                raise Unfetchable(f"can't fetch {url}: {str(e) or type(e).__name__}") from e
        raise Unfetchable(f"{asked} redirects more than {_MAX_REDIRECTS} times")

    def post(
        self, url: str, form: Mapping[str, str] | None = None, *, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> int:  # fmt: skip
        """Send a form, or `content` as it is; the status of the answer, whose body is not read: a redirect is not followed.
        Raises Unfetchable where there is none."""
        self._network.until = time.monotonic() + self._seconds
        _require_http(url)
        try:
            with self._client.stream("POST", url, data=dict(form) if form else None, content=content, headers=dict(headers or {})) as answer:  # fmt: skip
                return answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL, httpcore.NetworkError, ValueError) as e:
            raise Unfetchable(f"can't post to {url}: {str(e) or type(e).__name__}") from e

    def _read(self, answer: httpx.Response, url: str) -> bytes:
        parts: list[bytes] = []
        size = 0
        coding = answer.headers.get("content-encoding", "identity").strip().lower()
        for piece in _decoded(answer.iter_raw(), coding, url):
            size += len(piece)
            if size > self._largest:
                raise Unfetchable(f"{url} is larger than {self._largest} bytes")
            self._require_time(url)
            parts.append(piece)
        return b"".join(parts)

    def _require_time(self, url: str) -> None:
        if time.monotonic() > self._network.until:
            raise Unfetchable(f"{url} took longer than {self._seconds:.0f} s")


class _Network(httpcore.SyncBackend):
    """Connects until the moment `until`, and with `public_only` to public addresses only: the address that was checked is
    the one connected to. For one request at a time."""

    def __init__(self, *, public_only: bool) -> None:
        super().__init__()
        self._public_only, self.until = public_only, 0.0

    def left(self, timeout: float | None) -> float:
        """Seconds for the next step. Raises httpcore.ReadTimeout where the time is over."""
        seconds = self.until - time.monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout("took longer than it may")
        return seconds if timeout is None else min(timeout, seconds)

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        addresses = list(resolve(host, port, self.left(timeout)))
        for address in addresses:
            if self._public_only and not is_public(address):
                raise httpcore.ConnectError(f"{host} is in a private network ({address})")
        error: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                opened = super().connect_tcp(address, port, self.left(timeout), local_address, socket_options)
                return _Stream(opened, self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as e:
                error = e
        raise error


class _Stream(httpcore.NetworkStream):
    """A connection each of whose steps ends in time: a server may send its headers one byte at a time."""

    def __init__(self, inner: httpcore.NetworkStream, network: _Network) -> None:
        self._inner, self._network = inner, network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._network.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._network.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._network.left(timeout)), self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def retry_after(value: str | None) -> float | None:
    """Seconds of a Retry-After header, in either form; None where there is none."""
    if not value:
        return None
    seconds = whole_number(value)
    if seconds is not None:
        return float(seconds)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def _require_http(url: str) -> None:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise Unfetchable(f"{url} is not an http(s) address")


def _decoded(pieces: Iterable[bytes], coding: str, url: str) -> Iterator[bytes]:
    """The pieces decompressed, at most _PIECE bytes at a time."""
    if coding in ("", "identity"):
        yield from pieces
        return
    if coding in ("gzip", "x-gzip", "deflate"):
        yield from _inflated(pieces, coding, url)
        return
    if coding != "br":
        raise Unfetchable(f"{url} is packed as {coding!r}, which was not asked for")
    decompressor, empty = brotli.Decompressor(), True
    try:
        for piece in pieces:
            yield decompressor.process(piece, output_buffer_limit=_PIECE)
            empty = empty and not piece
            while not decompressor.can_accept_more_data():
                yield decompressor.process(b"", output_buffer_limit=_PIECE)
    except brotli.error as e:
        raise Unfetchable(f"{url} can't be unpacked: {e}") from None
    if not empty and not decompressor.is_finished():
        raise Unfetchable(f"{url} is cut off: its packed content has no end")


def _inflated(pieces: Iterable[bytes], coding: str, url: str) -> Iterator[bytes]:
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 32 if coding != "deflate" else zlib.MAX_WBITS)
    first = True
    for piece in pieces:
        waiting = piece
        while waiting:
            try:
                out = inflate.decompress(waiting, _PIECE)
            except zlib.error as e:
                if coding == "deflate" and first:  # some servers send it without its header
                    inflate, first = zlib.decompressobj(-zlib.MAX_WBITS), False
                    continue
                raise Unfetchable(f"{url} can't be unpacked: {e}") from None
            first = False
            yield out
            waiting = inflate.unconsumed_tail
    yield inflate.flush(_PIECE)
    if not first and not inflate.eof:
        raise Unfetchable(f"{url} is cut off: its packed content has no end")
