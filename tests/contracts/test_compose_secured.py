"""docker-compose.secured.yml, laid over docker-compose.yml: by the published schema, against the code, and against what each
process may do. Starting it is untested."""

from __future__ import annotations

import json
import re
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml

from pipeline.kafka.acls import rights
from pipeline.operations.doctor import of_settings, of_variables
from pipeline.settings import Process, load_settings
from schemas.checkup import CheckState
from tests.conftest import ROOT

FILES = Path("/run/secrets")
BASE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


class Loader(yaml.SafeLoader):
    """Compose's own tag: the base's value is not merged, but replaced."""


def _override(loader: Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    return loader.construct_mapping(node, deep=True)


Loader.add_constructor("!override", _override)
SECURED: dict[str, Any] = yaml.load((ROOT / "docker-compose.secured.yml").read_text(), Loader)
OWN = {name for name, service in BASE.items() if service["image"].startswith("dateline:") and name != "image"}
ENGINES = {"kafka", "elasticsearch", "snapshots-folder"}


def settings_of(name: str) -> dict[str, str]:
    """The settings of a service by name: those of its environment, and those that are files."""
    environment = BASE[name].get("environment", {}) | SECURED["services"][name]["environment"]
    found = {key: value for key, value in environment.items() if key.startswith("DATELINE_") and "$" not in str(value)}
    files = {one["target"]: one["source"] for one in SECURED["services"][name]["secrets"]}
    return {key.removeprefix("DATELINE_").lower(): str(value) for key, value in found.items()} | {
        target.removeprefix("dateline_"): source for target, source in files.items() if target != "ca.pem"
    }


def test_it_is_a_valid_compose_file() -> None:
    packaged = distribution("check-jsonschema").locate_file("check_jsonschema/builtin_schemas/vendor/compose-spec.json")
    jsonschema.Draft202012Validator(json.loads(Path(str(packaged)).read_text())).validate(SECURED)


def test_it_changes_every_process_of_ours_and_starts_no_engine() -> None:
    assert set(SECURED["services"]) == OWN | ENGINES
    for name in ENGINES:
        assert SECURED["services"][name] == {"profiles": ["open"]}
    for name in OWN:
        waits = SECURED["services"][name].get("depends_on", BASE[name].get("depends_on"))
        assert not ENGINES & set(waits), f"{name} would wait for what isn't started, and Compose refuses the file"
        assert set(BASE[name]["depends_on"]) - ENGINES == set(waits), name


@pytest.mark.parametrize("name", sorted(OWN))
def test_each_process_has_its_own_user_and_no_more_than_it_may_do(name: str) -> None:
    found = settings_of(name)
    user = found["kafka_username"]
    assert user == ("operator" if name in ("dateline", "flows") else name)
    assert user in get_args(Process)
    assert user in {one.process for one in rights(load_settings())}
    assert found["kafka_password"] == f"{user}-kafka"
    assert found.get("elasticsearch_api_key") == (None if name == "worker" else f"{user}-elasticsearch")
    for source in (one["source"] for one in SECURED["services"][name]["secrets"]):
        file = SECURED["secrets"][source]["file"].rpartition("/")[2]
        assert file == ("ca.pem" if source == "ca" else ".".join(source.rsplit("-", 1)))


@pytest.mark.parametrize("name", sorted(OWN))
def test_its_settings_exist_and_do_not_contradict_each_other(name: str, tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text("")
    asked = SECURED["services"][name]["environment"]
    given = settings_of(name) | {"kafka_servers": "kafka.example:9093", "elasticsearch_url": "https://search.example"}
    for authority in ("kafka_ca_certs", "elasticsearch_ca_certs"):
        assert given[authority] == str(FILES / "ca.pem")
        given[authority] = str(ca)
    assert ":?" in asked["DATELINE_KAFKA_SERVERS"], "without it nothing may start with the base's open brokers"
    assert ":?" in asked["DATELINE_ELASTICSEARCH_URL"]
    given.pop("state_store", None)
    given.pop("health_addresses", None)
    if name == "status-page":
        given["status_password"] = "that of the file .env"
    settings = load_settings(**given)
    assert [one.what for one in of_settings(settings) if one.state is not CheckState.OK] == []


def test_every_secret_is_used() -> None:
    used = {one["source"] for name in OWN for one in SECURED["services"][name]["secrets"]}
    assert used == set(SECURED["secrets"])


def test_what_compose_itself_reads_of_the_same_file_is_no_mistake_to_the_doctor() -> None:
    """Every service is given the whole of .env."""
    files = (ROOT / "docker-compose.yml").read_text() + (ROOT / "docker-compose.secured.yml").read_text()
    named = set(re.findall(r"\$\{(DATELINE_\w+)", files))
    assert {"DATELINE_HOST", "DATELINE_CREDENTIALS"} <= named
    assert list(of_variables(dict.fromkeys(named, "x"), None)) == []
    assert [one.state for one in of_variables({"DATELINE_HOSTS": "x"}, None)] == [CheckState.WRONG]
