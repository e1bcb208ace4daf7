"""The Grafana dashboard, as code: `python scripts/dashboard.py > docker/grafana/dashboards/dateline.json`.

A row of panels for each question that an operator has, from the top: is all well, is news on time, where does it wait, what is
refused, how are the engines, how are the APIs. A test compares the file with what this makes.
"""

from __future__ import annotations

import json
import sys
from typing import Any

_SOURCE = {"type": "prometheus", "uid": "prometheus"}
_COLUMNS = 24
_JOBS = "worker|indexer|ingest-api|search-api|alerts|status-page|flows"

Panel = dict[str, Any]


def targets(*queries: tuple[str, str]) -> list[dict[str, str]]:
    return [{"refId": chr(65 + n), "expr": expr, "legendFormat": legend} for n, (expr, legend) in enumerate(queries)]


def graph(title: str, unit: str, *queries: tuple[str, str], text: str = "", stacked: bool = False) -> Panel:
    """Lines over time. `queries` are expressions with the legend of each."""
    drawn: dict[str, Any] = {
        "drawStyle": "line",
        "fillOpacity": 20 if stacked else 8,
        "showPoints": "never",
        "spanNulls": 60_000,
    }
    if stacked:
        drawn["stacking"] = {"mode": "normal", "group": "A"}
    return {
        "type": "timeseries", "title": title, "description": text, "datasource": _SOURCE, "targets": targets(*queries),
        "fieldConfig": {"defaults": {"unit": unit, "min": 0, "custom": drawn}, "overrides": []},
        "options": {"legend": {"displayMode": "table", "placement": "bottom", "calcs": ["lastNotNull", "max"]}, "tooltip": {"mode": "multi", "sort": "desc"}},
    }  # fmt: skip


def number(
    title: str, unit: str, expr: str, legend: str, steps: list[tuple[float | None, str]], text: str = ""
) -> Panel:
    """The latest value, coloured by `steps`: from which value on, which colour."""
    thresholds = {"mode": "absolute", "steps": [{"value": value, "color": colour} for value, colour in steps]}
    return {
        "type": "stat", "title": title, "description": text, "datasource": _SOURCE, "targets": targets((expr, legend)),
        "fieldConfig": {"defaults": {"unit": unit, "thresholds": thresholds}, "overrides": []},
        "options": {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "background", "graphMode": "area", "textMode": "value_and_name"},
    }  # fmt: skip


GOOD_ABOVE_ZERO: list[tuple[float | None, str]] = [(None, "red"), (1, "green")]
BAD_ABOVE_ZERO: list[tuple[float | None, str]] = [(None, "green"), (1, "red")]

