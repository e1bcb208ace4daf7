"""The addresses of a host, and which of them are public."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import httpcore

_WITH_IPV4 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
"""IPv6 addresses that end in an IPv4 address: translated (RFC 6052), and compatible (RFC 4291, 2.5.5.1)."""


def resolve(host: str, port: int, seconds: float) -> Iterator[str]:
    """The addresses of a name. Raises httpcore.ConnectError where it has none, ConnectTimeout where that isn't known in
    time: the system's resolver has no limit, so it is asked in a thread that is left behind."""
    answer: Future[Any] = Future()

    def ask() -> None:
        try:
            answer.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as e:  # raised again in the thread that waits for the answer
            answer.set_exception(e)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        found = answer.result(seconds)
    except TimeoutError:
        raise httpcore.ConnectTimeout(f"{host} was not found in {seconds:.0f} s") from None
    except (OSError, UnicodeError) as e:
        raise httpcore.ConnectError(f"can't find {host}: {e}") from e
    yield from dict.fromkeys(str(address[0]).split("%")[0] for *_, address in found)


def is_public(address: str) -> bool:
    """Whether an IP address is public: not private, loopback, link-local, shared, multicast or reserved. Of an IPv6 address
    with an embedded IPv4 address, that one counts."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and any(ip in network for network in _WITH_IPV4):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or getattr(ip, "is_site_local", False))
