"""Looks after the runs on the server, from a thread of `dateline flows serve` (lost_runs.py decides)."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
from prefect import get_client
from prefect.client.schemas.actions import VariableCreate, VariableUpdate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import StateType
from prefect.states import Cancelled, Crashed

from flows.support.lost_runs import Rounds, Run, Verdict, Waiting, superseded
from pipeline import telemetry

INTERVAL = 4.0
"""Seconds between two rounds."""
FORGOTTEN = 3600.0
"""Seconds of silence of a runner, after which its sign is removed."""
_BEGUN = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
_SIGN = "dateline_runner_"
_RUN_ID = "PREFECT__FLOW_RUN_ID"
_MOST = 200


class Keeper:
    """Use `start` once. `last` is when its last round was over, in monotonic seconds."""

    def __init__(self, tag: str) -> None:
        self._tag = tag
        self._here = runner_name()
        self._rounds = Rounds(self._here)
        self._number = 0
        self.last: float | None = None

    def start(self) -> None:
        threading.Thread(target=self._run, name="keeper", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self.round()
                self.last = time.monotonic()
            except Exception as e:  # the server is away, or a process ended meanwhile: the next round sees it anew
                telemetry.ROUND_FAILED(problem=f"{type(e).__name__}: {e}")
            time.sleep(INTERVAL)

    def round(self) -> None:
        """Look at every run once."""
        with get_client(sync_client=True) as client:
            found = client.read_flow_runs(flow_run_filter=self._filter(_BEGUN), limit=_MOST)
            runs = {one.id: one for one in found}
            processes = run_processes() if runs else {}
            now = time.monotonic()
            self._rounds.signs(self._signs(client), now)
            judged = self._rounds.judge(
                [
                    Run(one.id, one.state.id, one.state.type == StateType.CANCELLING, one.infrastructure_pid)
                    for one in runs.values()
                    if one.state is not None
                ],
                processes,
                now,
            )
            for run, verdict in judged:
                self._act(client, run, verdict, processes.get(run.id))
            self._skip(client)
            self._forget(client, now)

    def _filter(self, states: list[StateType]) -> FlowRunFilter:
        return FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states)), tags=FlowRunFilterTags(all_=[self._tag])
        )

    def _signs(self, client: Any) -> dict[str, object]:
        """Give a sign of life, and read those of all runners."""
        self._number += 1
        name = _sign_of(self._here)
        value: Any = {"runner": self._here, "round": f"{os.getpid()}-{self._number}"}
        if client.read_variable_by_name(name) is None:
            client.create_variable(VariableCreate(name=name, value=value))
        else:
            client.update_variable(VariableUpdate(name=name, value=value))
        answer = client.request(
            "POST", "/variables/filter", json={"variables": {"name": {"like_": _SIGN}}, "limit": _MOST}
        )
        found = [one["value"] for one in answer.json()]
        return {one["runner"]: one.get("round") for one in found if isinstance(one, dict) and "runner" in one}

    def _forget(self, client: Any, now: float) -> None:
        """Runners that are gone for good, as each container that is replaced."""
        for runner in self._rounds.silent(now, FORGOTTEN):
            client.delete_variable_by_name(_sign_of(runner))

    def _act(self, client: Any, run: Run, verdict: Verdict, pid: int | None) -> None:
        if verdict is Verdict.MARK:
            client.update_flow_run(run.id, infrastructure_pid=f"{self._here}:{pid}")
        elif verdict in (Verdict.TERMINATE, Verdict.KILL):
            with suppress(ProcessLookupError):
                os.kill(pid or 0, signal.SIGKILL if verdict is Verdict.KILL else signal.SIGTERM) if pid else None
        else:
            now = client.read_flow_run(run.id)
            if now.state is None or now.state.id != run.state:
                return  # it ended by itself
            telemetry.RUN_LOST(run=now.name, place=run.place, verdict=verdict.value)
            message = f"{verdict.value} ({run.place or 'no runner has seen one'})"
            state: Any = Cancelled(message=message) if verdict is Verdict.CANCELLED else Crashed(message=message)
            client.set_flow_run_state(run.id, state, force=True)

    def _skip(self, client: Any) -> None:
        found = client.read_flow_runs(flow_run_filter=self._filter([StateType.SCHEDULED]), limit=_MOST)
        waiting = [
            Waiting(one.id, one.deployment_id, one.expected_start_time)
            for one in found
            if one.auto_scheduled and one.deployment_id is not None and one.expected_start_time is not None
        ]
        for run_id in superseded(waiting, datetime.now(UTC)):
            client.set_flow_run_state(run_id, Cancelled(message="skipped: a later one is due"), force=True)


def _sign_of(runner: str) -> str:
    return _SIGN + hashlib.sha256(runner.encode()).hexdigest()[:12]


def runner_name() -> str:
    """Of the processes that this one can see: machine, its view of processes, and user."""
    try:
        view = str(Path("/proc/self/ns/pid").readlink()).strip("pid:[]")
    except OSError:
        view = "-"
    return f"{socket.gethostname()}/{view}/{os.getuid()}"


def run_processes() -> dict[UUID, int]:
    """The runs that have a process here, by the variable that Prefect gives it."""
    found: dict[UUID, int] = {}
    for process in _own():
        try:
            if process.status() == psutil.STATUS_ZOMBIE or not any("prefect" in part for part in process.cmdline()):
                continue
            if run_id := process.environ().get(_RUN_ID):
                found.setdefault(UUID(run_id), process.pid)
        except (psutil.Error, OSError, ValueError):
            continue
    return found


def _own() -> Iterable[psutil.Process]:
    own = os.getuid()
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.uids().real == own:
                yield process
