"""Local engines as settings: addresses and credentials are resolved where none are configured."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import Fatal
from pipeline.index.client import elasticsearch_client
from pipeline.kafka.clients import producer
from pipeline.local import secrets
from pipeline.local.engines import LocalEngines, Ports, Running
from pipeline.local.resolve import resolved
from pipeline.settings import Settings

PORTS = Ports(1001, 1002, 1003, 1004)


def engines_are(monkeypatch: pytest.MonkeyPatch, running: Running | None) -> None:
    monkeypatch.setattr(LocalEngines, "running", lambda _: running)


def test_without_engines_the_error_comes_from_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    engines_are(monkeypatch, None)
    settings = Settings(_env_file=None)
    assert resolved(settings) == settings
    with pytest.raises(Fatal, match="no Kafka configured: set DATELINE_KAFKA_SERVERS, or start local engines with"):
        producer(settings)
    with pytest.raises(Fatal, match="no Elasticsearch configured: set DATELINE_ELASTICSEARCH_URL, or start local"):
        elasticsearch_client(settings)


def test_what_is_configured_is_never_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    engines_are(monkeypatch, Running(tmp_path, 1, PORTS, secrets.prepare(tmp_path)))
    both = Settings(_env_file=None, kafka_servers="k:1", elasticsearch_url="http://e:1")
    assert resolved(both) is both
    one = resolved(Settings(_env_file=None, kafka_servers="k:1"))
    assert (one.kafka_servers, one.kafka_security, one.kafka_username) == ("k:1", "PLAINTEXT", None)
    assert (one.elasticsearch_url, one.elasticsearch_username) == ("https://127.0.0.1:1003", "operator")


def test_open_engines_give_addresses_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    engines_are(monkeypatch, Running(tmp_path, 1, PORTS))
    expected = Settings(_env_file=None, kafka_servers="127.0.0.1:1001", elasticsearch_url="http://127.0.0.1:1003")
    assert resolved(Settings(_env_file=None)) == expected


def test_each_process_gets_its_own_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = secrets.prepare(tmp_path)
    engines_are(monkeypatch, Running(tmp_path, 1, PORTS, own))
    found = resolved(Settings(_env_file=None, process="indexer"))
    assert (found.kafka_security, found.kafka_username) == ("SASL_SSL", "indexer")
    assert found.elasticsearch_username == "indexer"
    for password in (found.kafka_password, found.elasticsearch_password):
        assert password
        assert password.get_secret_value() == own.passwords["indexer"]
    assert own.passwords["indexer"] not in repr(found)
