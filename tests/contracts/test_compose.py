"""docker-compose.yml runs what the tests run. No container engine is needed for this much; starting it is untested."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest
import yaml
from typer.main import get_command

from pipeline.cli import build
from pipeline.local.downloads import locked_artifacts
from pipeline.settings import Settings
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def locked_version(name: str) -> str:
    return next(artifact.version for artifact in locked_artifacts() if artifact.name == name)


def test_images_are_at_the_versions_that_the_tests_run(compose: dict[str, Any]) -> None:
    images = {name: service["image"] for name, service in compose["services"].items()}
    assert images["kafka"] == f"apache/kafka:{locked_version('kafka_2.13')}"
    assert images["elasticsearch"] == f"elasticsearch:{locked_version('elasticsearch')}"
    assert images["prefect"].startswith(f"prefecthq/prefect:{version('prefect')}-")


def test_every_image_is_pinned(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert ":" in service["image"] or service.get("build"), f"{name} has no version"


def test_dependencies_and_volumes_exist(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            assert needed in services, f"{name} waits for {needed}"
            assert how["condition"] != "service_healthy" or "healthcheck" in services[needed]
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in compose["volumes"]


def test_every_process_is_a_command_of_ours_and_its_settings_exist(compose: dict[str, Any]) -> None:
    commands = get_command(build()).commands  # type: ignore[attr-defined]
    ours = {name: service for name, service in compose["services"].items() if service.get("build")}
    assert {"worker", "indexer", "search-api", "flows"} <= set(ours)
    for service in ours.values():
        assert service["command"][0] in commands
        for variable in service["environment"]:
            if variable.startswith("DATELINE_"):
                assert variable.removeprefix("DATELINE_").lower() in Settings.model_fields


def test_the_dockerfile_copies_what_exists() -> None:
    for row in (ROOT / "Dockerfile").read_text().splitlines():
        if row.startswith("COPY ") and "--from" not in row:
            for source in row.split()[1:-1]:
                assert (ROOT / source).exists(), source
