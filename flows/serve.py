"""Serves the flows to a Prefect server: every file of this package that declares one.

A flow's file is named as its flow (`poll_feeds.py`: the flow `poll_feeds`), and may declare beside it:

- `SCHEDULE`: seconds from one run to the next; without it, or None, the flow runs when somebody asks for it;
- `CONCURRENCY`: how many runs may go on at once; without it, or None, any number.

Other flows of the file, such as a former name, are served without a schedule.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from types import ModuleType
from typing import Any

import httpx
from prefect import Flow, get_client, serve
from prefect.automations import AutomationCore, ChangeFlowRunState, EventTrigger, Posture
from prefect.client.schemas.objects import ConcurrencyLimitConfig, StateType
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import get_current_settings

import flows
from pipeline.errors import Fatal, Retry

TAG = "dateline"
"""Of every deployment, and so of every run."""
HEARTBEAT = 30
"""Seconds between two signs of life of a run: the least that Prefect allows."""
SILENCE = timedelta(seconds=100)
"""How long a run may be silent until it is taken for dead."""
STARTING = 120
"""Seconds in which a run has to begin; then its slot is given to the next."""
_ALIVE = "prefect.flow-run.heartbeat"
_ENDED = frozenset(f"prefect.flow-run.{name}" for name in ("Completed", "Failed", "Cancelled", "Crashed"))


@dataclass(frozen=True)
class Served:
    """A flow and how it is deployed, under its own name."""

    flow: Flow[..., Any]
    schedule: float | None = None
    """Seconds."""
    concurrency: int | None = None


def find_flows() -> list[Served]:
    """Every flow of this package's files, by file and then as declared. Raises TypeError for a file without a flow of its
    name."""
    names = sorted(module.name for module in pkgutil.iter_modules(flows.__path__))
    return [served for name in names if name != "serve" for served in _flows_of(import_module(f"flows.{name}"), name)]


def serve_flows(served: list[Served] | None = None, silence: timedelta = SILENCE) -> None:
    """Register a deployment of each flow, and run those that are due or asked for, until stopped.

    A server that goes away meanwhile is waited for. Raises Retry where it doesn't answer at the start, Fatal where none is
    configured.
    """
    with _server_errors():
        release_dead_runs(silence)
        serve(*map(deployment, find_flows() if served is None else served), heartbeat_seconds=HEARTBEAT)


def deployment(served: Served) -> Any:
    """As Prefect's runner takes it."""
    flow: Any = served.flow
    limit = (
        ConcurrencyLimitConfig(limit=served.concurrency, grace_period_seconds=STARTING) if served.concurrency else None
    )
    return flow.to_deployment(name=served.flow.name, tags=[TAG], interval=served.schedule, concurrency_limit=limit)


def release_dead_runs(silence: timedelta) -> None:
    """Have the server take a run that is silent for that long for crashed, which gives its slot back.

    A runner notices at once that the process of a run is gone. Where it is gone itself (a lost container, no memory), its
    runs would stay Running, and hold up the next ones for as long as their lease (five minutes), or for good once the
    server lost that. A run that is lost before its first sign of life has its lease only.
    """
    seconds = round(silence.total_seconds())
    name = f"{TAG}: a run without a sign of life for {seconds} s has crashed"
    wanted = AutomationCore(
        name=name,
        description="Made by `dateline flows serve`. A run whose process was lost ends as Crashed, so that the next can run.",
        trigger=EventTrigger(
            after={_ALIVE},
            expect={_ALIVE, *_ENDED},
            match={"prefect.resource.id": "prefect.flow-run.*"},
            match_related={"prefect.resource.id": f"prefect.tag.{TAG}", "prefect.resource.role": "tag"},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=silence,
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message=f"no sign of life for {seconds} s")],
    )
    with get_client(sync_client=True) as client:
        # one that is there is left as it is: changed, it would forget the runs that it is watching
        if not client.read_automations_by_name(name):
            client.create_automation(wanted)


@contextmanager
def _server_errors() -> Iterator[None]:
    """Raises what the server's client raises as one of ours, with what to do."""
    where = get_current_settings().api.url
    if not where:
        raise Fatal("no Prefect server configured: set PREFECT_API_URL (like http://127.0.0.1:4200/api)")
    try:
        yield
    except PrefectHTTPStatusError as e:
        raise Fatal(f"the Prefect server at {where} refused this ({e.response.status_code}): {e}") from e
    except (httpx.HTTPError, RuntimeError) as e:
        if isinstance(e, RuntimeError) and "reach API" not in str(e):
            raise
        raise Retry(f"the Prefect server at {where} does not answer ({type(e).__name__}); is it up?") from e


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
