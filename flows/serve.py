"""Serves the flows to a Prefect server: every file of this package that declares one.

A flow's file is named as its flow (`poll_feeds.py`: the flow `poll_feeds`), and may declare beside it:

- `SCHEDULE`: seconds from one run to the next, or a cron line in UTC; without it, or None, the flow runs when somebody asks
  for it;
- `CONCURRENCY`: how many runs may go on at once; without it, or None, any number.

Other flows of the file, such as a former name, are served without a schedule. `python -m flows.serve > prefect.yaml` writes
the same deployments for work pools.
"""

from __future__ import annotations

import asyncio
import os
import pkgutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from types import ModuleType
from typing import Any

import httpx
from prefect import Flow, get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.deployments.runner import EntrypointType  # type: ignore[attr-defined]  # it is imported there, and exported nowhere
from prefect.exceptions import PrefectHTTPStatusError
from prefect.runner import Runner
from prefect.settings import get_current_settings

import flows
from flows.support.automations import HEARTBEAT, make_automations
from flows.support.keeper import Keeper
from pipeline import __version__, telemetry
from pipeline.errors import DatelineError, Fatal, Retry
from pipeline.process.health import NotReady, serve_health
from pipeline.settings import settings

TAG = "dateline"
"""Of every deployment, and so of every run."""
STARTING = 120
"""Seconds in which a run has to begin; then its slot is given to the next."""
LIMIT = 8
"""Runs at once, of all flows of this process."""
STALE = 90.0
"""Seconds without an answer of the server, after which `/readyz` says so."""
_AGAIN = 3.0


@dataclass(frozen=True)
class Served:
    """A flow and how it is deployed, under its own name."""

    flow: Flow[..., Any]
    schedule: float | str | None = None
    """Seconds, or a cron line."""
    concurrency: int | None = None


def find_flows() -> list[Served]:
    """Every flow of this package's files, by file and then as declared. Raises TypeError for a file without a flow of its
    name."""
    names = sorted(module.name for module in pkgutil.iter_modules(flows.__path__) if not module.ispkg)
    return [served for name in names if name != "serve" for served in _flows_of(import_module(f"flows.{name}"), name)]


def serve_flows(served: list[Served] | None = None, wait: float = 0.0) -> None:
    """Register a deployment of each flow, and run those that are due or asked for, until stopped. Look after all runs.

    A server that goes away meanwhile is waited for. Raises Retry where it doesn't answer at the start, nor within `wait`
    seconds, Fatal where none is configured.
    """
    keeper = Keeper(TAG)
    current: list[Runner] = []
    _environment()
    runner = _first(served, time.monotonic() + wait)
    current.append(runner)
    serve_health(settings().bind, settings().flows_port, lambda: _ready(current[-1], keeper), "DATELINE_FLOWS_PORT")
    keeper.start()
    while True:
        try:
            asyncio.run(runner.start())
            return
        except KeyboardInterrupt:
            return
        except Exception as e:  # whatever it is, unless the server is away it ends this
            if not _is_away(e):
                raise
            telemetry.SERVER_AWAY(problem=where())
        runner = _when_it_answers(served)
        current.append(runner)


def deployment(served: Served) -> Any:
    """As Prefect's runner takes it."""
    flow: Any = served.flow
    limit = (
        ConcurrencyLimitConfig(limit=served.concurrency, grace_period_seconds=STARTING) if served.concurrency else None
    )
    kind = "cron" if isinstance(served.schedule, str) else "interval"
    own = flow.fn.__module__.startswith(f"{flows.__name__}.")
    return flow.to_deployment(
        name=flow.name, tags=[TAG], version=__version__, concurrency_limit=limit, **{kind: served.schedule},
        # by its module: whatever the working folder is
        entrypoint_type=EntrypointType.MODULE_PATH if own else EntrypointType.FILE_PATH,
    )  # fmt: skip


def where() -> str:
    """The server's address, for people."""
    return telemetry.without_credentials(get_current_settings().api.url or "")


