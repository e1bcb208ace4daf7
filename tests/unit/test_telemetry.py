"""Log lines and metrics come from one list, which the docs show whole."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache

import pytest

from pipeline import telemetry
from pipeline.telemetry import EVENTS, EVENTS_TOTAL, METRICS, Event, exposed_name
from tests.conftest import ROOT
from tests.support.waiting import PATIENCE

LIST = "pipeline/telemetry"
LOGGING = {*(path.relative_to(ROOT).as_posix() for path in (ROOT / LIST).rglob("*.py")), "pipeline/logs.py"}
LEVELS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"}
NOT_LOGGERS = {"client.nodes.info", "tolerant.nodes.info"}
NAME_OF = {
    id(value): name for name, value in vars(telemetry).items() if isinstance(value, (Event, *map(type, METRICS)))
}


@cache
def trees() -> dict[str, ast.Module]:
    """Of every module but those that log; when a test asks for them, as each pytest worker imports this file."""
    paths = sorted(path for folder in ("pipeline", "flows") for path in (ROOT / folder).rglob("*.py"))
    names = {path.relative_to(ROOT).as_posix(): path for path in paths}
    return {name: ast.parse(path.read_text()) for name, path in names.items() if name not in LOGGING}


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the source text of what is called."""
    return ((ast.unparse(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def _wrong_events(tree: ast.Module) -> list[str]:
    """Calls of events that are not in the list, or with other fields than it has."""
    wrong = []
    for called, node in _calls(tree):
        module, _, rest = called.partition(".")
        name, _, method = rest.partition(".")
        event = vars(telemetry).get(name)
        if module != "telemetry" or (event is not None and not isinstance(event, Event)):
            continue
        if event is None or method not in ("", "to") or {one.arg for one in node.keywords} != set(event.fields):
            wrong.append(f"line {node.lineno}: {ast.unparse(node)}")
    return wrong


def _past_the_list(tree: ast.Module) -> list[str]:
    """Log lines and metrics that a module makes for itself."""
    wrong = [
        f"line {node.lineno}: {called}"
        for called, node in _calls(tree)
        if (
            called.rpartition(".")[2] in {*LEVELS, "getLogger", "basicConfig"}
            and "." in called
            and called not in NOT_LOGGERS
        )
        or called == "telemetry.Event"
    ]
    for node in ast.walk(tree):
        names = set()
        if isinstance(node, ast.ImportFrom) and node.module == "prometheus_client":
            names = {alias.name for alias in node.names} - {"CONTENT_TYPE_LATEST", "generate_latest"}
        elif isinstance(node, ast.ImportFrom) and node.module == "logging":
            names = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "pipeline.telemetry":
            names = {alias.name for alias in node.names} - {
                "without_credentials"
            }  # calls are looked for as telemetry.NAME
        elif isinstance(node, ast.Import):
            names = {alias.name for alias in node.names if alias.name.startswith("prometheus_client")}
        wrong += [f"line {getattr(node, 'lineno', 0)}: imports {name}" for name in names]
    return wrong


def test_the_docs_are_made_of_the_list() -> None:
    assert (ROOT / "docs/telemetry.md").read_text() == telemetry.markdown(), (
        "run python -m pipeline.telemetry > docs/telemetry.md"
    )
    assert "docs/telemetry.md" in (ROOT / "README.md").read_text()
    assert "telemetry.md" in (ROOT / "docs/operations.md").read_text()


def test_every_metric_and_event_is_in_the_list_once_with_its_meaning() -> None:
    defined = {id(value) for value in vars(telemetry).values() if type(value) in set(map(type, METRICS))}
    assert defined == {id(metric) for metric in METRICS}, "a metric that METRICS leaves out is not documented"
    names = [event.name for event in EVENTS] + [exposed_name(metric) for metric in METRICS]
    assert len(names) == len(set(names))
    for event in EVENTS:
        assert NAME_OF[id(event)] == event.name.upper()
        assert event.meaning.endswith((".", "`."))
        assert len(event.meaning) > 15
        assert "|" not in event.meaning
        assert len(set(event.fields)) == len(event.fields)
    for metric in METRICS:
        assert len(metric._documentation) > 10
        assert f"| `{exposed_name(metric)}` |" in telemetry.markdown()


def test_every_metric_and_event_is_used() -> None:
    used = {
        node.attr
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "telemetry"
    }
    assert {NAME_OF[id(one)] for one in (*EVENTS, *METRICS) if one is not EVENTS_TOTAL} - used == set()


def test_no_module_logs_or_counts_past_the_list() -> None:
    assert len(trees()) > 100
    assert {path: wrong for path, tree in trees().items() if (wrong := _past_the_list(tree))} == {}


def test_every_event_is_logged_with_its_fields() -> None:
    assert {path: wrong for path, tree in trees().items() if (wrong := _wrong_events(tree))} == {}


@pytest.mark.parametrize(
    "line",
    [
        "telemetry.COMMIT_DELAYED()",
        "telemetry.COMMIT_DELAYED(error='x', other=1)",
        "telemetry.COMMIT_DELAYED(**fields)",
        "telemetry.COMMIT_DELAYED.to(log, eror='x')",
        "telemetry.COMMIT_DELAYD(error='x')",
    ],
)
def test_an_event_with_wrong_fields_is_found(line: str) -> None:
    assert len(_wrong_events(ast.parse(line))) == 1
    assert _wrong_events(ast.parse("telemetry.COMMIT_DELAYED(error='x'); telemetry.RECORDS.labels('a').inc()")) == []


@pytest.mark.parametrize(
    "line",
    [
        "log.info('hello')",
        "get_run_logger().warning('hello')",
        "self.log.exception('hello')",
        "logging.getLogger('dateline')",
        "telemetry.Event('a', 20, 'An event of its own.')",
        "from logging import getLogger",
        "from prometheus_client import Gauge",
        "import prometheus_client",
        "from pipeline.telemetry import COMMIT_DELAYED",
    ],
)
def test_what_is_past_the_list_is_found(line: str) -> None:
    assert len(_past_the_list(ast.parse(line))) == 1


def test_every_process_shows_every_metric() -> None:
    code = "from pipeline.process.health import probe; print(probe('/metrics', bool).body.decode())"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    for metric in METRICS:
        assert f"# HELP {exposed_name(metric)} {metric._documentation}\n" in ran.stdout
    for event in EVENTS:
        assert f'dateline_events_total{{event="{event.name}"}} 0.0\n' in ran.stdout
    shown = {row.split()[2] for row in ran.stdout.splitlines() if row.startswith("# HELP dateline_")}
    assert {name for name in shown if not name.endswith("_created")} == {exposed_name(metric) for metric in METRICS}


def _reasons_from_outside(tree: ast.Module) -> list[str]:
    """Rejections whose reason is neither written there nor that of another rejection: it would be a label of a metric."""

    def ours(reason: ast.expr) -> bool:
        if isinstance(reason, ast.IfExp):
            return ours(reason.body) and ours(reason.orelse)
        constant = isinstance(reason, ast.Name) and reason.id.isupper()
        return (
            constant
            or isinstance(reason, ast.Constant)
            or (isinstance(reason, ast.Attribute) and reason.attr == "reason")
        )

    calls = [node for called, node in _calls(tree) if called == "Reject" and node.args]
    return [ast.unparse(node) for node in calls if not ours(node.args[0])]


def test_no_label_comes_from_outside() -> None:
    wrong = {name: found for name, tree in trees().items() if (found := _reasons_from_outside(tree))}
    assert wrong == {}
    assert _reasons_from_outside(ast.parse("Reject(event.type, 'x')")), "what this would find"
    labels = {(name, ast.unparse(node)) for name, tree in trees().items() for called, node in _calls(tree) if called.endswith(".labels")}  # fmt: skip
    assert {name for name, _ in labels} == {
        "pipeline/alerts/delivering.py",
        "pipeline/alerts/matcher.py",
        "pipeline/index/bulk.py",
        "pipeline/outcomes.py",
        "pipeline/process/health.py",
        "pipeline/process/web.py",
        "pipeline/push/api.py",
        "pipeline/push/requests.py",
        "pipeline/sinks/positions.py",
        "pipeline/streams/gaps.py",
        "pipeline/streams/gauges.py",
        "pipeline/tracing/sdk.py",
    }
    named = {node for _, node in labels if "provider" in node}
    assert named == {
        "telemetry.PUSH_REQUESTS.labels(caller.provider, str(reply.status))",
        "telemetry.PUSH_REQUESTS.labels(getattr(request.state, 'provider', 'unknown'), str(problem.status))",
    }, "a provider is a label once its key was checked"
