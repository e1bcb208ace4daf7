"""One Elasticsearch server over Python's own HTTP client, for a process that asks it all the time: a request costs less than half
of what it does over urllib3, which also looks after retries, redirects and proxies.
"""

from __future__ import annotations

import http.client
import select
import socket
import ssl
import time
from contextlib import suppress
from importlib.metadata import version
from queue import Empty, LifoQueue

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from pipeline.index.elastic import (
    DEFAULT,
    ApiResponseMeta,
    BaseNode,
    ConnectionError,
    ConnectionTimeout,
    DefaultType,
    HttpHeaders,
    NodeApiResponse,
    NodeConfig,
    TlsError,
)

_Connection = http.client.HTTPConnection


class PlainNode(BaseNode):
    """At most `connections_per_node` connections, which stay open; a request that finds them all in use waits for one.
    Connecting, and each read and write, may take `request_timeout` seconds."""

    _CLIENT_META_HTTP_CLIENT = ("ot", version("elastic-transport"))

    def __init__(self, config: NodeConfig) -> None:
        super().__init__(config)
        self._tls = _tls(config) if config.scheme == "https" else None
        self._sent = dict(self.headers)
        self._free: LifoQueue[_Connection] = LifoQueue()
        for _ in range(config.connections_per_node):
            self._free.put(self._connection())

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> NodeApiResponse:
        """Raises what every node does: TlsError, ConnectionTimeout, ConnectionError."""
        timeout = self.config.request_timeout if isinstance(request_timeout, DefaultType) else request_timeout
        began = time.monotonic()
        connection = self._free.get()
        try:
            answer, data = self._asked(connection, method, target, body, headers, timeout)
        except BaseException as e:  # half of an answer may be left in it
            connection.close()
            # ValueError: http.client's for a chunk of less than nothing
            if isinstance(e, OSError | http.client.HTTPException | ValueError):
                raise _error(e) from e
            raise
        finally:
            self._free.put(connection)
        took = time.monotonic() - began
        return NodeApiResponse(
            ApiResponseMeta(answer.status, "1.1", HttpHeaders(answer.headers.items()), took, self.config), data
        )

    def close(self) -> None:
        with suppress(Empty):
            while True:
                self._free.get_nowait().close()

    def _asked(
        self, connection: _Connection, method: str, target: str, body: bytes | None, headers: HttpHeaders | None, timeout: float | None,
    ) -> tuple[http.client.HTTPResponse, bytes]:  # fmt: skip
        if connection.sock is not None and _is_over(connection.sock):
            connection.close()
        connection.timeout = timeout
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        sent = self._sent | dict(headers) if headers else self._sent
        connection.request(method, f"{self.path_prefix}{target}", body, sent)
        answer = connection.getresponse()
        return answer, answer.read()

    def _connection(self) -> _Connection:
        if self._tls:
            return http.client.HTTPSConnection(self.host, self.port, context=self._tls)
        return _Connection(self.host, self.port)


def _is_over(sock: socket.socket) -> bool:
    """Whether the server has closed it: where nothing was asked there is nothing to read."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _tls(config: NodeConfig) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(config.ca_certs or DEFAULT_CA_BUNDLE_PATH))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _error(error: Exception) -> Exception:
    if isinstance(error, ssl.SSLError):
        return TlsError(str(error), errors=(error,))
    if isinstance(error, TimeoutError):
        return ConnectionTimeout("Connection timed out during request", errors=(error,))
    return ConnectionError(str(error), errors=(error,))