def as_yaml(served: list[Served]) -> str:
    """`prefect.yaml`: the same deployments, for `prefect deploy --all` to a work pool. JSON is YAML, and so is this."""
    lines = [
        "# Made by `python -m flows.serve > prefect.yaml`; a test compares the two. `prefect deploy --all` deploys it to the",
        "# work pool `dateline`, whose workers need this project installed: for a server without `dateline flows serve`.",
        "name: dateline",
        "pull:",
        '  - prefect.deployments.steps.set_working_directory: {directory: "{{ $DATELINE_HOME }}"}',
        "deployments:",
    ]
    for one in served:
        flow: Any = one.flow
        module, attribute = flow.fn.__module__, _attribute(flow)
        lines += [
            f"  - name: {flow.name}",
            f'    version: "{__version__}"',
            f"    entrypoint: {module.replace('.', '/')}.py:{attribute}",
            f"    tags: [{TAG}]",
            "    work_pool: {name: dateline}",
        ]
        if one.concurrency:
            lines.append(f"    concurrency_limit: {one.concurrency}")
        if isinstance(one.schedule, str):
            lines.append(f'    schedules: [{{cron: "{one.schedule}", timezone: UTC}}]')
        elif one.schedule:
            lines.append(f"    schedules: [{{interval: {one.schedule}}}]")
    return "\n".join(lines) + "\n"


def _environment() -> None:
    """For the processes of the runs: lines of our own in a run's log, as JSON where that is set."""
    os.environ.setdefault("PREFECT_LOGGING_EXTRA_LOGGERS", "dateline")
    if settings().log_format == "json":
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER", "json")


def _runner(served: list[Served] | None) -> Runner:
    # its schedules go on while it is away: another runner may serve them, and what was due meanwhile is run once
    runner = Runner(name=TAG, pause_on_shutdown=False, heartbeat_seconds=HEARTBEAT, limit=LIMIT)
    for one in find_flows() if served is None else served:
        runner.add_deployment(deployment(one))
    return runner


def _first(served: list[Served] | None, until: float) -> Runner:
    while True:
        try:
            with _server_errors():
                runner = _runner(served)
                make_automations(TAG)
                return runner
        except Retry:
            if time.monotonic() > until:
                raise
            time.sleep(_AGAIN)


def _when_it_answers(served: list[Served] | None) -> Runner:
    while True:
        time.sleep(_AGAIN)
        with suppress(DatelineError), _server_errors():
            with get_client(sync_client=True) as client:
                client.read_variables(limit=1)
            return _runner(served)


def _ready(runner: Runner, keeper: Keeper) -> bool:
    polled = runner.last_polled
    if polled is None or (datetime.now(UTC) - polled).total_seconds() > STALE:
        raise NotReady("the Prefect server is not asked for runs")
    if keeper.last is None or time.monotonic() - keeper.last > STALE:
        raise NotReady("runs are not looked after")
    return True


def _is_away(error: BaseException) -> bool:
    """Whether the runner ended as the server was away for some time."""
    if isinstance(error, BaseExceptionGroup):
        return any(_is_away(one) for one in error.exceptions)
    if isinstance(error, PrefectHTTPStatusError):
        return error.response.status_code >= 500
    return isinstance(error, httpx.TransportError) or "error threshold" in str(error)


@contextmanager
def _server_errors() -> Iterator[None]:
    """Raises what the server's client raises as one of ours, with what to do."""
    address = where()
    if not address:
        raise Fatal("no Prefect server configured: set PREFECT_API_URL (like http://127.0.0.1:4200/api)")
    try:
        yield
    except PrefectHTTPStatusError as e:
        raise Fatal(f"the Prefect server at {address} refused this ({e.response.status_code}): {e}") from e
    except (httpx.HTTPError, RuntimeError) as e:
        if isinstance(e, RuntimeError) and "reach API" not in str(e):
            raise
        raise Retry(f"the Prefect server at {address} does not answer ({type(e).__name__}); is it up?") from e


def _flows_of(module: ModuleType, name: str) -> list[Served]:
    own = getattr(module, name, None)
    if not isinstance(own, Flow):
        raise TypeError(f"{module.__name__} has no flow {name}")
    others = [
        found
        for found in vars(module).values()
        if isinstance(found, Flow) and found is not own and found.fn.__module__ == module.__name__
    ]
    scheduled = Served(own, getattr(module, "SCHEDULE", None), getattr(module, "CONCURRENCY", None))
    return [scheduled, *map(Served, others)]


def _attribute(flow: Any) -> str:
    """Its name in its module."""
    return next(name for name, value in vars(sys.modules[flow.fn.__module__]).items() if value is flow)


if __name__ == "__main__":
    sys.stdout.write(as_yaml(find_flows()))
