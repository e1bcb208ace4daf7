"""docs/telemetry.md, made from the lists."""

from __future__ import annotations

import logging

from pipeline.telemetry.events import EVENTS
from pipeline.telemetry.metrics import METRICS, exposed_name


def markdown() -> str:
    """docs/telemetry.md: every event and every metric with its meaning."""
    lines = [
        "# Logs and metrics",
        "",
        "Made from `pipeline/telemetry` by `python -m pipeline.telemetry > docs/telemetry.md`; a test compares the two.",
        "",
        "## Log events",
        "",
        "A line is the event's name and its fields: `12:00:01 WARNING commit_delayed error=TimeoutError`.",
        "With `DATELINE_LOG_FORMAT=json` the name is in `event`, the fields are in `fields`, and a traceback is in `error`.",
        "Lines of libraries, from WARNING on, have no event. Passwords in addresses and providers' keys are shown as `***`.",
        "",
        "| event | level | fields | meaning |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{event.name}` | {logging.getLevelName(event.level)} | {', '.join(event.fields)} | {event.meaning} |"
        for event in EVENTS
    ]
    lines += [
        "",
        "## Metrics",
        "",
        "On `/metrics` of each process, with those that the Prometheus client adds about the process itself.",
        "",
        "docker/prometheus has rules and alerts on them, docker/grafana a dashboard. A histogram has `_bucket`, `_sum` and `_count`.",
        "",
        "| metric | kind | labels | meaning |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{exposed_name(metric)}` | {metric._type} | {', '.join(metric._labelnames)} | {metric._documentation}. |"
        for metric in METRICS
    ]
    return "\n".join(lines) + "\n"
