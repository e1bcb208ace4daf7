"""The Kubernetes manifests: against the published schemas, against each other, and against what the processes are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import kubernetes_validate
import pytest
import yaml
from typer.main import get_command

from pipeline.cli import build
from pipeline.kafka.acls import rights
from pipeline.process import web
from pipeline.process.listening import check_access
from pipeline.settings import Process, Settings, load_settings
from pipeline.streams import watch
from tests.conftest import ROOT

FOLDER = ROOT / "docker/kubernetes"
APPLIED = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
OBJECTS = [
    (name, one)
    for name in (*APPLIED, "alerts.yaml", "secrets.example.yaml")
    for one in yaml.safe_load_all((FOLDER / name).read_text())
]
VERSIONS = ("1.31", "1.37")
PROCESSES = ("worker", "indexer", "ingest-api", "search-api", "status-page", "alerts", "flows")


def title(one: dict[str, Any]) -> str:
    return f"{one['kind']}/{one['metadata']['name']}"


def of_kind(*kinds: str) -> Iterator[dict[str, Any]]:
    return (one for _, one in OBJECTS if one["kind"] in kinds)


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each pod's template with what makes it."""
    for one in of_kind("Deployment", "StatefulSet", "Job"):
        yield title(one), one["spec"]["template"]
    for one in of_kind("CronJob"):
        yield title(one), one["spec"]["jobTemplate"]["spec"]["template"]


def running() -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in of_kind("Deployment", "StatefulSet")}


def variables(pod: dict[str, Any]) -> dict[str, Any]:
    """Of its container: its own and the shared ones."""
    config: dict[str, Any] = next(of_kind("ConfigMap"))["data"]
    return config | {one["name"]: one.get("value") for one in pod["spec"]["containers"][0].get("env", [])}


def test_what_is_off_by_default_is_not_applied() -> None:
    assert "alerts.yaml" not in APPLIED, "it would end again and again without saved searches"
    assert "DATELINE_SAVED_SEARCHES" not in next(of_kind("ConfigMap"))["data"]


@pytest.mark.parametrize("release", VERSIONS)
@pytest.mark.parametrize("one", [one for _, one in OBJECTS], ids=title)
def test_it_is_valid_and_has_no_unknown_field(one: dict[str, Any], release: str) -> None:
    kubernetes_validate.validate(one, release, strict=True)


