"""The names of erased persons, which the runs of `erase` had in their parameters: Prefect keeps those as long as a run.

A run takes its own name out however it ends. One that was killed, was cancelled before it began, had parameters that are
not allowed, or is of an earlier version could not: later runs of `erase` do it, and `retention` every night.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any
from uuid import UUID

import httpx
from prefect import get_client
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.runtime import flow_run

from pipeline.errors import Retry

FLOW = "erase"
PARAMETER = "author"
_TAKEN_OUT = re.compile(r"erased \([0-9a-f]{16}\)")
_ENDED = [StateType.COMPLETED, StateType.FAILED, StateType.CRASHED, StateType.CANCELLED]
"""A run that is still to begin needs its name."""
_PAGE = 200


def is_taken_out(author: object) -> bool:
    """Whether it is what stands in place of a name."""
    return isinstance(author, str) and _TAKEN_OUT.fullmatch(author) is not None


def in_place_of(author: object) -> str:
    """What distinguishes two names without showing them."""
    return f"erased ({hashlib.sha256(str(author).strip().casefold().encode()).hexdigest()[:16]})"


def take_out_own(author: str) -> None:
    """Out of this run's parameters."""
    if own := flow_run.get_id():
        parameters = {**flow_run.get_parameters(), PARAMETER: in_place_of(author)}
        with get_client(sync_client=True) as client:
            client.update_flow_run(UUID(own), parameters=parameters)


def take_out_earlier() -> int:
    """Out of the parameters of every run that has ended; of how many. Repeating it goes on. Raises Retry."""
    try:
        with get_client(sync_client=True) as client:
            return _take_out(client)
    except httpx.HTTPError as e:
        raise Retry(
            f"Prefect's server does not answer ({type(e).__name__}); names of erased persons may be left"
        ) from e


def _take_out(client: Any) -> int:
    ended = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_ENDED)))
    of_flow = FlowFilter(name=FlowFilterName(any_=[FLOW]))
    done = offset = 0
    while True:
        found = client.read_flow_runs(
            flow_filter=of_flow, flow_run_filter=ended, sort=FlowRunSort.ID_DESC, limit=_PAGE, offset=offset
        )
        for run in found:
            if PARAMETER in run.parameters and not is_taken_out(author := run.parameters[PARAMETER]):
                client.update_flow_run(run.id, parameters={**run.parameters, PARAMETER: in_place_of(author)})
                done += 1
        if len(found) < _PAGE:
            return done
        offset += len(found)
