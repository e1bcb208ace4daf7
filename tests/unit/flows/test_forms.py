"""What Prefect's page shows of the flows: forms that explain themselves, schedules, and the same in prefect.yaml."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml
from prefect.utilities.callables import parameter_schema

from flows.serve import TAG, Served, as_yaml, deployment, find_flows
from pipeline import __version__
from tests.conftest import ROOT

FOUND = {served.flow.name: served for served in find_flows()}
FORMER = {"expire-trends", "forget"}
NAMES = {
    "backfill", "erase", "kill", "poll-feeds", "reconcile", "reindex", "replay-dead-letters", "retention", "snapshot", "watch",
}  # fmt: skip


def test_these_are_the_flows() -> None:
    assert set(FOUND) == NAMES | FORMER
    scheduled = {name for name, served in FOUND.items() if served.schedule}
    assert scheduled == {"poll-feeds", "reconcile", "retention", "snapshot", "watch"}


@pytest.mark.parametrize("served", FOUND.values(), ids=FOUND)
def test_a_form_explains_itself(served: Served) -> None:
    schema: dict[str, Any] = parameter_schema(served.flow).model_dump_for_openapi()
    for name, field in schema["properties"].items():
        assert field.get("description", "").endswith((".", ")")), f"{served.flow.name}: {name} is not explained"
        for one in field.get("anyOf", [field]):
            limits = {"minimum", "maxLength", "maxItems", "enum", "format", "pattern", "const"} & set(one)
            assert limits or one.get("type") in ("boolean", "null"), f"{served.flow.name}: {name} has no limits"
    assert served.flow.description
    assert "Args:" not in served.flow.description
    assert served.flow.version == __version__
    assert served.flow.timeout_seconds


@pytest.mark.parametrize("served", FOUND.values(), ids=FOUND)
def test_a_deployment_has_all_that_is_declared(served: Served) -> None:
    made = deployment(served)
    assert made.tags == [TAG]
    assert made.entrypoint.startswith("flows."), "by its module, whatever the working folder is"
    assert made.concurrency_limit == served.concurrency
    shown = [getattr(one.schedule, "cron", None) or one.schedule.interval for one in made.schedules]
    wanted = timedelta(seconds=served.schedule) if isinstance(served.schedule, int | float) else served.schedule
    assert shown == ([wanted] if wanted else [])


def test_work_pools_get_the_same_deployments() -> None:
    text = (ROOT / "prefect.yaml").read_text()
    assert text == as_yaml(find_flows()), "python -m flows.serve > prefect.yaml"
    read = yaml.safe_load(text)
    assert {one["name"] for one in read["deployments"]} == NAMES | FORMER
    for one in read["deployments"]:
        file, _, attribute = one["entrypoint"].partition(":")
        assert f"{attribute}" in (ROOT / file).read_text()
