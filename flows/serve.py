"""Serves the flows to a Prefect server: every file of this package that declares one.

A flow's file is named as its flow (`poll_feeds.py`: the flow `poll_feeds`), and may declare beside it:

- `SCHEDULE`: seconds from one run to the next; without it, or None, the flow runs when somebody asks for it;
- `CONCURRENCY`: how many runs may go on at once; without it, or None, any number.

Other flows of the file, such as a former name, are served without a schedule.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from prefect import Flow, serve

import flows


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


def serve_flows() -> None:
    """Register a deployment of each flow, and run those that are due or asked for, until stopped."""
    serve(*map(deployment, find_flows()))


def deployment(served: Served) -> Any:
    """As Prefect's runner takes it."""
    flow: Any = served.flow
    return flow.to_deployment(
        name=served.flow.name, tags=["dateline"], interval=served.schedule, concurrency_limit=served.concurrency
    )


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
