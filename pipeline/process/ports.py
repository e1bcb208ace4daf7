"""Ports of this machine, on loopback by default: which are free, and which answer."""

from __future__ import annotations

import socket
from contextlib import closing

from pipeline.errors import Fatal

LOOPBACK = "127.0.0.1"


def family_of(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def host_in_url(address: str) -> str:
    """An address as it is written in a URL and before a port: IPv6 in brackets."""
    return f"[{address}]" if ":" in address else address


def free_port(wanted: int | None = None, address: str = LOOPBACK) -> int:
    """`wanted` if it is free at this address, else any free port. Raises Fatal where there is none."""
    for port in (wanted, 0) if wanted else (0,):
        with closing(socket.socket(family_of(address), socket.SOCK_STREAM)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Fatal(f"no free port at {address}")


def require_free(port: int, variable: str, address: str = LOOPBACK) -> None:
    """Raise Fatal where `port`, which the operator configured by `variable`, is taken. 0 means any free one."""
    if port and free_port(port, address) != port:
        raise Fatal(f"port {port} is taken by another program; set {variable} to another, or to 0 for any free one")


def accepts_connections(port: int) -> bool:
    """Whether something listens on this loopback port."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
