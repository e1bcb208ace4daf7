"""Automations on the server, which `dateline flows serve` makes. One that is there is left as it is: changed, it would forget
the runs that it is watching, and an operator may have turned it on or off. Those that start a flow are off at first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from prefect import get_client
from prefect.automations import (
    AutomationCore,
    ChangeFlowRunState,
    DoNothing,
    EventTrigger,
    Posture,
    RunDeployment,
)
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound

HEARTBEAT = 30
"""Seconds between two signs of life of a run: the least that Prefect allows."""
SILENCE = timedelta(seconds=100)
"""How long a run may be silent until the server takes it for dead."""
UNWATCHED = timedelta(minutes=5)
_ALIVE = "prefect.flow-run.heartbeat"
_ENDED = frozenset(f"prefect.flow-run.{name}" for name in ("Completed", "Failed", "Cancelled", "Crashed"))
_MADE = "Made by `dateline flows serve`."

REPAIRS: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("records that failed are replayed", "dateline.breach.over", "records-failed", "replay-dead-letters", {"reason": "failed"}),
    ("an index that was missing is compared", "dateline.breach.over", "index-missing", "reconcile", {"repair": False}),
    ("a full disk is cleared of what has expired", "dateline.breach.began", "disk", "retention", {}),
)  # fmt: skip
"""Name, event, kind of the finding, flow that is started, and its parameters."""


def make_automations(tag: str) -> None:
    """Make those that are not there. Raises what the client raises."""
    with get_client(sync_client=True) as client:
        for wanted in (lost_runs(tag), unwatched(tag), *_repairs(client, tag)):
            if not client.read_automations_by_name(wanted.name):
                client.create_automation(wanted)


def lost_runs(tag: str) -> AutomationCore:
    """Has the server take a run that is silent for SILENCE for crashed: the last resort, for a run that is lost with every
    `dateline flows serve` (which notices one within a minute, keeper.py)."""
    seconds = round(SILENCE.total_seconds())
    return AutomationCore(
        name=f"{tag}: a run without a sign of life for {seconds} s has crashed",
        description=f"{_MADE} A run whose process was lost ends as Crashed, so that the next can run.",
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


def unwatched(tag: str) -> AutomationCore:
    """Fires where nothing watches any more. Give it a notification of your own as its action."""
    return AutomationCore(
        name=f"{tag}: nobody has watched for {round(UNWATCHED.total_seconds() / 60)} minutes",
        description=f"{_MADE} The flow watch has not run. Give it a notification as its action.",
        trigger=EventTrigger(
            after={"dateline.watched"},
            expect={"dateline.watched"},
            match={"prefect.resource.id": "dateline.*"},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=UNWATCHED,
        ),
        actions=[DoNothing()],
    )


def _repairs(client: Any, tag: str) -> Iterator[AutomationCore]:
    for name, event, kind, flow, parameters in REPAIRS:
        try:
            deployment = client.read_deployment_by_name(f"{flow}/{flow}")
        except ObjectNotFound:
            continue  # it is not served here
        yield AutomationCore(
            name=f"{tag}: {name}",
            description=f"{_MADE} Off until you turn it on.",
            enabled=False,
            trigger=EventTrigger(
                expect={event},
                match={"dateline.kind": kind},
                posture=Posture.Reactive,
                threshold=1,
                within=timedelta(0),
            ),
            actions=[RunDeployment(source="selected", deployment_id=deployment.id, parameters=parameters)],
        )
