"""Each process of Dateline, asked on its own `/readyz`: those that run on this machine, and those at DATELINE_HEALTH_ADDRESSES."""

from __future__ import annotations

import http.client
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from pipeline.process.ports import host_in_url
from pipeline.process.registry import Registered, entries
from pipeline.settings import Settings
from schemas.report import ProcessCondition, ProcessState

TIMEOUT = 5.0
"""Seconds in which a process has to answer."""
_HOUR = timedelta(hours=1)


def read_processes(settings: Settings) -> tuple[ProcessState, ...]:
    """By name. Nothing is raised for one that doesn't answer."""
    own = entries(settings)
    known = {one.entry.address for one in own}
    others = [
        (name, address)
        for configured in sorted(settings.health_addresses)
        for name, address in _resolved(configured)
        if address not in known
    ]
    with ThreadPoolExecutor(16) as pool:
        found = [*pool.map(_registered, own), *pool.map(lambda one: _remote(*one), others)]
    return tuple(sorted(found, key=lambda one: (one.name, one.address or "")))


def ask(address: str) -> tuple[ProcessCondition, str | None]:
    """What the process at this address says of itself, and why it isn't ready."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=TIMEOUT)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        text = answer.read(1000).decode("utf-8", "replace").strip()
    except (OSError, http.client.HTTPException) as e:
        return ProcessCondition.SILENT, f"it doesn't answer at {address} ({type(e).__name__})"
    finally:
        connection.close()
    if answer.status == 200:
        return ProcessCondition.READY, None
    return ProcessCondition.NOT_READY, text.removeprefix("not ready: ") or f"it answers {answer.status}"


def _registered(one: Registered) -> ProcessState:
    entry, now = one.entry, datetime.now(UTC)
    condition: ProcessCondition
    problem: str | None
    if not one.alive:
        condition, problem = ProcessCondition.GONE, entry.reason
    elif entry.address is None:
        condition, problem = ProcessCondition.NOT_READY, "it is starting"
    else:
        condition, problem = ask(entry.address)
    return ProcessState(
        name=entry.name,
        condition=condition,
        problem=problem,
        address=entry.address if one.alive else None,
        host=entry.host,
        pid=entry.pid,
        started=entry.starts[-1],
        starts_last_hour=sum(now - at < _HOUR for at in entry.starts),
        last_exit=entry.last_exit if one.alive else entry.reason,
    )


def _remote(name: str, address: str) -> ProcessState:
    condition, problem = ask(address)
    return ProcessState(name=name, condition=condition, problem=problem, address=address)


def _resolved(configured: str) -> list[tuple[str, str]]:
    """A name may stand for several processes: each of its addresses is asked."""
    parts = urlsplit(configured)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    except OSError:
        return [(parts.netloc, configured)]
    hosts = sorted({str(one[4][0]) for one in found if one[0] is socket.AF_INET} or {str(one[4][0]) for one in found})
    return [(parts.netloc, f"http://{host_in_url(host)}:{parts.port or 80}") for host in hosts]
