"""How a flow of ours is declared: name, version, timeout and description in one place, and tasks that repeat I/O only."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from prefect import Flow, flow, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from pipeline import __version__
from pipeline.errors import Retry
from pipeline.logs import quiet_libraries, without_tracebacks_of_ours

quiet_libraries()  # of every process that runs a flow
without_tracebacks_of_ours()

P = ParamSpec("P")
R = TypeVar("R")

_DELAYS = [2.0, 5.0, 10.0, 30.0, 60.0]
"""Seconds before each repetition of a task whose engine was away."""


def operation(name: str, *, minutes: float) -> Callable[[Callable[P, R]], Flow[P, R]]:
    """Declares a flow that ends as timed out after so many minutes. The form of Prefect's page is made from its signature
    (types, limits, defaults) and from `Args:` of its docstring; what stands before that is its description."""

    def declare(function: Callable[P, R]) -> Flow[P, R]:
        text = inspect.cleandoc(function.__doc__ or "").partition("\nArgs:")[0].strip()
        declared: Any = flow(
            name=name, version=__version__, description=text, timeout_seconds=minutes * 60, log_prints=False
        )(function)
        found: Flow[P, R] = declared
        return found

    return declare


def io_task(name: str, retries: int = len(_DELAYS)) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declares a task that is done again where an engine was away, and never for anything else: that would fail again."""

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        declared: Any = task(
            name=name, retries=retries, retry_delay_seconds=_DELAYS[:retries], retry_condition_fn=worth_retrying,
            cache_policy=NO_CACHE, log_prints=False,
        )(function)  # fmt: skip
        found: Callable[P, R] = declared
        return found

    return declare


def worth_retrying(_task: Any, _run: Any, state: Any) -> bool:
    """Whether it failed because an engine was away; anything else would fail again."""
    try:
        state.result()
    except Retry:
        return True
    except Exception:  # whatever else it ended with
        return False
    return False


def who(by: str | None) -> str:
    """Who is named in the audit trail: the name that was given, or the run."""
    return by or f"flow {flow_run.get_flow_name() or 'of Dateline'} ({flow_run.get_name() or 'no run'})"