def test_what_the_check_would_find() -> None:
    wrong = {**running()["worker"], "spec": {**running()["worker"]["spec"], "replica": 3}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_every_file_is_applied_and_every_object_is_in_the_namespace_once() -> None:
    other = {"alerts.yaml", "kustomization.yaml", "secrets.example.yaml", "prometheus-adapter.yaml", "prometheus.yml"}
    assert set(APPLIED) | other == {path.name for path in FOLDER.iterdir()}
    titles = [title(one) for _, one in OBJECTS]
    assert len(titles) == len(set(titles))
    for name, one in OBJECTS:
        assert one["kind"] == "Namespace" or one["metadata"]["namespace"] == "dateline", name
        if one["kind"] == "Secret":
            assert name == "secrets.example.yaml", "a secret that is applied would be everybody's"


@pytest.mark.parametrize(("name", "pod"), list(pods()), ids=[name for name, _ in pods()])
def test_a_pod_may_do_little_and_says_what_it_needs(name: str, pod: dict[str, Any]) -> None:
    spec, container = pod["spec"], pod["spec"]["containers"][0]
    assert container["image"] == f"dateline:{version('dateline')}"
    assert spec["securityContext"]["runAsNonRoot"]
    assert f"--uid {spec['securityContext']['runAsUser']} " in (ROOT / "Dockerfile").read_text()
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert not spec["automountServiceAccountToken"]
    assert not spec["enableServiceLinks"], "DATELINE_… of a Service would be read as a setting"
    assert container["resources"]["limits"]["memory"] == container["resources"]["requests"]["memory"]
    mounted = {one["mountPath"] for one in container["volumeMounts"]}
    assert {"/tmp", "/var/lib/dateline"} <= mounted, "it writes there, and nowhere else"
    assert pod["metadata"]["labels"]["app.kubernetes.io/name"] == "dateline"


@pytest.mark.parametrize(("name", "pod"), list(pods()), ids=[name for name, _ in pods()])
def test_its_command_and_settings_exist(name: str, pod: dict[str, Any]) -> None:
    command: Any = get_command(build())
    words = list(pod["spec"]["containers"][0]["args"])
    while words and not words[0].startswith("-") and hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    options = {option for one in command.params for option in one.opts}
    assert set(words) <= options
    for variable in variables(pod):
        if variable.startswith("DATELINE_"):
            assert variable.removeprefix("DATELINE_").lower() in Settings.model_fields
    values = {key: value for key, value in variables(pod).items() if value is not None and key.startswith("DATELINE_")}
    load_settings(**{key.removeprefix("DATELINE_").lower(): value for key, value in values.items()})


def named(container: dict[str, Any]) -> dict[str, int]:
    """The ports of a container."""
    return {port["name"]: port["containerPort"] for port in container["ports"]}


def test_a_probe_asks_where_the_process_listens() -> None:
    ports = {
        "worker": "DATELINE_WORKER_PORT", "indexer": "DATELINE_INDEXER_PORT", "flows": "DATELINE_FLOWS_PORT",
        "search-api": "DATELINE_SEARCH_HEALTH_PORT", "ingest-api": "DATELINE_INGEST_HEALTH_PORT",
        "alerts": "DATELINE_ALERTS_PORT", "status-page": "DATELINE_STATUS_HEALTH_PORT",
    }  # fmt: skip
    for name, one in running().items():
        container = one["spec"]["template"]["spec"]["containers"][0]
        expected = variables(one["spec"]["template"])[ports[name]]
        paths = {kind: container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
        assert {named(container)[one["port"]] for one in paths.values()} == {int(expected)}
        assert paths["readiness"]["path"] == "/readyz"
        assert paths["liveness"]["path"] == paths["startup"]["path"] == "/healthz", (
            "an engine that is away kills nobody"
        )
    doors = {name: named(running()[name]["spec"]["template"]["spec"]["containers"][0])["http"] for name in ("ingest-api", "search-api")}  # fmt: skip
    assert doors == {"ingest-api": Settings().ingest_port, "search-api": Settings().search_port}


def test_the_operators_page_is_open_to_nobody_in_the_cluster() -> None:
    pod = running()["status-page"]["spec"]["template"]
    settings = load_settings(
        _env_file=None, status_bind=variables(pod).get("DATELINE_STATUS_BIND", Settings().status_bind)
    )
    check_access(settings)
    assert named(pod["spec"]["containers"][0])["http"] == Settings().status_port
    assert "status-page" not in {one["metadata"]["name"] for one in of_kind("Service")}


def test_there_is_time_to_finish_and_as_much_with_compose() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for name, one in running().items():
        grace = one["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        assert services[name]["stop_grace_period"] == f"{grace}s", name
        # an API's requests; the longest batch of a worker or indexer that isn't slow, with the rebalance that leaving is
        needs = web.STOP_SECONDS if name.endswith(("-api", "-page")) else watch.SLOW + watch.REVOKED
        assert grace >= needs * 1.3, name


def test_selectors_choose_what_they_are_for() -> None:
    labels = {name: one["spec"]["template"]["metadata"]["labels"] for name, one in running().items()}
    assert set(labels) == set(PROCESSES)
    for one in of_kind("Deployment", "StatefulSet", "PodDisruptionBudget"):
        assert one["spec"]["selector"]["matchLabels"] == labels[one["metadata"]["name"]]
    for one in of_kind("Service"):
        assert one["spec"]["selector"] == labels[one["metadata"]["name"]]
    for one in of_kind("HorizontalPodAutoscaler"):
        target = one["spec"]["scaleTargetRef"]
        assert running()[target["name"]]["kind"] == target["kind"]
        assert one["spec"]["maxReplicas"] <= int(next(of_kind("ConfigMap"))["data"]["DATELINE_PARTITIONS"])
    worker = running()["worker"]
    assert worker["spec"]["serviceName"] in {one["metadata"]["name"] for one in of_kind("Service")}
    assert worker["spec"]["updateStrategy"]["type"] == "OnDelete", "two versions in one group do not agree on topics"


def test_what_is_scaled_on_is_a_metric_that_the_adapter_makes() -> None:
    made = {one["name"]["as"] for one in yaml.safe_load((FOLDER / "prometheus-adapter.yaml").read_text())["rules"]["external"]}  # fmt: skip
    for one in of_kind("HorizontalPodAutoscaler"):
        for metric in one["spec"]["metrics"]:
            if metric["type"] == "External":
                assert metric["external"]["metric"]["name"] in made
                assert metric["external"]["metric"]["selector"]["matchLabels"] == {"job": one["metadata"]["name"]}


def chosen(policy: dict[str, Any]) -> set[str]:
    rules = policy["spec"]["podSelector"].get("matchExpressions")
    return {name for rule in rules for name in rule["values"]} if rules else {*PROCESSES, "operator"}


def test_the_network_lets_through_what_each_needs() -> None:
    policies = {one["metadata"]["name"]: one for one in of_kind("NetworkPolicy")}
    assert policies["default-deny"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    kafka = {right.process for right in rights(load_settings())}
    assert chosen(policies["kafka"]) == kafka | {"flows"}, "flows run as the operator"
    assert "worker" not in chosen(policies["elasticsearch"])
    assert {"alerts", "flows", "operator"} == chosen(policies["feeds"])
    for policy in of_kind("NetworkPolicy"):
        for rule in policy["spec"].get("ingress", []):
            containers = [running()[name]["spec"]["template"]["spec"]["containers"][0] for name in chosen(policy)]
            listening = {
                named(one)[
                    one["readinessProbe"]["httpGet"]["port"] if policy["metadata"]["name"] == "metrics" else "http"
                ]
                for one in containers
            }
            assert {port["port"] for port in rule["ports"]} == listening


def test_a_process_has_the_credentials_that_it_needs_and_no_others() -> None:
    secrets = {one["metadata"]["name"]: one["stringData"] for one in of_kind("Secret")}
    for name, pod in pods():
        used = [one["secretRef"]["name"] for one in pod["spec"]["containers"][0]["envFrom"] if "secretRef" in one]
        assert used == [f"dateline-{pod['metadata']['labels']['app.kubernetes.io/component']}"], name
        assert used[0] in secrets
    users = {values.get("DATELINE_KAFKA_USERNAME") for values in secrets.values()} - {None}
    assert users <= set(Process.__args__)  # type: ignore[attr-defined]
    assert not any(key.startswith("DATELINE_ELASTICSEARCH") for key in secrets["dateline-worker"])
    for values in secrets.values():
        for key, value in values.items():
            assert re.fullmatch(r"DATELINE_[A-Z_]+", key)
            assert value == "change-me" or key.endswith("USERNAME"), "an example, not a secret"
