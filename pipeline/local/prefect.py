"""A Prefect server on loopback, and the flows that are served to it. They are started beside the engines, as they take
longer to be ready."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx

from pipeline.process.children import spawn
from pipeline.process.ports import LOOPBACK

_WEEK = "P7D"
_LOCKED = 60
"""Seconds that the server waits for its database."""
WAIT = 300
"""Seconds that the flows wait for the server at their start."""


def page(port: int) -> str:
    """Its page, for people."""
    return f"http://{LOOPBACK}:{port}"


def api(port: int) -> str:
    """For PREFECT_API_URL."""
    return f"{page(port)}/api"


def start_server(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the server; its database and log are below `folder`."""
    # an address of another server would have it forward to that one
    env = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"} | prefect_settings(
        folder / "prefect"
    )
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", LOOPBACK, "--port", str(port)]
    return spawn(command, env=env, log=folder / "prefect.log", cwd=folder)


def start_flows(folder: Path, port: int, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start `dateline flows serve` for it, with `env` added to the environment; its log is below `folder`."""
    command = [sys.executable, "-m", "pipeline.cli", "flows", "serve", "--wait", str(WAIT)]
    own = {**prefect_settings(folder / "prefect"), "PREFECT_API_URL": api(port)}
    return spawn(command, env=os.environ | own | dict(env or {}), log=folder / "flows.log")


def ready(port: int) -> bool:
    """Whether the server answers."""
    try:
        return httpx.get(f"{api(port)}/health", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def served(port: int, flow: str) -> bool:
    """Whether a flow is deployed."""
    try:
        answer = httpx.get(f"{api(port)}/deployments/name/{flow}/{flow}", timeout=5, trust_env=False)
        return answer.status_code == 200
    except httpx.HTTPError:
        return False


def prefect_settings(home: Path) -> dict[str, str]:
    """Of a server with SQLite and of what uses it, as environment; all that they keep is below `home`."""
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # slots of runs survive a restart of the server
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        # two flows run every minute
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "true",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": _WEEK,
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": _WEEK,
        # SQLite has one writer: where several runs start at once on a busy machine others wait longer than Prefect's 10 s
        "PREFECT_SERVER_DATABASE_TIMEOUT": str(_LOCKED),
        "PREFECT_API_REQUEST_TIMEOUT": str(2 * _LOCKED),
        "PREFECT_CLIENT_MAX_RETRIES": "10",
    }