ROWS: list[tuple[str, list[Panel]]] = [
    ("Is all well?", [
        number("Processes up", "none", f'sum by (job) (up{{job=~"{_JOBS}"}})', "{{job}}", GOOD_ABOVE_ZERO),
        number("Not ready", "none", "count(dateline_ready == 0) or vector(0)", "processes", BAD_ABOVE_ZERO),
        number("Started again, last hour", "none", f'sum by (job) (changes(process_start_time_seconds{{job=~"{_JOBS}"}}[1h]))', "{{job}}", [(None, "green"), (1, "yellow"), (3, "red")]),
        number("Alerts", "none", 'count(ALERTS{alertstate="firing"}) or vector(0)', "firing", BAD_ABOVE_ZERO),
        number("Behind", "short", "sum by (job) (dateline:lag)", "{{job}}", [(None, "green"), (1000, "yellow"), (100_000, "red")]),
        number("Versions", "none", "count by (version, process) (dateline_build_info)", "{{process}} {{version}}", [(None, "blue")]),
    ]),
    ("Is news on time?", [
        graph("From receipt to the index: articles", "s", ('dateline:indexed_seconds:p50{index="articles"}', "half of them"), ('dateline:indexed_seconds:p95{index="articles"}', "19 of 20"), ('dateline:indexed_seconds:p99{index="articles"}', "99 of 100"), text="New articles. They can be searched within a second more."),
        graph("From receipt to the index: comments", "s", ('dateline:indexed_seconds:p50{index="comments"}', "half of them"), ('dateline:indexed_seconds:p95{index="comments"}', "19 of 20"), ('dateline:indexed_seconds:p99{index="comments"}', "99 of 100")),
        graph("Within five seconds, of the last hour", "percentunit", ("dateline:indexed_in_time:ratio1h", "in time"), text="The objective is 95 of 100."),
    ]),
    ("Where does it wait?", [
        graph("Lag by topic", "short", ("dateline:lag", "{{job}} {{topic}}"), text="Offsets that are not finished yet, as of the last fetch."),
        graph("Until caught up", "s", ("dateline:lag:seconds", "{{job}}"), text="At the pace of the last ten minutes. No line: it doesn't become less."),
        graph("In progress in the workers", "short", ("sum by (topic) (dateline_records_in_progress)", "{{topic}}")),
        graph("Partitions of each process", "none", ("sum by (instance, job) (dateline_partitions)", "{{job}} {{instance}}")),
        graph("Seconds of a batch (19 of 20)", "s", ("dateline:batch_seconds:p95", "{{stage}}")),
        graph("Records of a batch", "short", ("sum by (stage) (rate(dateline_batch_records_sum[5m])) / sum by (stage) (rate(dateline_batch_records_count[5m]))", "{{stage}}")),
    ]),
    ("What becomes of it?", [
        graph("Records by stage", "ops", ("sum by (stage) (dateline:records:rate5m)", "{{stage}}")),
        graph("Records by outcome", "ops", ("dateline:records:rate5m", "{{stage}} {{outcome}}"), stacked=True),
        graph("Refused, by reason", "ops", ("dateline:refused:rate5m", "{{stage}} {{reason}}"), stacked=True),
        graph("Share that is refused", "percentunit", ("dateline:refused:ratio5m", "{{stage}}")),
        graph("Warnings and errors in the logs", "short", ('sum by (event) (increase(dateline_events_total{event!~"batch_done|not_ready|partitions_ready"}[5m])) > 0', "{{event}}")),
        graph("Spans of traces", "ops", ("sum by (outcome) (rate(dateline_spans_total[5m]))", "{{outcome}}"), stacked=True, text="Where DATELINE_TRACES is on. Failed and dropped ones are lost, and nothing else is."),
        graph("Offsets that retention removed unread", "short", ("sum by (topic) (increase(dateline_deleted_records_total[1h]))", "{{topic}}")),
    ]),
    ("How is Elasticsearch?", [
        graph("Seconds of a bulk request", "s", ("dateline:bulk_seconds:p95", "19 of 20")),
        graph("Bulk requests by outcome", "ops", ("sum by (outcome) (rate(dateline_bulk_seconds_count[5m]))", "{{outcome}}"), stacked=True),
        graph("Operations of a bulk request", "short", ("sum(rate(dateline_bulk_documents_sum[5m])) / sum(rate(dateline_bulk_documents_count[5m]))", "mean")),
        graph("Hidden later in the backlog", "short", ("sum by (instance) (dateline_foreseen_items)", "{{instance}}"), text="Items that the indexer keeps from readers ahead of time."),
    ]),
    ("How are the workers?", [
        graph("Rows of the tables", "short", ("sum by (table) (dateline_table_rows)", "{{table}}")),
        graph("Files of the tables", "bytes", ("sum by (table) (dateline_table_bytes)", "{{table}}"), text="With DATELINE_STATE_STORE=rocksdb."),
        graph("Memory of the processes", "bytes", (f'process_resident_memory_bytes{{job=~"{_JOBS}"}}', "{{job}} {{instance}}")),
        graph("Cores in use", "short", (f'rate(process_cpu_seconds_total{{job=~"{_JOBS}"}}[5m])', "{{job}} {{instance}}")),
    ]),
    ("How are the APIs?", [
        graph("Pushes by provider", "reqps", ("sum by (provider) (rate(dateline_push_requests_total[5m]))", "{{provider}}")),
        graph("Pushes that are refused", "reqps", ('sum by (provider, status) (rate(dateline_push_requests_total{status!~"2.."}[5m]))', "{{provider}} {{status}}")),
        graph("Requests by route", "reqps", ('sum by (job, route) (rate(dateline_http_seconds_count{route!~"/healthz|/readyz|/metrics"}[5m]))', "{{job}} {{route}}")),
        graph("Seconds of a request (19 of 20)", "s", ('dateline:http_seconds:p95{route!~"/healthz|/readyz|/metrics"}', "{{job}} {{route}}")),
        graph("Answered with 5xx", "percentunit", ("dateline:http_errors:ratio5m", "{{job}}")),
    ]),
    ("Are saved searches told?", [
        graph("Saved searches", "short", ("max(dateline_saved_searches)", "compared with")),
        graph("Alerts", "ops", ("sum by (kind) (rate(dateline_alerts_total[5m]))", "{{kind}}"), stacked=True),
        graph("Seconds of a batch, by step (mean)", "s", ("sum by (step) (rate(dateline_alert_seconds_sum[5m])) / sum by (step) (rate(dateline_alert_seconds_count[5m]))", "{{step}}"), stacked=True),
        graph("Attempts of webhooks", "ops", ("sum by (state) (rate(dateline_webhook_attempts_total[5m]))", "{{state}}")),
    ]),
]  # fmt: skip


def dashboard() -> dict[str, Any]:
    panels: list[Panel] = []
    y = 0
    for title, row in ROWS:
        panels.append({"type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": {"x": 0, "y": y, "w": _COLUMNS, "h": 1}})  # fmt: skip
        y += 1
        small = row[0]["type"] == "stat"
        across = min(len(row), 6 if small else 3)
        width, height = _COLUMNS // across, 5 if small else 8
        for n, panel in enumerate(row):
            place = {"x": n % across * width, "y": y + n // across * height, "w": width, "h": height}
            panels.append(panel | {"gridPos": place})
        y += -(-len(row) // across) * height
    return {
        "uid": "dateline", "title": "Dateline", "tags": ["dateline"], "schemaVersion": 41, "editable": False, "graphTooltip": 1,
        "time": {"from": "now-3h", "to": "now"}, "refresh": "30s", "timezone": "browser", "templating": {"list": []},
        "annotations": {"list": [{
            "name": "Alerts", "datasource": _SOURCE, "enable": True, "iconColor": "red", "expr": 'ALERTS{alertstate="firing"}', "titleFormat": "{{alertname}}", "textFormat": "{{job}} {{instance}}",
        }]},
        "panels": [{"id": n, **panel} for n, panel in enumerate(panels, 1)],
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(dashboard(), sys.stdout, indent=1)
    sys.stdout.write("\n")
