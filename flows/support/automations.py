"""Automations on the server, which `dateline flows serve` makes. One that is there is left as it is: changed, it would forget
the runs that it is watching, and an operator may have turned it on or off."""

from __future__ import annotations

from datetime import timedelta

from prefect import get_client
from prefect.automations import AutomationCore, ChangeFlowRunState, EventTrigger, Posture
from prefect.client.schemas.objects import StateType

HEARTBEAT = 30
"""Seconds between two signs of life of a run: the least that Prefect allows."""
SILENCE = timedelta(seconds=100)
"""How long a run may be silent until the server takes it for dead."""
_ALIVE = "prefect.flow-run.heartbeat"
_ENDED = frozenset(f"prefect.flow-run.{name}" for name in ("Completed", "Failed", "Cancelled", "Crashed"))


def make_automations(tag: str) -> None:
    """Make those that are not there. Raises what the client raises."""
    with get_client(sync_client=True) as client:
        for wanted in (lost_runs(tag),):
            if not client.read_automations_by_name(wanted.name):
                client.create_automation(wanted)


def lost_runs(tag: str) -> AutomationCore:
    """Has the server take a run that is silent for SILENCE for crashed: the last resort, for a run that is lost with every
    `dateline flows serve` (which notices one within a minute, keeper.py)."""
    seconds = round(SILENCE.total_seconds())
    return AutomationCore(
        name=f"{tag}: a run without a sign of life for {seconds} s has crashed",
        description="Made by `dateline flows serve`. A run whose process was lost ends as Crashed, so that the next can run.",
        trigger=EventTrigger(
            after={_ALIVE},
            expect={_ALIVE, *_ENDED},
            match={"prefect.resource.id": "prefect.flow-run.*"},
            match_related={"prefect.resource.id": f"prefect.tag.{tag}", "prefect.resource.role": "tag"},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENCE,
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message=f"no sign of life for {seconds} s")],
    )
