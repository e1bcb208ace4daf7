"""Everything that is logged and counted: events/ and metrics.py have the lists. docs/telemetry.md is made from them, and a
test compares the two.

A log line is an event of the list with its fields: `commit_delayed error=TimeoutError`, as text or as JSON (logs.py). Each
event is counted under its name too (`dateline_events_total`).
"""

from pipeline.telemetry.event import Event as Event
from pipeline.telemetry.event import without_credentials as without_credentials
from pipeline.telemetry.events import *  # noqa: F403 - each is used as telemetry.NAME
from pipeline.telemetry.events import EVENTS as EVENTS
from pipeline.telemetry.metrics import *  # noqa: F403 - each is used as telemetry.NAME
from pipeline.telemetry.metrics import METRICS as METRICS
from pipeline.telemetry.metrics import exposed_name as exposed_name
from pipeline.telemetry.page import markdown as markdown
