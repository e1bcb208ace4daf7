"""Rules, alerts and the dashboard: valid, about metrics that there are, and about every metric that there is."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import Histogram

from pipeline.telemetry import METRICS, exposed_name
from tests.conftest import ROOT
from tests.support.waiting import PATIENCE

FOLDER = ROOT / "docker/prometheus"
RULES = [rule for name in ("rules", "alerts") for group in yaml.safe_load((FOLDER / f"{name}.yml").read_text())["groups"] for rule in group["rules"]]  # fmt: skip
DASHBOARD = json.loads((ROOT / "docker/grafana/dashboards/dateline.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
OF_CLIENTS = {
    "up", "ALERTS", "process_start_time_seconds", "process_resident_memory_bytes", "process_cpu_seconds_total",
}  # fmt: skip
"""Metrics of Prometheus itself, and of its client in each process."""
LABELS = {exposed_name(metric): set(metric._labelnames) for metric in METRICS}
RECORDED = {rule["record"] for rule in RULES if "record" in rule}


def names(metric: Any) -> set[str]:
    """Those under which a metric is asked for."""
    name = exposed_name(metric)
    return {f"{name}_{end}" for end in ("bucket", "sum", "count")} if isinstance(metric, Histogram) else {name}


KNOWN = {name for metric in METRICS for name in names(metric)} | OF_CLIENTS | RECORDED


def asked(expr: str) -> set[tuple[str, frozenset[str]]]:
    """The metrics of an expression, each with the labels by which it is chosen. Raises ValueError where it is not PromQL."""
    found = re.findall(r"([a-zA-Z_:][\w:]*)\{([^}]*)\}", promql_parser.parse(expr).prettify())
    plain = re.findall(r"\b(?:dateline|process)[\w:]+|\bup\b|\bALERTS\b", expr)
    chosen = {(name, frozenset(re.findall(r"(\w+)\s*(?:=|!)", inside))) for name, inside in found}
    return chosen | {(name, frozenset()) for name in plain}


def expressions() -> Iterator[tuple[str, str]]:
    for rule in RULES:
        yield rule.get("record") or rule["alert"], rule["expr"]
    for panel in PANELS:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


@pytest.mark.parametrize(("where", "expr"), list(expressions()))
def test_an_expression_is_promql_and_asks_for_what_there_is(where: str, expr: str) -> None:
    for name, labels in asked(expr):
        assert name in KNOWN, f"{where} asks for {name}, which nothing has"
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        if base in LABELS:
            assert labels - {"job", "instance", "le"} <= LABELS[base], f"{where}: {name} has no such label"


def test_what_the_check_would_find() -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the library's own
        asked("sum(rate(dateline_records_total[5m])")
    assert ("dateline_record_total", frozenset({"stage"})) in asked('rate(dateline_record_total{stage="x"}[5m])')


def test_every_metric_is_in_a_panel() -> None:
    shown = {name for panel in PANELS for target in panel["targets"] for name, _ in asked(target["expr"])}
    while more := {name for rule in RULES if rule.get("record") in shown for name, _ in asked(rule["expr"])} - shown:
        shown |= more
    assert [exposed_name(metric) for metric in METRICS if not names(metric) & shown] == []
    assert shown >= RECORDED, "recorded and shown nowhere"


def test_the_dashboard_is_made_by_its_code() -> None:
    made = runpy.run_path(str(ROOT / "scripts/dashboard.py"))["dashboard"]()
    assert made == DASHBOARD, "run python scripts/dashboard.py > docker/grafana/dashboards/dateline.json"


def test_panels_have_places_of_their_own_and_the_provisioned_source() -> None:
    source = yaml.safe_load((ROOT / "docker/grafana/provisioning/datasources/prometheus.yml").read_text())["datasources"][0]  # fmt: skip
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
    assert {panel["datasource"]["uid"] for panel in PANELS} == {source["uid"]}
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_an_alert_says_what_is_wrong_how_urgent_it_is_and_what_helps() -> None:
    text = (ROOT / "docs/runbook.md").read_text()
    headings = {re.sub(r"[^a-z0-9 -]", "", row.lstrip("# ").lower()).replace(" ", "-") for row in text.splitlines() if row.startswith("## ")}  # fmt: skip
    for rule in RULES:
        if "alert" in rule:
            assert rule["labels"]["severity"] in {"page", "ticket"}
            assert rule["annotations"]["summary"]
            assert rule["annotations"]["runbook"] in headings, rule["alert"]


def test_events_of_rules_are_in_the_list() -> None:
    from pipeline.telemetry import EVENTS

    known = {event.name for event in EVENTS}
    for where, expr in expressions():
        for value in re.findall(r'event(?:=|=~|!~)"([^"]*)"', expr):
            assert set(value.split("|")) <= known, where


def test_prometheus_finds_each_process_where_it_listens() -> None:
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for job in config["scrape_configs"]:
        if "dns_sd_configs" in job:
            (found,) = job["dns_sd_configs"]
            assert found["names"] == [job["job_name"]]
            assert services[job["job_name"]]["healthcheck"]["test"][:3] == ["CMD", "healthy", str(found["port"])]
    assert set(config["rule_files"]) == {path.name for path in FOLDER.glob("*.yml")} - {"prometheus.yml", "tests.yml"}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_promtool_agrees() -> None:
    for command in (["check", "config", "prometheus.yml"], ["test", "rules", "tests.yml"]):
        ran = subprocess.run(
            ["promtool", *command], cwd=FOLDER, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
