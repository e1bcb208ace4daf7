"""Every event that is logged, with its level, its meaning and its fields. A new one is a line in a file of this package."""

from __future__ import annotations

from pipeline.telemetry.event import Event
from pipeline.telemetry.events import indexer, services, worker
from pipeline.telemetry.events.indexer import *  # noqa: F403 - each is used as telemetry.NAME
from pipeline.telemetry.events.services import *  # noqa: F403 - each is used as telemetry.NAME
from pipeline.telemetry.events.worker import *  # noqa: F403 - each is used as telemetry.NAME
from pipeline.telemetry.metrics import EVENTS_TOTAL

EVENTS = tuple(
    value for module in (worker, indexer, services) for value in vars(module).values() if isinstance(value, Event)
)
"""Every event, in the order of these files."""
for _event in EVENTS:
    EVENTS_TOTAL.labels(_event.name)  # from 0 on, so that the first one is an increase
del _event
