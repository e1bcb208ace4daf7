"""docker-compose.yml, as far as it can be checked without a container engine: by the published schema, against the code, and
against what is known of each image. Starting them is untested."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import SecretStr
from typer.main import get_command

from pipeline.cli import build
from pipeline.errors import Fatal
from pipeline.local.downloads import locked_artifacts
from pipeline.process.listening import check_access
from pipeline.settings import Settings
from tests.conftest import ROOT
from tests.support.waiting import PATIENCE

ONCE = {"image", "snapshots-folder", "dateline"}
"""They end by themselves."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = compose["services"]
    return found


def locked_version(name: str) -> str:
    return next(artifact.version for artifact in locked_artifacts() if artifact.name == name)


def own(services: dict[str, Any]) -> dict[str, Any]:
    """The services that run our image."""
    return {name: service for name, service in services.items() if service["image"].startswith("dateline:")}


def test_it_is_a_valid_compose_file(compose: dict[str, Any]) -> None:
    packaged = distribution("check-jsonschema").locate_file("check_jsonschema/builtin_schemas/vendor/compose-spec.json")
    schema = json.loads(Path(str(packaged)).read_text())
    jsonschema.Draft202012Validator(schema).validate(compose)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({"services": {"worker": {"comand": "worker"}}})


def test_images_are_at_the_versions_that_the_tests_run(services: dict[str, Any]) -> None:
    images = {name: service["image"] for name, service in services.items()}
    assert images["kafka"] == f"apache/kafka:{locked_version('kafka_2.13')}"
    assert images["elasticsearch"] == images["snapshots-folder"] == f"elasticsearch:{locked_version('elasticsearch')}"
    assert images["prefect"].startswith(f"prefecthq/prefect:{version('prefect')}-")
    assert {one["image"] for one in own(services).values()} == {f"dateline:{version('dateline')}"}


def test_every_image_is_pinned(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert re.search(r":v?\d+\.\d+", service["image"]), f"{name} has no version"


def test_our_image_is_built_once_and_before_whatever_runs_it(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if "build" in service] == ["image"]
    for name, service in own(services).items():
        if name != "image":
            assert service["pull_policy"] == "never", "no registry has it"
            waits = service["depends_on"].get("image", {}).get("condition")
            assert waits == "service_completed_successfully" or name == "dateline"


def test_dependencies_and_volumes_exist(compose: dict[str, Any], services: dict[str, Any]) -> None:
    used = set()
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            assert needed in services, f"{name} waits for {needed}"
            if needed in ONCE:
                assert how["condition"] == "service_completed_successfully"
            else:
                assert how["condition"] == "service_healthy"
        for volume in service.get("volumes", []):
            source = volume["source"] if isinstance(volume, dict) else volume.split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).exists(), f"{name} mounts {source}"
            elif not source.startswith("${"):
                assert source in compose["volumes"], f"{name} mounts {source}"
                used.add(source)
    assert used == set(compose["volumes"])


def test_every_process_is_a_command_of_ours_and_its_settings_exist(services: dict[str, Any]) -> None:
    commands = get_command(build()).commands  # type: ignore[attr-defined]
    for name, service in own(services).items():
        assert service["command"] == ["--help"] if name in ONCE else service["command"][0] in commands
        for variable in service.get("environment", {}):
            if variable.startswith("DATELINE_"):
                assert variable.removeprefix("DATELINE_").lower() in Settings.model_fields
        if name != "image":
            assert service["env_file"] == [{"path": ".env", "required": False}]
    assert {"worker", "indexer", "ingest-api", "search-api", "flows"} <= set(own(services))


def test_what_is_off_by_default_is_not_started(services: dict[str, Any]) -> None:
    assert services["alerts"]["profiles"] == ["alerts"], "it would end again and again without saved searches"
    said = services["worker"]["environment"]["DATELINE_HEALTH_ADDRESSES"]
    whole = re.sub(r"\$\{DATELINE_\w+:\+([^}]*)\}", r"\1", said)
    without = re.sub(r"\$\{DATELINE_\w+:\+[^}]*\}", "", said)
    assert set(json.loads(whole)) - set(json.loads(without)) == {"http://alerts:9101", "http://status-page:9101"}


def test_the_operators_page_is_started_with_a_password_only(services: dict[str, Any]) -> None:
    page = services["status-page"]
    assert page["profiles"] == ["status"], "it would end again and again without a password"
    assert page["ports"] == [f"${{DATELINE_PUBLISH_ON:-127.0.0.1}}:{Settings().status_port}:{Settings().status_port}"]
    bind = page["environment"]["DATELINE_STATUS_BIND"]
    with pytest.raises(Fatal, match="set DATELINE_STATUS_PASSWORD"):
        check_access(Settings(_env_file=None, status_bind=bind))
    check_access(Settings(_env_file=None, status_bind=bind, status_password=SecretStr("x" * 12)))


