"""Ports on loopback: which are free, and which answer."""

from __future__ import annotations

import socket
from contextlib import closing

from pipeline.errors import Fatal


def free_port(wanted: int | None = None) -> int:
    """`wanted` if it is free on loopback, else any free port. Raises Fatal where there is none."""
    for port in (wanted, 0) if wanted else (0,):
        with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Fatal("no free port on loopback")


def require_free(port: int, variable: str) -> None:
    """Raise Fatal where `port`, which the operator configured by `variable`, is taken."""
    if free_port(port) != port:
        raise Fatal(f"port {port} is taken by another program; set {variable} to another, or to 0 for any free one")


def accepts_connections(port: int) -> bool:
    """Whether something listens on this loopback port."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
