"""Each process of Dateline, asked on its own `/readyz`: those that run on this machine, and those at DATELINE_HEALTH_ADDRESSES."""

from __future__ import annotations

import http.client
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from pipeline.operations.watch.clocks import ahead
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


@dataclass(frozen=True)
class Answer:
    """What a process says of itself, why it isn't ready, and how far its clock is ahead of ours."""

    condition: ProcessCondition
    problem: str | None = None
    clock_ahead: float | None = None


def ask(address: str) -> Answer:
    """What the process at this address says."""
    parts = urlsplit(address)
    before = time.time()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=TIMEOUT)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        text = answer.read(1000).decode("utf-8", "replace").strip()
    except (OSError, http.client.HTTPException) as e:
        return Answer(ProcessCondition.SILENT, f"it doesn't answer at {address} ({type(e).__name__})")
    finally:
        connection.close()
    clock = _clock(answer.getheader("Date"), before, time.time())
    if answer.status == 200:
        return Answer(ProcessCondition.READY, clock_ahead=clock)
    problem = text.removeprefix("not ready: ") or f"it answers {answer.status}"
    return Answer(ProcessCondition.NOT_READY, problem, clock)


def _clock(date: str | None, before: float, after: float) -> float | None:
    """By the header Date of an answer, which tells whole seconds."""
    try:
        theirs = parsedate_to_datetime(date or "").timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return ahead(theirs, before, after, exact_to=1.0)


def _registered(one: Registered) -> ProcessState:
    entry, now = one.entry, datetime.now(UTC)
    if not one.alive:
        answer = Answer(ProcessCondition.GONE, entry.reason)
    elif entry.address is None:
        answer = Answer(ProcessCondition.NOT_READY, "it is starting")
    else:
        answer = ask(entry.address)
    return ProcessState(
        name=entry.name,
        condition=answer.condition,
        problem=answer.problem,
        address=entry.address if one.alive else None,
        host=entry.host,
        pid=entry.pid,
        started=entry.starts[-1],
        starts_last_hour=sum(now - at < _HOUR for at in entry.starts),
        last_exit=entry.last_exit if one.alive else entry.reason,
    )


def _remote(name: str, address: str) -> ProcessState:
    answer = ask(address)
    return ProcessState(
        name=name,
        condition=answer.condition,
        problem=answer.problem,
        address=address,
        clock_ahead=answer.clock_ahead,
    )


def _resolved(configured: str) -> list[tuple[str, str]]:
    """A name may stand for several processes: each of its addresses is asked."""
    parts = urlsplit(configured)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    except OSError:
        return [(parts.netloc, configured)]
    hosts = sorted({str(one[4][0]) for one in found if one[0] is socket.AF_INET} or {str(one[4][0]) for one in found})
    return [(parts.netloc, f"http://{host_in_url(host)}:{parts.port or 80}") for host in hosts]