def test_whoever_runs_is_watched_started_again_limited_and_given_time(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name in ONCE:
            assert service["restart"] == "no"
            continue
        assert service["restart"] == "unless-stopped", name
        assert "test" in service["healthcheck"], name
        assert service["healthcheck"]["start_period"], name
        assert service["mem_limit"], name
        assert service["logging"]["options"]["max-size"], name
        assert int(service["stop_grace_period"].removesuffix("s")) >= 30, name
        assert "no-new-privileges:true" in service["security_opt"], name


def test_a_check_starts_no_jvm_and_no_interpreter(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name not in ONCE:
            words = " ".join(service["healthcheck"]["test"])
            assert not re.search(r"\bpython|\bjava|\.sh\b", words), name
            assert int(service["healthcheck"]["interval"].removesuffix("s")) >= 10


def test_no_port_is_open_to_others_unless_the_operator_says_so(services: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    for ports in published.values():
        for port in ports:
            assert port.startswith("${DATELINE_PUBLISH_ON:-127.0.0.1}:")
    assert {"kafka", "elasticsearch", "ingest-api", "search-api", "prefect"} <= set(published)
    assert "postgres" not in published


def test_kafka_tells_each_client_an_address_that_it_can_reach(services: dict[str, Any]) -> None:
    kafka = services["kafka"]
    said = kafka["environment"]
    listeners = dict(re.findall(r"(\w+)://\w*:(\d+)", said["KAFKA_LISTENERS"]))
    advertised = dict(re.findall(r"(\w+)://([^,]+)", said["KAFKA_ADVERTISED_LISTENERS"]))
    protocols = dict(one.split(":") for one in said["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))
    assert set(listeners) == set(protocols) == {*advertised, said["KAFKA_CONTROLLER_LISTENER_NAMES"]}
    assert advertised["CLIENTS"] == f"kafka:{listeners['CLIENTS']}"
    assert own(services)["worker"]["environment"]["DATELINE_KAFKA_SERVERS"] == advertised["CLIENTS"]
    outside = advertised["HOST"].rpartition(":")[2]
    assert outside == listeners["HOST"]
    assert kafka["ports"] == [f"${{DATELINE_PUBLISH_ON:-127.0.0.1}}:{outside}:{outside}"]
    # the image's start script asks for Java key stores where it reads SSL://, and for a JAAS file where it reads SASL_
    assert not re.search(r"SSL://|SASL_", said["KAFKA_ADVERTISED_LISTENERS"])


def test_a_variable_of_the_image_is_a_setting_of_kafka(services: dict[str, Any]) -> None:
    """As the image does: KAFKA_LOG_DIRS is log.dirs. Those that local engines have too are spelt right."""
    from pipeline.local.kafka import _CONFIG

    local = {row.partition("=")[0] for row in _CONFIG.splitlines()}
    names = {key.removeprefix("KAFKA_").lower().replace("_", ".") for key in services["kafka"]["environment"]}
    assert names - local == {
        "cluster.id", "heap.opts", "listeners", "advertised.listeners", "listener.security.protocol.map", "inter.broker.listener.name",
    }  # fmt: skip


def test_prefect_keeps_its_history_as_long_as_the_local_one(services: dict[str, Any], tmp_path: Path) -> None:
    """Two flows run every minute: without it the database grows for ever."""
    from pipeline.local.prefect import prefect_settings

    local = {
        name: value for name, value in prefect_settings(tmp_path).items() if re.search(r"VACUUM|RETENTION|LEASE", name)
    }
    assert len(local) == 4
    assert local.items() <= services["prefect"]["environment"].items()


def test_prefect_reads_the_settings_that_we_give_its_server(services: dict[str, Any], tmp_path: Path) -> None:
    """In a process of its own, as they are read at its start: one that it can't read is its end."""
    from pipeline.local.prefect import prefect_settings

    compose = {
        key: str(value) for key, value in services["prefect"]["environment"].items() if key.startswith("PREFECT_")
    }
    read = "from prefect.settings import get_current_settings; print(get_current_settings().server.events.retention_period)"
    for given in (prefect_settings(tmp_path), compose | {"PREFECT_HOME": str(tmp_path / "prefect")}):
        done = subprocess.run(
            [sys.executable, "-c", read], env=os.environ | given, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE
        )  # fmt: skip
        assert done.stdout.strip() == "7 days, 0:00:00", done.stderr[-1000:]


def test_snapshots_and_state_have_folders_that_their_users_can_write(services: dict[str, Any]) -> None:
    elasticsearch, folder = services["elasticsearch"], services["snapshots-folder"]
    assert "snapshots:" + elasticsearch["environment"]["path.repo"] in elasticsearch["volumes"]
    assert folder["volumes"] == ["snapshots:" + elasticsearch["environment"]["path.repo"]]
    assert folder["entrypoint"][:4] == ["install", "-d", "-o", "1000"], "the image's user"
    state = services["worker"]["environment"]["DATELINE_LOCAL_DIR"]
    assert services["worker"]["volumes"] == [f"worker:{state}"]
    assert services["worker"]["environment"]["DATELINE_WORKER_ID"] == "auto", "replicas share the volume"
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert f"install -d -o dateline -g dateline {state}" in dockerfile, (
        "a new volume has the owner of the image's folder"
    )
    assert f"DATELINE_LOCAL_DIR={state}" in dockerfile
